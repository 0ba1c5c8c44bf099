import type { QueueCounts } from '../operator/scaling/types.ts';
import { ticksPerSecond, toTicks } from './agenda.ts';
import type { Autoscaler, View } from './autoscaler.ts';
import { Fleet } from './fleet.ts';
import { OrderLog, type TimedOrder } from './order-log.ts';
import type { Scenario } from './scenario.ts';

/** What the counters of a queue said, in the order of time. */
export type Reading = { readonly seconds: number; readonly visible: number; readonly notVisible: number };

/** What an autoscaler would have done. */
export type Replay = {
  /** By tick: messages that wait, as recorded, and pods. */
  readonly visible: Int32Array;
  readonly living: Int32Array;
  readonly orders: readonly TimedOrder[];
};

/**
 * Shows an autoscaler the depths that were recorded under another one. They do not change by what it orders, so this says
 * when and why it would act, and what its replicas would have cost, and nothing of waits.
 *
 * @param scenario for the workers and the scaling; its load is not looked at.
 */
export function replay(scenario: Scenario, readings: readonly Reading[], seed: number, autoscaler: Autoscaler): Replay {
  const ticks = toTicks(scenario.durationSeconds);
  const fleet = new Fleet(scenario, seed, ticks, () => undefined);
  const living = new Int32Array(ticks);
  const visible = new Int32Array(ticks);
  const log = new OrderLog();
  let at = 0;
  fleet.scale(autoscaler.firstReplicas, autoscaler.drains, 0);
  for (let tick = 0; tick < ticks; tick++) {
    const seconds = tick / ticksPerSecond;
    fleet.advance(tick);
    while ((readings[at + 1]?.seconds ?? Number.POSITIVE_INFINITY) <= seconds) at++;
    const counts = countsBetween(readings[at], readings[at + 1], seconds);
    if (seconds >= autoscaler.nextSeconds) {
      const order = autoscaler.act(viewOf(fleet, seconds, counts));
      if (order !== null) log.add(order, seconds);
      if (order !== null && order.replicas !== fleet.desired) fleet.scale(order.replicas, autoscaler.drains, tick);
    }
    living[tick] = fleet.living.length;
    visible[tick] = counts.visible;
  }
  return { visible, living, orders: log.orders };
}

/** On the straight line between two readings. */
function countsBetween(before: Reading | undefined, after: Reading | undefined, seconds: number): QueueCounts {
  if (before === undefined) return { visible: 0, notVisible: 0, delayed: 0 };
  const to = after ?? before;
  const part = to.seconds > before.seconds ? (seconds - before.seconds) / (to.seconds - before.seconds) : 0;
  const between = (from: number, until: number) => Math.round(from + part * (until - from));
  return {
    visible: between(before.visible, to.visible),
    notVisible: between(before.notVisible, to.notVisible),
    delayed: 0,
  };
}

function viewOf(fleet: Fleet, nowSeconds: number, counts: QueueCounts): View {
  return {
    ...{ nowSeconds, replicas: fleet.replicas, startupSeconds: fleet.startupSeconds },
    slotsPerReplica: fleet.slotsPerReplica,
    readQueue: () => counts,
    readWorkers: () => null,
  };
}
