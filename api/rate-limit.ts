import type { CourierRecipientRateLimit } from './v1alpha1.gen.ts';

/**
 * A part of a rate limit, as a token bucket: in any window of `w` seconds at most `burst + w * messagesPerSecond`
 * messages are sent, every attempt counted.
 */
export type Rate = {
  readonly messagesPerSecond: number;
  /** Messages that may be sent at once after a quiet time. Below 1, none is ever sent. */
  readonly burst: number;
};

/** How long a share of the rate limit holds that nobody renews, in seconds. */
export const rateLeaseSeconds = 15;

/** Workers that a rollout may add beyond the most that there may be, as a share of them, rounded up. */
export const surgeShare = 0.25;

/** The most workers that there can be at a time, with those that a rollout adds. */
export function mostWorkers(maxReplicas: number): number {
  return maxReplicas + Math.ceil(surgeShare * maxReplicas);
}

/** What `recipient.rateLimit` allows all workers together. Without `burst` that is a second's messages, at least one. */
export function rateOf({ messages, perSeconds, burst }: CourierRecipientRateLimit): Rate {
  const messagesPerSecond = messages / perSeconds;
  return { messagesPerSecond, burst: burst ?? Math.max(1, Math.ceil(messagesPerSecond)) };
}

/**
 * What a worker may take when nobody has told it anything for long: so little that all may do so together. A worker can send
 * nothing with less than a burst of one, so that is the least.
 */
export function fallbackRate(limit: Rate, maxReplicas: number): Rate {
  const workers = mostWorkers(maxReplicas);
  return { messagesPerSecond: limit.messagesPerSecond / workers, burst: Math.max(1, limit.burst / workers) };
}
