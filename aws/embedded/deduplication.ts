import { Deque } from './deque.ts';

/** "Amazon SQS continues to keep track of the message deduplication ID even after the message is received." */
const intervalMs = 5 * 60_000;

/** What the sender of a duplicate is told: the first message's identity. */
export type SentIdentity = { readonly messageId: string; readonly sequenceNumber: string | undefined };

/** The deduplication ids of a FIFO queue, each remembered for five minutes from its first use. */
export class Deduplication {
  readonly #identities = new Map<string, SentIdentity>();
  readonly #byAge = new Deque<{ readonly id: string; readonly until: number }>();

  /** The message that used this id in the five minutes before `now`. */
  find(id: string, now: number): SentIdentity | undefined {
    for (let oldest = this.#byAge.at(0); oldest !== undefined && oldest.until <= now; oldest = this.#byAge.at(0)) {
      this.#byAge.shift();
      this.#identities.delete(oldest.id);
    }
    return this.#identities.get(id);
  }

  /** Remembers an id that {@link find} did not know. */
  remember(id: string, identity: SentIdentity, now: number): void {
    this.#identities.set(id, identity);
    this.#byAge.push({ id, until: now + intervalMs });
  }
}
