import type { Rate } from '../../api/rate-limit.ts';

/**
 * A token bucket: tokens come at a steady rate and are kept up to the burst, and each message takes one. It begins empty,
 * since whoever had the tokens before may just have used them. Times are monotonic milliseconds and never run back.
 */
export class TokenBucket {
  #rate: Rate;
  #tokens = 0;
  #countedMs: number;

  constructor(rate: Rate, nowMs: number) {
    this.#rate = rate;
    this.#countedMs = nowMs;
  }

  /** Whole tokens that are there at `nowMs`. */
  available(nowMs: number): number {
    this.#count(nowMs);
    return Math.max(0, Math.floor(this.#tokens + tolerance));
  }

  /**
   * Takes tokens that {@link available} has said are there. The little by which the last was not is owed: forgiven each time, it
   * would add up to more than the rate.
   */
  take(tokens: number, nowMs: number): void {
    this.#count(nowMs);
    this.#tokens -= tokens;
  }

  /** How long it takes from `nowMs` until `tokens` are there; infinite when they never will be. */
  msUntil(tokens: number, nowMs: number): number {
    this.#count(nowMs);
    const missing = tokens - this.#tokens;
    if (missing <= tolerance) return 0;
    if (tokens > this.#rate.burst) return Number.POSITIVE_INFINITY;
    return (missing / this.#rate.messagesPerSecond) * 1000;
  }

  /** Goes on at another rate from `nowMs` on. What there is stays, as far as the new burst allows it. */
  change(rate: Rate, nowMs: number): void {
    this.#count(nowMs);
    this.#rate = rate;
    this.#tokens = Math.min(this.#tokens, rate.burst);
  }

  #count(nowMs: number): void {
    const { messagesPerSecond, burst } = this.#rate;
    const grown = this.#tokens + (messagesPerSecond * Math.max(0, nowMs - this.#countedMs)) / 1000;
    this.#tokens = Math.min(burst, grown);
    this.#countedMs = Math.max(this.#countedMs, nowMs);
  }
}

/** Sums of fractions miss a whole number by as little as this: a token that is nearly there is there. */
const tolerance = 1e-6;
