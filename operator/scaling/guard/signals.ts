import type { Answers } from '../attempts.ts';

/** What guards judge by. They see the backlog of the look before only, so that more messages never mean fewer replicas. */
export type Signals = Answers & {
  readonly now: number;
  /** Since the workers were last heard. */
  readonly intervalSeconds: number;
  readonly desired: number;
  readonly ready: number;
  readonly maxReplicas: number;
  /** What the previous decision wanted before any cap. */
  readonly wanted: number;
  /** Nearly every slot is taken, or messages enough for all of them were waiting. */
  readonly isBusy: boolean;
  /** Share of slots that are taken, smoothed over ten seconds. */
  readonly occupancy: number;
  /** Messages that were waiting at the look before, per slot of the ready replicas. */
  readonly waitingPerSlot: number;
  readonly busyReplicas: number;
  /** Share of ready replicas whose breaker is open. */
  readonly breakersOpen: number;
  /** Share of the interval in which replicas received nothing because the audit was behind. */
  readonly auditBlockedShare: number;
  /** Messages since the workers were last heard. */
  readonly delivered: number;
  readonly failed: number;
  readonly throttled: number;
  /** Messages per second that a busy replica delivers; `freeRate`: counting successful attempts only. */
  readonly ratePerReplica: number;
  readonly freeRatePerReplica: number;
  /** Infinity: no limit. */
  readonly rateLimitPerSecond: number;
};

/** Replicas that deliver what is accepted now, with a tenth to spare. */
export function replicasForAccepted({ acceptedPerSecond, freeRatePerReplica }: Signals): number {
  return Math.ceil((1.1 * acceptedPerSecond) / freeRatePerReplica - 1e-9);
}
