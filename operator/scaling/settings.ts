import type { Policy } from './types.ts';

/** A policy with every default filled in, and nothing in it that cannot be calculated with. */
export type Settings = {
  readonly min: number;
  readonly max: number;
  readonly slotsPerReplica: number;
  /** A message that arrives now is to start within this. */
  readonly targetSeconds: number;
  readonly targetMessagesPerReplica: number;
  readonly idleAfterSeconds: number;
  /** Most replicas that one decision adds; Infinity: no limit. */
  readonly maxStep: number;
  readonly activationMessages: number;
  /** Attempts per second over the fleet; Infinity: no limit. */
  readonly rateLimitPerSecond: number;
  readonly graceSeconds: number;
  readonly fallbackReplicas: number;
};

/** The settings that a policy means. The lower bound gives way where the two bounds contradict each other. */
export function settingsOf(policy: Policy): Settings {
  const max = Math.floor(bounded(policy.maxReplicas, 0, 1e6) ?? 0);
  return {
    min: Math.min(max, Math.ceil(bounded(policy.minReplicas, 0, 1e6) ?? 0)),
    max,
    slotsPerReplica: bounded(policy.slotsPerReplica, 1, 1e6) ?? 1,
    targetSeconds: bounded(policy.drainTargetSeconds, 1, 1e6) ?? 60,
    targetMessagesPerReplica: bounded(policy.targetMessagesPerReplica, 1, 1e9) ?? 500,
    idleAfterSeconds: bounded(policy.idleAfterSeconds, 1, 1e9) ?? 300,
    maxStep: Math.ceil(bounded(policy.maxScaleOutStep, 0, 1e6) ?? 0) || Number.POSITIVE_INFINITY,
    activationMessages: bounded(policy.activationMessages, 0, 1e9) ?? 0,
    rateLimitPerSecond: positive(policy.rateLimitPerSecond) ?? Number.POSITIVE_INFINITY,
    graceSeconds: bounded(policy.graceSeconds, 0, 1e6) ?? 30,
    fallbackReplicas: Math.ceil(bounded(policy.fallbackReplicas, 0, 1e6) ?? 0),
  };
}

/** The number within bounds; null when it is none. */
export function bounded(value: number | null | undefined, low: number, high: number): number | null {
  return typeof value === 'number' && !Number.isNaN(value) ? Math.min(high, Math.max(low, value)) : null;
}

/** The number when it is one above zero, at most 10^9; else null. */
export function positive(value: number | null | undefined): number | null {
  return typeof value === 'number' && value > 1e-9 ? Math.min(value, 1e9) : null;
}
