/**
 * The rules that can fix a number of replicas, by what must change for more throughput where each applies. Metrics count
 * decisions by these names, and no others occur.
 */
export const reasonsByLimit = {
  None: [
    'Steady',
    'WithinTolerance',
    'Idle',
    'IdleWait',
    'Stabilizing',
    'LessWork',
    'BusyReplicas',
    'AwaitingConfirmation',
  ],
  Backlog: ['Backlog', 'ArrivalRate', 'Activated', 'StepLimited'],
  /** Instead of Backlog, while every slot is busy and the replicas that were ordered start. */
  WorkerConcurrency: [],
  MaxReplicas: ['AtMaximum'],
  RateLimit: ['RateLimited'],
  Audit: ['AuditBlocked'],
  Recipient: ['RecipientDown', 'RecipientRecovering', 'RecipientThrottling', 'GrowthOnProbation', 'RecipientSaturated'],
  Source: ['ReplicasStarved', 'QueueUnreachable', 'QueueUnreachableFallback', 'QueueUnreachableAge'],
} as const satisfies Record<string, readonly string[]>;

/** What keeps throughput from growing. */
export type LimitedBy = keyof typeof reasonsByLimit;

/** The rule that fixed the number of replicas. */
export type Reason = (typeof reasonsByLimit)[LimitedBy][number];

/** What must change for more throughput where this rule fixed the number. */
export function limitOf(reason: Reason): LimitedBy {
  return limits.get(reason) ?? 'None';
}

const limits: ReadonlyMap<Reason, LimitedBy> = new Map(
  (Object.keys(reasonsByLimit) as LimitedBy[]).flatMap((limit) =>
    reasonsByLimit[limit].map((reason): [Reason, LimitedBy] => [reason, limit]),
  ),
);
