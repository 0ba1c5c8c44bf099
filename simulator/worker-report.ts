import type { Workers } from '../operator/scaling/types.ts';
import type { Fleet } from './fleet.ts';
import type { Tallies } from './tallies.ts';

/** What the workers say together, as the operator sums it. */
export function reportOf(fleet: Fleet, tallies: Tallies, tick: number): Workers {
  const { ready } = fleet;
  const share = (count: number) => (ready.length === 0 ? 0 : count / ready.length);
  return {
    delivered: tallies.delivered,
    failed: tallies.failed,
    throttled: tallies.throttled,
    settled: tallies.settled,
    busySlotSeconds: tallies.busySlotSeconds,
    deliveredSlotSeconds: tallies.deliveredSlotSeconds,
    auditBlockedSeconds: tallies.auditBlockedSeconds,
    inFlight: ready.reduce((sum, { held }) => sum + held, 0),
    busyReplicas: ready.filter(({ held }) => held > 0).length,
    breakersOpen: share(ready.filter(({ breaker }) => breaker.state !== 'closed').length),
    receiveAgeSeconds: tallies.receiveAgeSeconds(tick),
  };
}
