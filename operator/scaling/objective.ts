/** What sizes are computed from. Rates are per second, counts are messages. */
export type Load = {
  /** Messages that arrive per second. */
  readonly arrivalsPerSecond: number;
  /** The same when replicas that are ordered now are ready. */
  readonly arrivalsWhenReady: number;
  /** Messages that a busy replica delivers per second. */
  readonly ratePerReplica: number;
  readonly backlog: number;
  readonly inFlight: number;
  /** Messages that a replica can have in its requests at the same time. */
  readonly slots: number;
  readonly ready: number;
  readonly starting: number;
  /** How far the replicas that are starting have come, 0 to 0.9. */
  readonly startedShare: number;
  readonly startupSeconds: number;
  readonly targetSeconds: number;
  /** Until the next decision. */
  readonly intervalSeconds: number;
};

/** Replicas that the load asks for, before any bound; fractions where rounding comes later. */
export type Sizes = {
  /** To grow to, for the arrivals. */
  readonly keepUp: number;
  /** Enough for the arrivals, when shrinking. */
  readonly keepDown: number;
  /** To drain the backlog in time while keeping up. */
  readonly drain: number;
  /** Whether `drain` is a slot for each message, and would not be in time with more. */
  readonly isSlotEach: boolean;
  /** Messages waiting when replicas that are ordered now are ready. */
  readonly backlogWhenReady: number;
};

/**
 * A fleet is to be so busy after growth, and may be so busy after shrinking. What is left is for bursts, which a fuller
 * fleet would make wait; the gap between the two keeps the number from swinging.
 */
const busyAfterGrowth = 0.85;
const busyAfterShrinking = 0.79;

/** Of what is left of the target, this share is planned with: rates waver, replicas start late. */
const haste = 0.6;

/**
 * The fewest replicas with which a message that arrives now starts within the target: enough for the arrivals, plus what
 * drains the backlog in what is left of the target after new replicas have started. Never more slots than messages.
 */
export function sizesFor(load: Load): Sizes {
  const { arrivalsPerSecond, arrivalsWhenReady, ratePerReplica, startupSeconds, targetSeconds } = load;
  const effective = load.ready + load.starting * load.startedShare;
  const filling = (arrivalsWhenReady - ratePerReplica * effective) * startupSeconds;
  const backlogWhenReady = Math.max(0, load.backlog + filling);
  const secondsLeft = Math.max(haste * (targetSeconds - startupSeconds - load.intervalSeconds), targetSeconds / 4);
  const inTime = arrivalsPerSecond / ratePerReplica + backlogWhenReady / (ratePerReplica * secondsLeft);
  const slotsForAll = (load.inFlight + backlogWhenReady) / load.slots;
  return {
    keepUp: arrivalsWhenReady / (busyAfterGrowth * ratePerReplica),
    keepDown: arrivalsPerSecond / (busyAfterShrinking * ratePerReplica),
    drain: backlogWhenReady < 1 ? 0 : Math.min(inTime, slotsForAll),
    isSlotEach: backlogWhenReady >= 1 && slotsForAll < inTime,
    backlogWhenReady,
  };
}

/** Whole replicas, where a rounding error is no reason for one more. */
export function wholeReplicas(replicas: number): number {
  return Math.max(0, Math.min(1e6, Math.ceil(replicas - 1e-9)));
}
