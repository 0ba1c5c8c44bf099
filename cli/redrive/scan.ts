import type { QueuePort } from '../../aws/ports.ts';
import { type Letter, toLetter } from './letter.ts';

/** A letter that is looked at stays hidden for this long: whoever dies meanwhile gives it back. */
const visibilityTimeoutSeconds = 1800;
/** A queue that has nothing for this long has been seen to its end. */
const waitTimeSeconds = 2;
const perCall = 10;

/**
 * Goes once through a queue for dead letters. SQS shows messages only by handing them out, so what is looked at is held
 * until {@link release}; each look counts as a receive. Of a FIFO queue SQS shows no more of a group while some are held.
 */
export class LetterScan {
  readonly #queue: QueuePort;
  readonly #held = new Map<string, Letter>();

  constructor(queue: QueuePort) {
    this.#queue = queue;
  }

  /** Letters held and not yet {@link forget forgotten}. */
  get held(): number {
    return this.#held.size;
  }

  /**
   * The next letters, at most ten; none at the end. A letter that comes again was held for too long, and is not shown again.
   * @throws AwsError
   */
  async next(): Promise<readonly Letter[]> {
    for (;;) {
      const request = { maxMessages: perCall, waitTimeSeconds, visibilityTimeoutSeconds };
      const letters = (await this.#queue.receive(request)).map(toLetter);
      const fresh = letters.filter(({ message }) => !this.#held.has(message.messageId));
      for (const letter of letters) this.#held.set(letter.message.messageId, letter);
      if (letters.length === 0 || fresh.length > 0) return fresh;
    }
  }

  /** Lets go of letters that are gone from the queue. */
  forget(letters: readonly Letter[]): void {
    for (const { message } of letters) this.#held.delete(message.messageId);
  }

  /** Gives back what is held. What fails returns by itself. */
  async release(): Promise<void> {
    const letters = [...this.#held.values()];
    this.#held.clear();
    for (let first = 0; first < letters.length; first += perCall) {
      await this.#queue.changeVisibilityBatch(
        letters.slice(first, first + perCall).map(({ message }) => ({
          receiptHandle: message.receiptHandle,
          visibilityTimeoutSeconds: 0,
        })),
      );
    }
  }
}
