import type { Clock, Random } from './clock.ts';

/** Delays that double from one failure to the next. */
export type BackoffPolicy = {
  readonly initialMs: number;
  readonly maxMs: number;
  readonly factor: number;
  /** The share of a delay that may be added to it by chance: 1 means up to twice the delay. */
  readonly jitter: number;
  /** After this much time without a failure the delays start anew. */
  readonly resetAfterMs: number;
};

/**
 * How a reflector waits before it lists or watches again. Source: client-go's reflector, which asks for at most 5 requests
 * a minute from a client whose server stays away.
 */
export const reflectorBackoff: BackoffPolicy = {
  initialMs: 800,
  maxMs: 30_000,
  factor: 2,
  jitter: 1,
  resetAfterMs: 120_000,
};

/** Keeps the count of failures for a {@link BackoffPolicy}. */
export class Backoff {
  readonly #policy: BackoffPolicy;
  readonly #clock: Clock;
  readonly #random: Random;
  #baseMs: number;
  #lastMs: number | undefined;

  constructor(policy: BackoffPolicy, clock: Clock, random: Random) {
    this.#policy = policy;
    this.#clock = clock;
    this.#random = random;
    this.#baseMs = policy.initialMs;
  }

  /** The delay in milliseconds before the next try, after a failure now. */
  next(): number {
    const nowMs = this.#clock.monotonic();
    const { initialMs, maxMs, factor, jitter, resetAfterMs } = this.#policy;
    if (this.#lastMs !== undefined && nowMs - this.#lastMs > resetAfterMs) this.#baseMs = initialMs;
    this.#lastMs = nowMs;
    const delayMs = this.#baseMs * (1 + jitter * this.#random());
    this.#baseMs = Math.min(maxMs, this.#baseMs * factor);
    return delayMs;
  }
}
