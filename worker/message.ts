import type { Holding } from '../api/worker-status.ts';
import type { MessageAttribute, ReceivedMessage } from '../aws/ports.ts';

/**
 * A message's life, as the worker knows it:
 *
 *     received -> posting -> delivered -> audited -> deleted
 *      | | ^        | |'-> released                  (refused: back to the queue, with a delay)
 *      | | '-waiting' '-> deadLettering -> deadLettered -> deleted
 *      | '-> released | expired                      (never attempted: given back, or its visibility ended here)
 *      '-> deadLettering                             (must not be attempted: too old, or unreadable)
 *
 * `deleted`, `released` and `expired` end it here. What is `delivered` is never posted again; what is `deadLettered` is
 * safe in the queue for dead letters. `waiting` is what will be tried again soon, and in its lane what must not overtake it.
 */
export type MessageState = keyof Holding | 'deleted' | 'released' | 'expired';

/** One message in the hands of this worker. Times named `...Ms` without "Time" are monotonic milliseconds. */
export type Message = {
  readonly id: string;
  readonly receiptHandle: string;
  /** Empty once nobody needs it any more: its record is made, or its copy is safe. */
  body: string;
  /**
   * What it takes of memory: its body three times, as text, as what is sent and as what is audited, and its attributes. Nothing
   * once its record is durable or its copy safe.
   */
  bytes: number;
  readonly attributes: Readonly<Record<string, MessageAttribute>>;
  /** SQS's own attributes: `SenderId`, `AWSTraceHeader`, ... */
  readonly systemAttributes: Readonly<Record<string, string>>;
  /** FIFO queues: the lane. Standard queues: the sender's tenant, without order. */
  readonly groupId: string | undefined;
  /** How often SQS has handed it out, this time included. */
  readonly receiveCount: number;
  /** Epoch milliseconds at which it was sent, and first received by anybody. */
  readonly sentTimeMs: number;
  readonly firstReceivedTimeMs: number;
  readonly receivedMs: number;
  /** When SQS hands it out again unless it is deleted or its visibility extended. */
  visibleMs: number;
  /** What of it could not be read, as a sentence; such a message cannot be delivered. */
  readonly unreadable: string | undefined;
  /** Attempts of this worker in earlier receives. */
  readonly earlierAttempts: number;
  /** Attempts of this worker, those in earlier receives and the present one included. */
  attempt: number;
  state: MessageState;
  /** SQS no longer knows this receipt: extending its visibility is pointless, and it will be delivered again. */
  receiptLost: boolean;
  /**
   * Set while an extension of its visibility is under way, and settled when that has ended: what else is to be said of its
   * visibility must wait, or SQS may hear it first.
   */
  extension: Promise<void> | undefined;
  /** Set once the recipient has accepted it. */
  delivery: Delivery | undefined;
};

/** What the recipient's acceptance was. */
export type Delivery = {
  readonly status: number;
  /** Epoch milliseconds of the last byte of the response. */
  readonly deliveredTimeMs: number;
  readonly durationMs: number;
};

/** SQS's longest visibility, counted from the receive; extensions do not reset it. */
export const maxVisibilitySeconds = 43_200;

/**
 * Takes up what a receive returned.
 *
 * @param now `monotonicMs` is when the answer can have arrived at the earliest: SQS started counting about then.
 * @param visibilityTimeoutSeconds as asked for in the receive.
 * @param earlierAttempts how often this worker has already posted it.
 */
export function takeUp(
  received: ReceivedMessage,
  now: { timeMs: number; monotonicMs: number },
  visibilityTimeoutSeconds: number,
  earlierAttempts: number,
): Message {
  const system = received.attributes;
  return {
    id: received.messageId,
    receiptHandle: received.receiptHandle,
    body: received.body,
    bytes: bytesOf(received),
    attributes: received.messageAttributes,
    systemAttributes: system,
    groupId: system.MessageGroupId,
    receiveCount: positiveInteger(system.ApproximateReceiveCount) ?? 1,
    sentTimeMs: time(system.SentTimestamp) ?? now.timeMs,
    firstReceivedTimeMs: time(system.ApproximateFirstReceiveTimestamp) ?? now.timeMs,
    receivedMs: now.monotonicMs,
    visibleMs: now.monotonicMs + visibilityTimeoutSeconds * 1000,
    unreadable: received.unreadable,
    earlierAttempts,
    attempt: earlierAttempts,
    state: 'received',
    receiptLost: false,
    extension: undefined,
    delivery: undefined,
  };
}

/**
 * The visibility that SQS still grants a message, in whole seconds: `wantedSeconds`, or what is left of the 12 hours
 * since its receive, less a second for the way to SQS. Zero or less: nothing is left.
 */
export function grantableVisibilitySeconds(message: Message, wantedSeconds: number, nowMs: number): number {
  const left = Math.floor(maxVisibilitySeconds - (nowMs - message.receivedMs) / 1000 - 1);
  return Math.min(wantedSeconds, left);
}

function bytesOf({ body, messageAttributes }: ReceivedMessage): number {
  let bytes = 3 * Buffer.byteLength(body);
  for (const name in messageAttributes) {
    const value = messageAttributes[name];
    if (value !== undefined) bytes += name.length + (value.stringValue?.length ?? 0) + (value.binaryValue?.length ?? 0);
  }
  return bytes;
}

/** The last moment that a Date can hold, in epoch milliseconds (ECMA-262, 21.4.1.1): beyond it there is no RFC 3339. */
const lastTimeMs = 8.64e15;

function time(text: string | undefined): number | undefined {
  const timeMs = positiveInteger(text);
  return timeMs !== undefined && timeMs <= lastTimeMs ? timeMs : undefined;
}

function positiveInteger(text: string | undefined): number | undefined {
  const value = Number(text);
  return Number.isInteger(value) && value > 0 ? value : undefined;
}
