import { parseJson } from './json.ts';

/** The attribute in which a dead-lettered message carries its {@link DeadLetterEvidence}, as JSON. */
export const evidenceAttribute = 'courier';

/**
 * Why a message was dead-lettered:
 * - `Refused`: the disposition table says so of the last attempt.
 * - `AttemptsExhausted`: `delivery.maxAttempts` attempts have failed.
 * - `TooOld`: it was older than `delivery.maxMessageAgeSeconds`.
 * - `Unreadable`: SQS handed it out in a form that cannot be delivered.
 */
export const deadLetterReasons = ['Refused', 'AttemptsExhausted', 'TooOld', 'Unreadable'] as const;
export type DeadLetterReason = (typeof deadLetterReasons)[number];

/** What Courier knows of a message that it moves to the queue for dead letters. Times are RFC 3339. */
export type DeadLetterEvidence = {
  readonly reason: DeadLetterReason;
  /** What decided: `default`, `delivery.rules[2]`, `delivery.maxAttempts`, ... */
  readonly decidedBy: string;
  /** The status of the last answer; absent where the last attempt got none, or there was none. */
  readonly status?: number;
  /** The kind of error that the last attempt ended in, or what could not be read. */
  readonly error?: string;
  /** The error's own words, shortened. */
  readonly detail?: string;
  /** Attempts of the worker that moved it. */
  readonly attempts: number;
  /** Receives by anybody. */
  readonly receiveCount: number;
  /** The message's id in the queue that it came from, which is the recipient's `courier-message-id`. */
  readonly messageId: string;
  readonly queue: string;
  readonly recipient: string;
  readonly worker: string;
  readonly sentTime: string;
  readonly firstReceivedTime: string;
  readonly deadLetteredTime: string;
};

/** Reads the evidence of a dead letter; undefined when the text is anything else, for example an attribute of the sender's own. */
export function parseEvidence(text: string | undefined): DeadLetterEvidence | undefined {
  const value = text === undefined ? undefined : parseJson(text);
  return isEvidence(value) ? value : undefined;
}

const texts = ['messageId', 'queue', 'recipient', 'worker', 'sentTime', 'firstReceivedTime', 'deadLetteredTime'];

function isEvidence(value: unknown): value is DeadLetterEvidence {
  if (typeof value !== 'object' || value === null) return false;
  const field = (name: string): unknown => Reflect.get(value, name);
  return (
    deadLetterReasons.some((reason) => reason === field('reason')) &&
    texts.every((name) => typeof field(name) === 'string') &&
    ['attempts', 'receiveCount'].every((name) => typeof field(name) === 'number') &&
    ['undefined', 'number'].includes(typeof field('status')) &&
    ['undefined', 'string'].includes(typeof field('error'))
  );
}
