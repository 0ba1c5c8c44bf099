import type { Signals } from './signals.ts';

/** The queue hands out less than the replicas could take: few FIFO groups, or a source that is slow. */
export type Starved = {
  readonly kind: 'Starved';
  readonly cap: number;
  /** Since when the replicas that are left have been busy; null while they are not. */
  readonly busySince: number | null;
  /** Since when the cap has not been needed; null while it is. */
  readonly idleSince: number | null;
};

const enterSeconds = 20;
const growSeconds = 15;
const leaveSeconds = 60;

/** Whether replicas stand half idle although messages wait, and nothing but the source can be the cause. */
export function looksStarved(signals: Signals): boolean {
  const { ready, waitingPerSlot, occupancy, breakersOpen, failedShare, throttledShare } = signals;
  const isHealthy = breakersOpen < 0.2 && failedShare < 0.1 && throttledShare < 0.02;
  const isBelowLimit = signals.acceptedPerSecond < 0.9 * signals.rateLimitPerSecond;
  return ready >= 2 && waitingPerSlot > 2 && occupancy < 0.5 && isHealthy && isBelowLimit;
}

/** @param since since when it has looked so without a break; null: it does not. */
export function enterStarved(since: number | null, { now, occupancy, ready }: Signals): Starved | null {
  if (since === null || now - since < enterSeconds) return null;
  const cap = Math.max(1, Math.ceil((occupancy * ready) / 0.8));
  return { kind: 'Starved', cap, busySince: null, idleSince: null };
}

export function continueStarved(guard: Starved, signals: Signals): Starved | null {
  const { now, occupancy, ready, waitingPerSlot, wanted } = signals;
  const idleSince = wanted < guard.cap ? (guard.idleSince ?? now) : null;
  if (waitingPerSlot === 0 || (idleSince !== null && now - idleSince >= leaveSeconds)) return null;
  const busySince = occupancy > 0.9 && ready >= guard.cap ? (guard.busySince ?? now) : null;
  if (busySince === null || now - busySince < growSeconds) return { ...guard, busySince, idleSince };
  return { ...guard, cap: Math.ceil(1.5 * guard.cap), busySince: null, idleSince };
}
