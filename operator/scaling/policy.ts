import { drainSeconds } from '../../api/drain-time.ts';
import type { CourierSpec } from '../../api/v1alpha1.gen.ts';
import type { Policy } from './types.ts';

/** The scaling policy that a Courier's spec asks for. A suspended Courier has none: who scales it keeps it at zero. */
export function scalingPolicy({ scaling, queue, recipient }: CourierSpec): Policy {
  return {
    minReplicas: scaling.minReplicas,
    maxReplicas: scaling.maxReplicas,
    slotsPerReplica: recipient.concurrency.maxPerReplica,
    drainTargetSeconds: scaling.drainTargetSeconds,
    targetMessagesPerReplica: scaling.targetMessagesPerReplica,
    idleAfterSeconds: scaling.idleAfterSeconds,
    graceSeconds: drainSeconds({ queue, recipient }),
  };
}
