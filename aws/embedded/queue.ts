import type { Clock } from '../../api/clock.ts';
import type { Random } from '../../api/random.ts';
import { Alarm } from './alarm.ts';
import { type CounterError, Counters, type Counts } from './counters.ts';
import { Deduplication, type SentIdentity } from './deduplication.ts';
import { invalidParameter, ServiceError } from './errors.ts';
import { sequenceNumber, uuid } from './ids.ts';
import { LongPolls } from './long-polls.ts';
import type { Delivery, MessageContent, Receive, StoredMessage } from './message.ts';
import { type Arrival, MessageStore } from './message-store.ts';
import { type QueueAttributes, type QueueSettings, settingsOf } from './queue-attributes.ts';
import { decodeReceiptHandle, encodeReceiptHandle } from './receipt-handle.ts';
import { ReceiveAttempts } from './receive-attempts.ts';

/** The quota of messages in flight, the same for standard and FIFO queues. */
const maxInFlight = 120_000;
/** The longest that a message can stay in flight, from its receive: 12 hours. */
const maxVisibilitySeconds = 43_200;

/** What a queue needs of the world around it. */
export type QueueContext = {
  readonly clock: Clock;
  readonly random: Random;
  readonly counterError: CounterError;
  /** An abandoned long poll takes a message that nobody gets, as AWS may do. */
  readonly swallowWhenHungUp: boolean;
  /** The queue that has this ARN. */
  readonly findQueue: (arn: string) => Queue | undefined;
};

export type QueueIdentity = { readonly name: string; readonly arn: string; readonly url: string };

/**
 * One queue: who sends, who receives and who waits. It catches up with time at the start of every operation, and by a
 * timer while somebody polls; an idle queue has no timer.
 */
export class Queue {
  readonly identity: QueueIdentity;
  readonly #context: QueueContext;
  readonly #counters: Counters;
  readonly #polls: LongPolls;
  /** Rings when the next delay or visibility timeout ends, while somebody polls. */
  readonly #alarm: Alarm;
  readonly #deduplication = new Deduplication();
  #attempts = new ReceiveAttempts();
  #attributes: QueueAttributes;
  #settings: QueueSettings;
  #store: MessageStore;
  #sequence = 0;

  constructor(identity: QueueIdentity, attributes: QueueAttributes, context: QueueContext) {
    this.identity = identity;
    this.#attributes = attributes;
    this.#settings = settingsOf(attributes);
    this.#context = context;
    this.#counters = new Counters(context.clock, context.random, context.counterError);
    this.#polls = new LongPolls(context.clock, context.swallowWhenHungUp);
    this.#alarm = new Alarm(context.clock, () => this.#catchUp());
    this.#store = new MessageStore(this.#settings.fifo);
  }

  get attributes(): QueueAttributes {
    return this.#attributes;
  }

  set attributes(attributes: QueueAttributes) {
    this.#attributes = attributes;
    this.#settings = settingsOf(attributes);
  }

  get settings(): QueueSettings {
    return this.#settings;
  }

  /** The true counts at this moment. */
  get counts(): Counts {
    this.#catchUp();
    return this.#store.counts;
  }

  /** The counts as GetQueueAttributes shows them: {@link counts}, with the errors that were asked for. */
  get reportedCounts(): Counts {
    return this.#counters.report(this.counts);
  }

  /** Takes a message in or, on a FIFO queue, finds that it is a duplicate: then it says of which. */
  send(content: MessageContent, delaySeconds: number): SentIdentity {
    const now = this.#catchUp();
    const key = this.#deduplicationKey(content);
    const first = key === undefined ? undefined : this.#deduplication.find(key, now);
    if (first !== undefined) return first;
    const message = this.#enter(content, { availableAt: now + delaySeconds * 1000 }, now);
    const identity = { messageId: message.messageId, sequenceNumber: message.sequenceNumber };
    if (key !== undefined) this.#deduplication.remember(key, identity, now);
    return identity;
  }

