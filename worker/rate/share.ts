import type { RateShare } from '../../api/exchange.ts';
import { type Rate, rateLeaseSeconds } from '../../api/rate-limit.ts';
import type { RateLimitStatus } from '../../api/worker-status.ts';

/** What a worker knows of its part of the rate limit. Plain data; times are monotonic milliseconds. */
export type Holding = {
  /** What it may take when nobody has told it anything for long. */
  readonly fallback: Rate;
  /** The last lease; undefined: it has had none. */
  readonly lease: { readonly share: RateShare; readonly untilMs: number } | undefined;
  /** From then on it takes its fallback. */
  readonly fallbackMs: number;
};

/** A part of the limit and until when it is in force. */
export type Term = {
  readonly rate: Rate;
  readonly basis: RateLimitStatus['basis'];
  /** Infinite: until something is heard. */
  readonly untilMs: number;
};

const leaseMs = rateLeaseSeconds * 1000;
const nothing: Rate = { messagesPerSecond: 0, burst: 0 };

/**
 * What a worker holds at its start: nothing, as long as others may hold leases on all there is. One that has no operator
 * takes its fallback at once.
 */
export function beginHolding(fallback: Rate, hasOperator: boolean, nowMs: number): Holding {
  return { fallback, lease: undefined, fallbackMs: hasOperator ? nowMs + leaseMs : nowMs };
}

/** The holding once a share has come. */
export function takeShare(share: RateShare, nowMs: number): Holding {
  const untilMs = nowMs + share.ttlSeconds * 1000;
  return { fallback: share.fallback, lease: { share, untilMs }, fallbackMs: untilMs + leaseMs };
}

/**
 * What is in force at `nowMs`. A lease that has run out leaves the smaller of it and the fallback, and only the time of
 * another lease later the fallback itself: straight to the fallback, the sum over all workers could exceed the limit while
 * the leases of others still run.
 */
export function termAt({ fallback, lease, fallbackMs }: Holding, nowMs: number): Term {
  if (lease !== undefined && nowMs < lease.untilMs)
    return { rate: lease.share, basis: 'Lease', untilMs: lease.untilMs };
  if (nowMs >= fallbackMs) return { rate: fallback, basis: 'Fallback', untilMs: Number.POSITIVE_INFINITY };
  if (lease === undefined) return { rate: nothing, basis: 'None', untilMs: fallbackMs };
  return { rate: smaller(lease.share, fallback), basis: 'Lapsed', untilMs: fallbackMs };
}

function smaller(a: Rate, b: Rate): Rate {
  return {
    messagesPerSecond: Math.min(a.messagesPerSecond, b.messagesPerSecond),
    burst: Math.min(a.burst, b.burst),
  };
}
