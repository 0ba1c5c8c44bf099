import { type Demand, demandFor } from './demand.ts';
import { explain } from './explain.ts';
import type { LimitedBy, Reason } from './reasons.ts';
import type { Decision, Observation, Policy, QueueCounts, State } from './types.ts';

/** Fewer replicas must have been enough for this long before any leaves: a dip between two bursts is not the end. */
export const scaleInWindowSeconds = 30;

/** What is chosen, before it is put into words. */
type Choice = {
  readonly replicas: number;
  readonly reason: Reason;
  readonly limitedBy: LimitedBy;
  readonly surplus: State['surplus'];
};

/**
 * How many replicas a Courier needs now. Pure: no clock, no IO, no randomness, no mutation.
 *
 * Growth is immediate. Shrinking waits until fewer were enough for {@link scaleInWindowSeconds}, and the last replica
 * until there was no work for `idleAfterSeconds`. Where the queue cannot be read, everything stays as it is.
 *
 * @param state what the previous decision returned. Null when there is none: then nothing is lowered before the windows
 *   have passed again.
 */
export function decide(state: State | null, observation: Observation, policy: Policy): Decision {
  const now = Math.max(observation.timeSeconds, state?.timeSeconds ?? observation.timeSeconds);
  const desired = clamp(Math.round(finiteOr(0, observation.replicas.desired)), policy);
  const queue = readable(observation.queue);
  const demand = demandFor(state, observation, queue, policy);
  const workSeen = state === null || demand.wanted > 0 || demand.deliveredSince > 0;
  const workTimeSeconds = workSeen ? now : state.workTimeSeconds;
  const idleSeconds = now - workTimeSeconds;
  const choice =
    queue === null
      ? hold(desired, 'QueueUnreachable', 'Source')
      : demand.wanted > desired
        ? grow(desired, demand, policy)
        : shrink(desired, demand, policy, { idleSeconds, now, surplus: state?.surplus ?? null });
  return {
    replicas: choice.replicas,
    reason: choice.reason,
    limitedBy: choice.limitedBy,
    explanation: explain(choice.replicas, choice.reason, demand, idleSeconds, policy),
    inputs: { B: queue?.visible ?? null, mu: demand.rate, inFlight: demand.inFlight, wanted: demand.wanted, desired },
    state: {
      timeSeconds: now,
      delivered: observation.workers?.delivered ?? state?.delivered ?? null,
      busySlotSeconds: observation.workers?.busySlotSeconds ?? state?.busySlotSeconds ?? null,
      replicaRate: demand.measuredRate,
      workTimeSeconds,
      surplus: choice.surplus,
    },
  };
}

function hold(desired: number, reason: Reason, limitedBy: LimitedBy = 'None'): Choice {
  return { replicas: desired, reason, limitedBy, surplus: null };
}

function grow(desired: number, { wanted }: Demand, policy: Policy): Choice {
  const step = policy.maxScaleOutStep || Number.POSITIVE_INFINITY;
  const replicas = clamp(Math.min(wanted, desired + step), policy);
  if (replicas === policy.maxReplicas && wanted > replicas) return hold(replicas, 'AtMaximum', 'MaxReplicas');
  if (replicas < wanted) return hold(replicas, 'StepLimited', 'Backlog');
  return hold(replicas, desired === 0 ? 'Activated' : 'Backlog', 'Backlog');
}

function shrink(
  desired: number,
  demand: Demand,
  policy: Policy,
  { idleSeconds, now, surplus }: { idleSeconds: number; now: number; surplus: State['surplus'] },
): Choice {
  const idle = demand.wanted === 0 && idleSeconds >= (policy.idleAfterSeconds ?? 300);
  if (idle || desired === 0) return hold(clamp(0, policy), 'Idle');
  const enough = clamp(Math.max(1, demand.wanted), policy);
  if (enough >= desired) {
    return hold(desired, demand.wanted === 0 ? 'IdleWait' : demand.held ? 'BusyReplicas' : 'Steady');
  }
  const sinceSeconds = surplus?.sinceSeconds ?? now;
  const peak = Math.max(surplus?.peak ?? 0, enough);
  if (now - sinceSeconds >= scaleInWindowSeconds) return hold(Math.min(desired, peak), 'LessWork');
  return { ...hold(desired, 'Stabilizing'), surplus: { sinceSeconds, peak } };
}

/** Counters that are missing, negative or not numbers are no counters. */
function readable(queue: QueueCounts | null): QueueCounts | null {
  return queue !== null && finiteOr(-1, queue.visible) >= 0 && finiteOr(-1, queue.notVisible) >= 0 ? queue : null;
}

function clamp(replicas: number, { minReplicas, maxReplicas }: Policy): number {
  return Math.max(minReplicas, Math.min(maxReplicas, replicas));
}

function finiteOr(fallback: number, value: number): number {
  return Number.isFinite(value) ? value : fallback;
}
