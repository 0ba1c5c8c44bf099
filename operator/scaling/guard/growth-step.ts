import { type Level, noLevel, type Throughput } from './level.ts';
import type { Signals } from './signals.ts';

/** More replicas may be harmful: a step of growth must pay before the next is allowed. */
export type Probation = {
  readonly kind: 'Probation';
  readonly cap: number;
  readonly cause: Cause;
  /** When the step was ordered. */
  readonly since: number;
  /** The fleet before the step, and what it delivered; measured until growth shows when failures are the cause. */
  readonly replicasBefore: number;
  readonly levelBefore: Level;
  readonly before: Throughput | null;
  readonly level: Level;
  readonly measuredSince: number | null;
  /** What a busy replica delivered when the fleet was smaller, per second. */
  readonly soundRate: number;
  readonly healthySince: number | null;
  readonly idleSince: number | null;
};

/** Why growth is doubted: attempts fail, or replicas deliver less each than when they were fewer. */
export type Cause = 'Failing' | 'Slower';

/** Another step, from a size that is known to pay. */
export function begin(
  cause: Cause,
  cap: number,
  replicasBefore: number,
  before: Throughput | null,
  soundRate: number,
  { now }: Signals,
): Probation {
  return {
    ...{ kind: 'Probation', cap, cause, since: now, replicasBefore, before, soundRate },
    ...{ levelBefore: noLevel, level: noLevel, measuredSince: null, healthySince: null, idleSince: null },
  };
}
