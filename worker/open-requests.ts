import type { Clock } from '../api/clock.ts';
import { Average } from './average.ts';
import type { Counters } from './counters.ts';
import type { Message } from './message.ts';
import type { Observations } from './observations.ts';
import type { Attempt } from './recipient.ts';

export type OpenRequestsOptions = {
  readonly counters: Counters;
  readonly observations: Observations;
  readonly clock: Clock;
};

/** The requests that wait for the recipient, each by its first message, and how long requests take. */
export class OpenRequests {
  readonly #options: OpenRequestsOptions;
  /** When each began, monotonic milliseconds; the oldest first. */
  readonly #startedMs = new Map<Message, number>();
  /** Slow enough that a rare slow response does not swing the prefetch. */
  readonly #durationMs = new Average(0.05);

  constructor(options: OpenRequestsOptions) {
    this.#options = options;
  }

  get count(): number {
    return this.#startedMs.size;
  }

  /** Mean duration of requests in milliseconds; undefined before the first. */
  get meanMs(): number | undefined {
    return this.#durationMs.value;
  }

  /** Monotonic milliseconds at which the oldest began; undefined when none is open. */
  get oldestMs(): number | undefined {
    for (const startedMs of this.#startedMs.values()) return startedMs;
    return undefined;
  }

  began(first: Message): void {
    this.#options.counters.requests++;
    this.#startedMs.set(first, this.#options.clock.monotonic());
  }

  ended(first: Message, { durationMs }: Attempt): void {
    const { counters, observations } = this.#options;
    this.#startedMs.delete(first);
    this.#durationMs.add(durationMs);
    counters.busySlotSeconds += durationMs / 1000;
    observations.histograms.attemptSeconds.observe(durationMs / 1000);
  }
}
