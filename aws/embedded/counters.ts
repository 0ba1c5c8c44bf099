import type { Clock } from '../../api/clock.ts';
import type { Random } from '../../api/random.ts';

/** How many messages of a queue are in each state. */
export type Counts = { readonly available: number; readonly inFlight: number; readonly delayed: number };

/** How far a queue's counters are from the truth. Both default to 0, which is exact. */
export type CounterError = {
  /** Counters are refreshed only this often, in milliseconds. Those of SQS may take a minute to settle. */
  readonly lagMs?: number;
  /** Counters are off by up to this fraction of themselves, and by up to one at least, so that empty may not be zero. */
  readonly noise?: number;
};

/** What GetQueueAttributes says of a queue's counts. */
export class Counters {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #lagMs: number;
  readonly #noise: number;
  #sample: { readonly counts: Counts; readonly takenAt: number } | undefined;

  constructor(clock: Clock, random: Random, error: CounterError = {}) {
    this.#clock = clock;
    this.#random = random;
    this.#lagMs = error.lagMs ?? 0;
    this.#noise = error.noise ?? 0;
  }

  /** The counts to report where `exact` are the true ones. */
  report(exact: Counts): Counts {
    const now = this.#clock.monotonic();
    if (this.#sample === undefined || now - this.#sample.takenAt >= this.#lagMs) {
      this.#sample = { counts: exact, takenAt: now };
    }
    const { available, inFlight, delayed } = this.#sample.counts;
    return { available: this.#blur(available), inFlight: this.#blur(inFlight), delayed: this.#blur(delayed) };
  }

  #blur(count: number): number {
    if (this.#noise === 0) return count;
    const error = (2 * this.#random() - 1) * Math.max(1, count * this.#noise);
    return Math.max(0, Math.round(count + error));
  }
}
