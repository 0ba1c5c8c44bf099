import { drainSeconds } from '../../api/drain-time.ts';
import { rateOf } from '../../api/rate-limit.ts';
import type { CourierSpec } from '../../api/v1alpha1.gen.ts';
import type { WorkerStatus } from '../../api/worker-status.ts';
import type { Policy } from './types.ts';

/**
 * The scaling policy that a Courier's spec asks for. A suspended Courier has none: who scales it keeps it at zero.
 *
 * @param workers what the workers that stay say of themselves: how many requests the recipient bears
 *   from each.
 */
export function scalingPolicy(
  { scaling, queue, recipient }: Pick<CourierSpec, 'scaling' | 'queue' | 'recipient'>,
  workers: readonly WorkerStatus[] = [],
): Policy {
  return {
    minReplicas: scaling.minReplicas,
    maxReplicas: scaling.maxReplicas,
    slotsPerReplica: slotsOf(workers) ?? recipient.concurrency.maxPerReplica,
    drainTargetSeconds: scaling.drainTargetSeconds,
    targetMessagesPerReplica: scaling.targetMessagesPerReplica,
    idleAfterSeconds: scaling.idleAfterSeconds,
    maxScaleOutStep: scaling.maxScaleOutStep,
    rateLimitPerSecond: recipient.rateLimit === undefined ? null : rateOf(recipient.rateLimit).messagesPerSecond,
    graceSeconds: drainSeconds({ queue, recipient }),
  };
}

/** The mean of the limits in force; one that still rises for the first time says nothing yet, and counts as full. */
function slotsOf(workers: readonly WorkerStatus[]): number | undefined {
  if (workers.length === 0) return undefined;
  const limits = workers.map(({ concurrency: { limit, max, ramping } }) => (ramping ? max : limit));
  return limits.reduce((sum, limit) => sum + limit, 0) / limits.length;
}
