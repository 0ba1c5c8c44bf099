import { ticksPerSecond } from './agenda.ts';
import type { Fleet } from './fleet.ts';

/** Seconds between two distributions of the shares. */
export const leaseSeconds = 5;

/**
 * Hands the rate limit to the pods that are ready, in equal shares: messages go to free slots at random, so their demands
 * are equal too. A pod that became ready since the last time has none yet; that of a pod that has left is lost until then.
 */
export function distributeShares(fleet: Fleet, perSecond: number, tick: number): void {
  const { ready } = fleet;
  for (const pod of ready) {
    fleet.update(pod, tick, pod.lease(perSecond / ready.length / ticksPerSecond, tick));
  }
}
