import type { Counts } from './counters.ts';
import { Deadlines } from './deadlines.ts';
import type { MessageContent, MessageState, StoredMessage } from './message.ts';
import { FifoOrder, type ReadyMessages, StandardOrder } from './ready.ts';

/** What a message that enters a queue brings along, besides its content. */
export type Arrival = {
  readonly messageId: string;
  readonly sequenceNumber: string | undefined;
  /** Wall-clock milliseconds. */
  readonly sentAt: number;
  /** Monotonic milliseconds: retention runs from here. */
  readonly sentAtMonotonic: number;
  /** Monotonic milliseconds; a time that has passed is no delay. */
  readonly availableAt: number;
  readonly deadLetterSourceArn: string | undefined;
};

/**
 * The messages of one queue and the states they are in. It has no clock: who uses it says what time it is, in monotonic
 * milliseconds. No operation looks at more messages than it changes.
 */
export class MessageStore {
  readonly #messages = new Map<string, StoredMessage>();
  readonly #ready: ReadyMessages;
  readonly #due = new Deadlines<StoredMessage>();
  readonly #ages = new Deadlines<StoredMessage>();
  readonly #counts: Record<MessageState, number> = { available: 0, inFlight: 0, delayed: 0, gone: 0 };

  constructor(fifo: boolean) {
    this.#ready = fifo ? new FifoOrder() : new StandardOrder();
  }

  get counts(): Counts {
    const { available, inFlight, delayed } = this.#counts;
    return { available, inFlight, delayed };
  }

  /** When the next delay or visibility timeout ends. */
  get nextDueAt(): number | undefined {
    return this.#due.first?.at;
  }

  find(messageId: string): StoredMessage | undefined {
    return this.#messages.get(messageId);
  }

  /** Makes available what has been delayed or in flight until `now`, and drops what was sent `retentionMs` ago. */
  catchUp(now: number, retentionMs: number): void {
    for (let due = this.#due.first; due !== undefined && due.at <= now; due = this.#due.first) this.release(due.item);
    for (
      let oldest = this.#ages.first;
      oldest !== undefined && oldest.at + retentionMs <= now;
      oldest = this.#ages.first
    ) {
      this.remove(oldest.item);
    }
  }

  /** Takes a message in. */
  enter(content: MessageContent, arrival: Arrival, now: number): StoredMessage {
    const { messageId, sequenceNumber, sentAt, deadLetterSourceArn } = arrival;
    const message: StoredMessage = {
      messageId,
      content,
      sequenceNumber,
      sentAt,
      sentAtMonotonic: arrival.sentAtMonotonic,
      deadLetterSourceArn,
      state: arrival.availableAt > now ? 'delayed' : 'available',
      due: undefined,
      age: undefined,
      receiveCount: 0,
      receivedAt: now,
      visibilityChanged: false,
      firstReceivedAt: undefined,
    };
    message.age = this.#ages.add(message, arrival.sentAtMonotonic);
    if (message.state === 'delayed') message.due = this.#due.add(message, arrival.availableAt);
    this.#messages.set(messageId, message);
    this.#counts[message.state]++;
    this.#ready.join(message);
    return message;
  }

  /** Puts up to `max` messages in flight, for as long as {@link hide} will say. */
  take(max: number): readonly StoredMessage[] {
    const taken = this.#ready.take(max);
    for (const message of taken) this.#change(message, 'inFlight');
    return taken;
  }

  /** Says until when a message in flight stays in flight. */
  hide(message: StoredMessage, until: number): void {
    if (message.due !== undefined) this.#due.remove(message.due);
    message.due = this.#due.add(message, until);
  }

  /** Makes a delayed message, or one in flight, available. */
  release(message: StoredMessage): void {
    this.#leave(message, 'available');
  }

  /** Forgets a message. */
  remove(message: StoredMessage): void {
    this.#messages.delete(message.messageId);
    if (message.age !== undefined) this.#ages.remove(message.age);
    this.#leave(message, 'gone');
  }

  #leave(message: StoredMessage, state: 'available' | 'gone'): void {
    const wasInFlight = message.state === 'inFlight';
    if (message.due !== undefined) this.#due.remove(message.due);
    message.due = undefined;
    this.#change(message, state);
    if (wasInFlight) this.#ready.settle(message);
    else this.#ready.update(message);
  }

  #change(message: StoredMessage, state: MessageState): void {
    this.#counts[message.state]--;
    message.state = state;
    this.#counts[state]++;
  }
}
