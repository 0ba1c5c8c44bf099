import type { Outcome } from './outcome.ts';

/** Added to both sides of a ratio of waits, so that a wait of nothing does not make it infinite. */
const waitFloorSeconds = 0.5;
/** Likewise for replica-seconds: one pod for one second. */
const costFloorSeconds = 1;

/** How an autoscaler compares with another in one scenario: below 1, it is better. */
export type Ratio = { readonly cost: number; readonly wait: number };

export function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Geometric mean; 1 of nothing. */
export function geometricMean(values: readonly number[]): number {
  return Math.exp(mean(values.map(Math.log)));
}

/** Ratios of the means over the seeds: replica-seconds, and p99 wait. */
export function ratioOf(outcomes: readonly Outcome[], baseline: readonly Outcome[]): Ratio {
  const meanOf = (of: readonly Outcome[], figure: (outcome: Outcome) => number) => mean(of.map(figure));
  const cost = ({ replicaSeconds }: Outcome) => replicaSeconds + costFloorSeconds;
  const wait = ({ waitP99Seconds }: Outcome) => waitP99Seconds + waitFloorSeconds;
  return {
    cost: meanOf(outcomes, cost) / meanOf(baseline, cost),
    wait: meanOf(outcomes, wait) / meanOf(baseline, wait),
  };
}
