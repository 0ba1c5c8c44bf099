import { decide } from '../../operator/scaling/decide.ts';
import type { Observation, Policy, State } from '../../operator/scaling/types.ts';

const policy: Policy = { minReplicas: 0, maxReplicas: 100, slotsPerReplica: 4, drainTargetSeconds: 30 };

/** A busy fleet that follows a wave, so that every estimator has a full memory and the number keeps changing. */
function observe(step: number, replicas: number, delivered: number): Observation {
  return {
    timeSeconds: 5 * step,
    replicas: { desired: replicas, ready: replicas, starting: 0 },
    queue: { visible: 100 + (step % 7) * 10, notVisible: 4 * replicas, delayed: 0 },
    workers: {
      ...{
        delivered,
        failed: 0,
        throttled: 0,
        busySlotSeconds: delivered * 0.4,
        deliveredSlotSeconds: delivered * 0.4,
      },
      ...{ inFlight: 4 * replicas, busyReplicas: replicas, breakersOpen: 0, receiveAgeSeconds: 1 },
    },
  };
}

/** Microseconds that one decision takes: the median of batches, after warming up. */
export function measureDecision(batches = 40, decisions = 500): number {
  let state: State | null = null;
  let replicas = 1;
  let delivered = 0;
  let step = 0;
  const micros = Array.from({ length: batches }, () => {
    const startMs = performance.now();
    for (let index = 0; index < decisions; index++, step++) {
      delivered += Math.round(200 * (1.2 + Math.sin(step / 60)));
      const decision = decide(state, observe(step, replicas, delivered), policy);
      state = decision.state;
      replicas = decision.replicas;
    }
    return ((performance.now() - startMs) * 1000) / decisions;
  });
  return micros.sort((one, other) => one - other)[batches >> 1] ?? Number.NaN;
}