  /**
   * Takes in a message that another queue has let go: as its dead letter, which keeps its id and, on a standard queue,
   * its age; or, moved back, as a new message.
   */
  adopt(message: StoredMessage, deadLetterSourceArn: string | undefined): void {
    const now = this.#catchUp();
    const { messageId, sentAt, sentAtMonotonic } = message;
    const kept = deadLetterSourceArn === undefined ? {} : { messageId, deadLetterSourceArn };
    const age = deadLetterSourceArn === undefined || this.#settings.fifo ? {} : { sentAt, sentAtMonotonic };
    this.#enter(message.content, { ...kept, ...age }, now);
  }

  /**
   * Receives, and waits for a message when there is none. Rejects with the signal's reason when it aborts.
   * @throws ServiceError `OverLimit` when too many messages of a standard queue are in flight and nobody waits
   */
  async receive(request: Receive, signal?: AbortSignal): Promise<readonly Delivery[]> {
    signal?.throwIfAborted();
    this.#catchUp();
    const deliveries = this.#receiveNow(request);
    if (deliveries.length > 0) return deliveries;
    if (request.waitSeconds > 0) {
      const arrival = this.#polls.wait(() => this.#receiveNow(request), request.waitSeconds * 1000, signal);
      this.#setAlarm();
      return arrival.finally(() => this.#setAlarm());
    }
    if (!this.#settings.fifo && this.#store.counts.inFlight >= maxInFlight) {
      throw new ServiceError('OverLimit', `Too many messages are in flight: the limit is ${maxInFlight}.`);
    }
    return [];
  }

  /**
   * Deletes the message that a handle stands for. On a standard queue a handle that is not the newest deletes nothing,
   * without an error; on a FIFO queue the message must still be in flight under this handle.
   * @throws ServiceError `ReceiptHandleIsInvalid`, or `InvalidParameterValue` for one that has expired (FIFO)
   */
  delete(handle: string): void {
    this.#catchUp();
    const { messageId, receiveCount } = decodeReceiptHandle(this.identity.name, handle);
    const message = this.#store.find(messageId);
    if (message === undefined) return;
    const isNewest = message.receiveCount === receiveCount;
    if (this.#settings.fifo && !(isNewest && message.state === 'inFlight')) {
      throw invalidParameter('ReceiptHandle', handle, 'The receipt handle has expired.');
    }
    if (!isNewest) return;
    this.#store.remove(message);
    this.#offer();
  }

  /**
   * Says for how long from now a message in flight stays in flight; 0 makes it available at once.
   * @throws ServiceError `ReceiptHandleIsInvalid`; `MessageNotInflight`; `InvalidParameterValue` when the message is no
   *   more, or would be in flight for more than 12 hours
   */
  changeVisibility(handle: string, seconds: number): void {
    const now = this.#catchUp();
    const { messageId, receiveCount } = decodeReceiptHandle(this.identity.name, handle);
    const message = this.#store.find(messageId);
    if (message === undefined) {
      const reason = 'Message does not exist or is not available for visibility timeout change.';
      throw invalidParameter('ReceiptHandle', handle, reason);
    }
    if (message.state !== 'inFlight' || message.receiveCount !== receiveCount) {
      throw new ServiceError('MessageNotInflight', 'The message referred to is not in flight.');
    }
    if (Math.floor((now - message.receivedAt) / 1000) + seconds > maxVisibilitySeconds) {
      const reason = `Total VisibilityTimeout for the message is beyond the limit [${maxVisibilitySeconds} seconds]`;
      throw invalidParameter('VisibilityTimeout', seconds, reason);
    }
    message.visibilityChanged = true;
    if (seconds === 0) this.#store.release(message);
    else this.#store.hide(message, now + seconds * 1000);
    this.#offer();
  }

  /**
   * Moves the next available message to the queue that `destinationOf` chooses; false when there is none.
   * @throws ServiceError `CouldNotDetermineMessageSource` when it chooses none, and the message stays
   */
  moveOne(destinationOf: (message: StoredMessage) => Queue | undefined): boolean {
    this.#catchUp();
    const [message] = this.#store.take(1);
    if (message === undefined) return false;
    const destination = destinationOf(message);
    if (destination === undefined) {
      this.#store.release(message);
      throw new ServiceError('CouldNotDetermineMessageSource', `Message ${message.messageId} has no queue to go to.`);
    }
    this.#store.remove(message);
    destination.adopt(message, undefined);
    return true;
  }

  /** Forgets every message. */
  purge(): void {
    this.#store = new MessageStore(this.#settings.fifo);
    this.#attempts = new ReceiveAttempts();
    this.#setAlarm();
  }

  /** Ends the queue: whoever polls gets `error`. */
  close(error: ServiceError): void {
    this.#polls.fail(error);
    this.purge();
  }

  #enter(content: MessageContent, arrival: Partial<Arrival>, now: number): StoredMessage {
    const message = this.#store.enter(
      content,
      {
        messageId: uuid(this.#context.random),
        sequenceNumber: this.#settings.fifo ? sequenceNumber(++this.#sequence) : undefined,
        sentAt: this.#context.clock.now(),
        sentAtMonotonic: now,
        availableAt: now,
        deadLetterSourceArn: undefined,
        ...arrival,
      },
      now,
    );
    this.#offer();
    return message;
  }

