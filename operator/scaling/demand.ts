import type { Observation, Policy, QueueCounts, State } from './types.ts';

/** Deliveries after which a new measurement of the rate outweighs the old ones: weight 1 - 1/e. */
const rateMemoryDeliveries = 30;

/** What the work asks for, before any bound. */
export type Demand = {
  /** Replicas that would be right. 0: there is no work. */
  readonly wanted: number;
  /** True when it is the messages in flight that ask for `wanted`, not the backlog. */
  readonly held: boolean;
  readonly visible: number;
  readonly inFlight: number;
  /** Messages per second and busy replica: measured, or remembered from before; null when nothing is known. */
  readonly rate: number | null;
  readonly measuredRate: number | null;
  /** Messages delivered since the previous decision. */
  readonly deliveredSince: number;
};

/**
 * Replicas that drain the visible messages within the drain target at the measured rate (before there is one, at
 * `targetMessagesPerReplica`): never more slots than messages, never fewer replicas than the messages in flight occupy.
 * What is in flight keeps replicas but asks for none: it may be with workers that are gone, or wait for the audit only.
 */
export function demandFor(
  state: State | null,
  observation: Observation,
  queue: QueueCounts | null,
  policy: Policy,
): Demand {
  const desired = Math.max(0, observation.replicas.desired || 0);
  const visible = queue?.visible ?? 0;
  const backlog = visible > (desired === 0 ? (policy.activationMessages ?? 0) : 0) ? visible : 0;
  const inFlight = messagesInFlight(observation, queue, policy);
  const deliveredSince = increase(state?.delivered, observation.workers?.delivered);
  const measuredRate = measureRate(state, observation, deliveredSince, policy);
  const rate = measuredRate ?? positive(observation.lastReplicaRate);
  const perReplica =
    rate === null ? (policy.targetMessagesPerReplica ?? 500) : rate * (policy.drainTargetSeconds ?? 60);
  const occupied = Math.min(desired, Math.ceil(inFlight / policy.slotsPerReplica));
  const drain = Math.ceil(Math.min(backlog / perReplica, (backlog + inFlight) / policy.slotsPerReplica));
  const wanted = Math.max(drain, occupied);
  return { wanted, held: occupied > drain, visible, inFlight, rate, measuredRate, deliveredSince };
}

/** Messages held by replicas: as they report, or else what the queue has handed out and their slots can hold. */
function messagesInFlight({ workers, replicas }: Observation, queue: QueueCounts | null, policy: Policy): number {
  if (workers !== null) return positive(workers.inFlight) ?? 0;
  return positive(Math.min(queue?.notVisible ?? 0, replicas.ready * policy.slotsPerReplica)) ?? 0;
}

/**
 * Messages per second that one busy replica delivers: deliveries per busy slot second times its slots, smoothed over
 * deliveries rather than time, so that an idle minute leaves it as it is. Null until something was delivered.
 */
function measureRate(
  state: State | null,
  { workers }: Observation,
  deliveredSince: number,
  policy: Policy,
): number | null {
  const before = state?.replicaRate ?? null;
  const busySeconds = positive(increase(state?.busySlotSeconds, workers?.busySlotSeconds));
  if (busySeconds === null) return before;
  const rate = positive((policy.slotsPerReplica * (workers?.messagesPerRequest ?? 1) * deliveredSince) / busySeconds);
  if (rate === null || before === null) return rate ?? before;
  return before + (1 - Math.exp(-deliveredSince / rateMemoryDeliveries)) * (rate - before);
}

/** How much a sum has grown; 0 when one of the two is not known. */
function increase(before: number | null | undefined, now: number | undefined): number {
  return typeof before === 'number' && typeof now === 'number' ? Math.max(0, now - before) : 0;
}

/** The number when it is finite and above zero by more than a rounding error, else null. */
function positive(value: number | null | undefined): number | null {
  return typeof value === 'number' && Number.isFinite(value) && value > 1e-9 ? value : null;
}
