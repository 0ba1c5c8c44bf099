import type { Clock, Timer } from '../../api/clock.ts';
import type { Delivery } from './message.ts';

type Poll = {
  /** Tries to receive; empty when there is nothing for this poll. */
  readonly receive: () => readonly Delivery[];
  readonly answer: (deliveries: readonly Delivery[]) => void;
  readonly fail: (error: unknown) => void;
};

/** The receives of one queue that wait for a message, first come, first served. */
export class LongPolls {
  readonly #clock: Clock;
  readonly #polls = new Set<Poll>();
  readonly #swallowWhenHungUp: boolean;

  /** @param swallowWhenHungUp an abandoned poll goes on waiting and takes a message that nobody gets, as AWS may do */
  constructor(clock: Clock, swallowWhenHungUp: boolean) {
    this.#clock = clock;
    this.#swallowWhenHungUp = swallowWhenHungUp;
  }

  get waiting(): boolean {
    return this.#polls.size > 0;
  }

  /** Waits until `receive` has something when {@link offer} tries it; empty after `waitMs`. Rejects when aborted. */
  wait(receive: Poll['receive'], waitMs: number, signal?: AbortSignal): Promise<readonly Delivery[]> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      let timer: Timer | undefined;
      const leave = (): void => {
        this.#polls.delete(poll);
        timer?.cancel();
        signal?.removeEventListener('abort', hangUp);
      };
      const hangUp = (): void => {
        if (!this.#swallowWhenHungUp) leave();
        reject(signal?.reason);
      };
      const poll: Poll = {
        receive,
        answer: (deliveries) => {
          leave();
          resolve(deliveries);
        },
        fail: (error) => {
          leave();
          reject(error);
        },
      };
      this.#polls.add(poll);
      timer = this.#clock.setTimeout(() => poll.answer([]), waitMs);
      signal?.addEventListener('abort', hangUp, { once: true });
    });
  }

  /** Lets the polls try, in the order they came, until one finds nothing: it and those behind it go on waiting. */
  offer(): void {
    for (const poll of this.#polls) {
      const deliveries = poll.receive();
      if (deliveries.length === 0) return;
      poll.answer(deliveries);
    }
  }

  /** Fails every poll: the queue is gone. */
  fail(error: unknown): void {
    for (const poll of this.#polls) poll.fail(error);
  }
}
