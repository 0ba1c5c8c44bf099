import { arrivalsIn } from './arrivals.ts';
import { type Sizes, sizesFor, wholeReplicas } from './objective.ts';
import { addPeak, type Peaks, peakOver } from './peaks.ts';
import type { Situation } from './situation.ts';

/** What the work asks for, in whole replicas, before any rule. */
export type Demand = {
  readonly sizes: Sizes;
  readonly hasWork: boolean;
  /** To grow to. */
  readonly up: number;
  /** Enough for this moment, and what of that the work needs where `minReplicas` is more. */
  readonly enough: number;
  readonly needed: number;
  /** To shrink to: the most that was enough of late. */
  readonly down: number;
  readonly keepPeaks: Peaks;
  readonly drainPeaks: Peaks;
};

/** What was enough for arrivals counts for one to two service times, since long messages come in long waves. */
const window = { shortest: 45, longest: 300 } as const;

/** What was enough for the backlog counts for less: it is gone when it is gone. */
const drainWindowSeconds = 20;

/** What the queue and the workers ask for now. */
export function demandOf(situation: Situation): Demand {
  const { memory, tick, reading, settings, view } = situation;
  const { desired, ready } = reading;
  const { arrivals } = view.estimates;
  const sizes = sizesFor({
    arrivalsPerSecond: arrivals.perSecond,
    arrivalsWhenReady: arrivalsIn(arrivals, reading.startupSeconds + tick.seconds),
    ratePerReplica: view.rate.perSecond,
    ...{ backlog: view.backlog, inFlight: view.inFlight, slots: view.slots },
    ...{ ready, starting: reading.starting, startedShare: startedShare(situation) },
    ...{ startupSeconds: reading.startupSeconds, targetSeconds: settings.targetSeconds, intervalSeconds: tick.seconds },
  });
  const hasWork = view.estimates.visible > settings.activationMessages || (ready > 0 && view.inFlight > 0);
  const keepUp = wholeReplicas(sizes.keepUp);
  const drain = wholeReplicas(sizes.drain);
  const keep = Math.min(wholeReplicas(sizes.keepDown), Math.max(keepUp, desired));
  const keepPeaks = addPeak(memory.timers.keepPeaks, tick.now, keep, window.longest);
  const drainPeaks = addPeak(memory.timers.drainPeaks, tick.now, drain, drainWindowSeconds);
  const needed = Math.max(keep, drain, hasWork ? 1 : 0);
  const serviceSeconds = view.slots / view.rate.perSecond;
  const keepSeconds = Math.max(window.shortest, Math.min(window.longest, serviceSeconds));
  const kept = peakOver(keepPeaks, tick.now, keepSeconds);
  return {
    ...{ sizes, hasWork, needed, keepPeaks, drainPeaks },
    up: Math.max(keepUp, drain, hasWork ? 1 : 0),
    enough: Math.max(settings.min, needed),
    down: Math.max(settings.min, kept, peakOver(drainPeaks, tick.now, drainWindowSeconds)),
  };
}

/** How far the replicas that were ordered last have come, by the time that starting usually takes. */
function startedShare({ memory, tick, reading }: Situation): number {
  return Math.min(0.9, (tick.now - memory.timers.scaleOutAt) / reading.startupSeconds);
}
