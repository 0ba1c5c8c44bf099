import type { Guard } from './guard/guard.ts';
import type { Reason } from './reasons.ts';
import type { ReplicaRate } from './service.ts';
import type { Settings } from './settings.ts';

/** A bound on the number of replicas, and the rule that it comes from. */
export type Cap = { readonly replicas: number; readonly reason: Reason };

const reasonOfGuard = {
  Open: 'RecipientDown',
  Recovering: 'RecipientRecovering',
  AuditBlocked: 'AuditBlocked',
  Throttled: 'RecipientThrottling',
  Starved: 'ReplicasStarved',
  Probation: 'GrowthOnProbation',
  Saturated: 'RecipientSaturated',
} as const satisfies Record<Guard['kind'], Reason>;

/**
 * The bound that a guard sets: never below `least`, and at least one replica, so that something notices when the cause is gone. While the workers
 * are silent, and while the recipient is down, nothing is added.
 */
export function guardCap(guard: Guard | null, desired: number, isHeard: boolean, least: number): Cap | null {
  if (guard === null) return null;
  const replicas = Math.max(guard.cap, least, 1);
  const addsNone = guard.kind === 'Open' || !isHeard;
  return {
    replicas: addsNone ? Math.min(replicas, Math.max(desired, least)) : replicas,
    reason: reasonOfGuard[guard.kind],
  };
}

/** The share of the limit that each replica is to use: a limit is reached, and nearly as many replicas as can reach it. */
const busyAtLimit = 0.87;

/** While a replica's share is within this, the cap stays: measured rates waver, and each change costs a pod. */
const toleratedShare = { low: 0.78, high: 0.97 } as const;

/** As many replicas as a rate limit keeps busy; null without a limit, or before a replica's rate is known. */
export function rateCap(before: number | null, rate: ReplicaRate, { rateLimitPerSecond }: Settings): number | null {
  if (rate.isGuess || !Number.isFinite(rateLimitPerSecond)) return null;
  const share = before === null ? 0 : rateLimitPerSecond / (rate.perSecond * before);
  if (before !== null && share >= toleratedShare.low && share <= toleratedShare.high) return before;
  const replicas = Math.max(1, Math.ceil(rateLimitPerSecond / (busyAtLimit * rate.perSecond) - 1e-9));
  return Math.min(1e6, replicas);
}

/** The lowest of the bounds; null when there is none. */
export function lowest(caps: readonly (Cap | null)[]): Cap | null {
  return caps.reduce((low, cap) => (cap !== null && (low === null || cap.replicas < low.replicas) ? cap : low), null);
}