  #receiveNow(request: Receive): readonly Delivery[] {
    const now = this.#context.clock.monotonic();
    const until = now + request.visibilityTimeoutSeconds * 1000;
    const earlier = request.attemptId === undefined ? undefined : this.#attempts.find(request.attemptId, now);
    if (earlier !== undefined) {
      for (const { message } of earlier) this.#store.hide(message, until);
      return earlier;
    }
    const deliveries: Delivery[] = [];
    while (deliveries.length < request.maxMessages) {
      const room = Math.min(request.maxMessages - deliveries.length, maxInFlight - this.#store.counts.inFlight);
      const taken = this.#store.take(room);
      if (taken.length === 0) break;
      for (const message of taken) {
        if (!this.#deadLetter(message)) deliveries.push(this.#handOut(message, now, until));
      }
    }
    if (request.attemptId !== undefined && deliveries.length > 0) {
      this.#attempts.remember(request.attemptId, deliveries, now);
    }
    this.#setAlarm();
    return deliveries;
  }

  #handOut(message: StoredMessage, now: number, until: number): Delivery {
    const firstReceivedAt = message.firstReceivedAt ?? this.#context.clock.now();
    const receiptHandle = encodeReceiptHandle(this.identity.name, message.messageId, ++message.receiveCount);
    message.firstReceivedAt = firstReceivedAt;
    message.receivedAt = now;
    message.visibilityChanged = false;
    this.#store.hide(message, until);
    return { message, receiptHandle, receiveCount: message.receiveCount, firstReceivedAt };
  }

  /** Moves a message that has been received as often as the redrive policy allows; false if it may be received again. */
  #deadLetter(message: StoredMessage): boolean {
    const { redrive } = this.#settings;
    if (redrive === undefined || message.receiveCount < redrive.maxReceiveCount) return false;
    const target = this.#context.findQueue(redrive.deadLetterTargetArn);
    if (target === undefined) return false;
    this.#store.remove(message);
    target.adopt(message, this.identity.arn);
    return true;
  }

  #deduplicationKey({ deduplicationId, groupId }: MessageContent): string | undefined {
    if (deduplicationId === undefined || this.#settings.deduplicationScope === 'queue') return deduplicationId;
    return `${groupId} ${deduplicationId}`;
  }

  /**
   * Brings the messages up to the present, those that poll first, and says when that is: the clock's monotonic time.
   */
  #catchUp(): number {
    const now = this.#context.clock.monotonic();
    this.#store.catchUp(now, this.#settings.retentionSeconds * 1000);
    this.#offer();
    return now;
  }

  /** Something may have become available: lets those who poll for it try. */
  #offer(): void {
    this.#polls.offer();
    this.#setAlarm();
  }

  #setAlarm(): void {
    this.#alarm.set(this.#polls.waiting ? this.#store.nextDueAt : undefined);
  }
}
