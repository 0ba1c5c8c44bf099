import type { Clock } from '../../api/clock.ts';
import type { RateShare } from '../../api/exchange.ts';
import type { Rate } from '../../api/rate-limit.ts';
import type { RateLimitStatus } from '../../api/worker-status.ts';
import { Alarm } from '../alarm.ts';
import { beginHolding, type Holding, type Term, takeShare, termAt } from './share.ts';
import { TokenBucket } from './token-bucket.ts';

export type RateLimiterOptions = {
  /** What the worker may take when nobody tells it anything; undefined: there is no limit. */
  readonly fallback: Rate | undefined;
  /** Whether there is an operator that hands out shares. */
  readonly hasOperator: boolean;
  readonly clock: Clock;
  /** Called when tokens have come that somebody has waited for. */
  readonly refilled: () => void;
};

type Limit = { holding: Holding; term: Term; readonly bucket: TokenBucket };

/**
 * The worker's part of the Courier's rate limit. Each attempt takes a token when it begins; before that, the gate leaves no
 * room for a message for which there would be none.
 */
export class RateLimiter {
  readonly #clock: Clock;
  readonly #refilled: () => void;
  #limit: Limit | undefined;
  readonly #wake: Alarm;

  constructor({ fallback, hasOperator, clock, refilled }: RateLimiterOptions) {
    this.#clock = clock;
    this.#refilled = refilled;
    this.#wake = new Alarm(clock, refilled);
    if (fallback !== undefined) this.#begin(beginHolding(fallback, hasOperator, clock.monotonic()));
  }

  /** Messages that may be sent now. Infinite without a limit. */
  get tokens(): number {
    const nowMs = this.#clock.monotonic();
    return this.#at(nowMs)?.bucket.available(nowMs) ?? Number.POSITIVE_INFINITY;
  }

  /** The most messages that may ever be sent at once. */
  get burst(): number {
    return this.#at(this.#clock.monotonic())?.term.rate.burst ?? Number.POSITIVE_INFINITY;
  }

  /** Whether a message may be sent now. When not, `refilled` is called as soon as one may. */
  mayTake(): boolean {
    if (this.#limit === undefined || this.tokens >= 1) return true;
    this.awaitTokens(1);
    return false;
  }

  /** Takes the tokens of `messages` that {@link mayTake} or {@link tokens} has allowed. */
  take(messages: number): void {
    const nowMs = this.#clock.monotonic();
    this.#at(nowMs)?.bucket.take(messages, nowMs);
  }

  /** Has `refilled` called when `tokens` are there, or what is in force has changed. */
  awaitTokens(tokens: number): void {
    const nowMs = this.#clock.monotonic();
    const limit = this.#at(nowMs);
    if (limit === undefined) return;
    const { bucket, term } = limit;
    this.#wake.setAt(Math.min(nowMs + bucket.msUntil(tokens, nowMs), term.untilMs), nowMs);
  }

  /** How long it takes until `tokens` are there, as far as is known, in milliseconds. */
  msUntil(tokens: number): number {
    const nowMs = this.#clock.monotonic();
    return this.#at(nowMs)?.bucket.msUntil(tokens, nowMs) ?? 0;
  }

  /** Takes up a share that the operator hands down, or that there is no limit. */
  grant(share: RateShare | null): void {
    const nowMs = this.#clock.monotonic();
    if (share === null) this.#limit = undefined;
    else if (this.#limit === undefined) this.#begin(takeShare(share, nowMs));
    else {
      settle(this.#limit, nowMs);
      // Overtaken by a newer one on another connection: whoever sent it counts on the newer.
      const { lease } = this.#limit.holding;
      if (lease !== undefined && nowMs < lease.untilMs && share.id < lease.share.id) return;
      this.#limit.holding = takeShare(share, nowMs);
      enter(this.#limit, nowMs);
    }
    this.#wake.cancel();
    this.#refilled();
  }

  /** Null without a limit. */
  get status(): RateLimitStatus | null {
    const tokens = this.tokens;
    if (this.#limit === undefined) return null;
    const { holding, term } = this.#limit;
    const { messagesPerSecond, burst } = term.rate;
    const remainingMs = term.basis === 'Lease' ? term.untilMs - this.#clock.monotonic() : 0;
    const shareId = holding.lease?.share.id ?? null;
    return { messagesPerSecond, burst, basis: term.basis, shareId, remainingSeconds: remainingMs / 1000, tokens };
  }

  close(): void {
    this.#wake.cancel();
  }

  /** The limit with the term that is in force at `nowMs`; undefined: there is none. */
  #at(nowMs: number): Limit | undefined {
    if (this.#limit !== undefined) settle(this.#limit, nowMs);
    return this.#limit;
  }

  #begin(holding: Holding): void {
    const nowMs = this.#clock.monotonic();
    const term = termAt(holding, nowMs);
    this.#limit = { holding, term, bucket: new TokenBucket(term.rate, nowMs) };
  }
}

/** Follows the terms that have ended up to `nowMs`. */
function settle(limit: Limit, nowMs: number): void {
  while (nowMs >= limit.term.untilMs) enter(limit, limit.term.untilMs);
}

/** Goes on with the term that is in force from `atMs` on. */
function enter(limit: Limit, atMs: number): void {
  limit.term = termAt(limit.holding, atMs);
  limit.bucket.change(limit.term.rate, atMs);
}
