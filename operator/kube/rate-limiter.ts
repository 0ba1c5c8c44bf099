import type { Clock } from './clock.ts';

/** Says how long a key has to wait before it is tried again. */
export interface RateLimiter {
  /** Counts a failure of `key` and returns the delay in milliseconds before it may run again. */
  when(key: string): number;
  /** Forgets the failures of `key`. */
  forget(key: string): void;
  /** How often `key` has failed since it was last forgotten. */
  failures(key: string): number;
}

/** Doubles the delay of each key with every failure: 5 ms, 10 ms, ... at most 1000 s. */
export class ExponentialPerKey implements RateLimiter {
  readonly #initialMs: number;
  readonly #maxMs: number;
  readonly #failures = new Map<string, number>();

  constructor(initialMs = 5, maxMs = 1_000_000) {
    this.#initialMs = initialMs;
    this.#maxMs = maxMs;
  }

  when(key: string): number {
    const failures = this.failures(key);
    this.#failures.set(key, failures + 1);
    return Math.min(this.#maxMs, this.#initialMs * 2 ** failures);
  }

  forget(key: string): void {
    this.#failures.delete(key);
  }

  failures(key: string): number {
    return this.#failures.get(key) ?? 0;
  }
}

/**
 * Spaces retries of all keys together: a burst of tokens, refilled at a steady rate. Who finds none reserves one that is
 * still to come, as golang.org/x/time/rate does.
 */
export class TokenBucket implements RateLimiter {
  readonly #clock: Clock;
  readonly #perSecond: number;
  readonly #burst: number;
  #tokens: number;
  #atMs: number;

  constructor(clock: Clock, perSecond = 10, burst = 100) {
    this.#clock = clock;
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#tokens = burst;
    this.#atMs = clock.monotonic();
  }

  when(): number {
    this.#refill();
    this.#tokens -= 1;
    return this.#tokens >= 0 ? 0 : (-this.#tokens / this.#perSecond) * 1000;
  }

  /** Takes a token if there is one. */
  take(): boolean {
    this.#refill();
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  forget(): void {}

  failures(): number {
    return 0;
  }

  #refill(): void {
    const nowMs = this.#clock.monotonic();
    this.#tokens = Math.min(this.#burst, this.#tokens + ((nowMs - this.#atMs) / 1000) * this.#perSecond);
    this.#atMs = nowMs;
  }
}

/** The longest of several limiters' delays. */
export class MaxOf implements RateLimiter {
  readonly #limiters: readonly RateLimiter[];

  constructor(...limiters: readonly RateLimiter[]) {
    this.#limiters = limiters;
  }

  when(key: string): number {
    return Math.max(...this.#limiters.map((limiter) => limiter.when(key)));
  }

  forget(key: string): void {
    for (const limiter of this.#limiters) limiter.forget(key);
  }

  failures(key: string): number {
    return Math.max(...this.#limiters.map((limiter) => limiter.failures(key)));
  }
}

/** What controller-runtime uses: 5 ms to 1000 s for each key, and 10 retries a second (burst 100) over all of them. */
export function defaultRateLimiter(clock: Clock): RateLimiter {
  return new MaxOf(new ExponentialPerKey(), new TokenBucket(clock));
}
