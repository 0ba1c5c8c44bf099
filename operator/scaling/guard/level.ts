import type { Signals } from './signals.ts';

/** What a fleet of one size delivers while it is busy, measured over some time. */
export type Level = {
  readonly looks: number;
  readonly seconds: number;
  readonly delivered: number;
  /** Sum over time of the ready replicas. */
  readonly replicaSeconds: number;
};

export const noLevel: Level = { looks: 0, seconds: 0, delivered: 0, replicaSeconds: 0 };

/** One look more at this level. */
export function addLook(level: Level, { intervalSeconds, delivered, ready }: Signals): Level {
  return {
    looks: level.looks + 1,
    seconds: level.seconds + intervalSeconds,
    delivered: level.delivered + delivered,
    replicaSeconds: level.replicaSeconds + intervalSeconds * ready,
  };
}

/** A point of the throughput curve: how much so many replicas deliver, and how sure that is. */
export type Throughput = {
  readonly perSecond: number;
  readonly replicas: number;
  /** Relative standard error of `perSecond`. */
  readonly error: number;
};

/** Null while the level is too short to be worth anything. */
export function throughputOf(level: Level, fewestSeconds: number, fewestLooks: number): Throughput | null {
  const { looks, seconds, delivered, replicaSeconds } = level;
  if (looks < fewestLooks || seconds < fewestSeconds || delivered < 30) return null;
  // Deliveries are counted: Poisson noise, which is more than regular service times have.
  return { perSecond: delivered / seconds, replicas: replicaSeconds / seconds, error: 1 / Math.sqrt(delivered) };
}

/** What growth from one size to another brought, as a share of what it would bring a recipient that has room: 1 is all. */
export function gainOf(from: Throughput, to: Throughput): { readonly gain: number; readonly error: number } {
  const growth = Math.max(0.05, to.replicas / from.replicas - 1);
  const ratio = to.perSecond / from.perSecond;
  return { gain: (ratio - 1) / growth, error: (ratio * Math.hypot(from.error, to.error)) / growth };
}
