import { bounded, positive } from './settings.ts';
import type { Observation, Workers } from './types.ts';

/** The sums among what workers say, of which only growth means anything. */
export type Sums = {
  readonly delivered: number;
  readonly failed: number;
  readonly throttled: number;
  readonly settled: number;
  readonly busySlotSeconds: number;
  readonly deliveredSlotSeconds: number;
  readonly auditBlockedSeconds: number;
};

/** What workers say of this moment. */
export type Present = {
  readonly inFlight: number;
  readonly busyReplicas: number;
  readonly breakersOpen: number;
  readonly receiveAgeSeconds: number;
  readonly messagesPerRequest: number;
};

/** An observation in which every number can be calculated with. */
export type Reading = {
  readonly timeSeconds: number;
  readonly desired: number;
  readonly ready: number;
  readonly starting: number;
  /** Null: the queue could not be read, or said something that no queue can mean. */
  readonly queue: { readonly visible: number; readonly notVisible: number } | null;
  readonly workers: { readonly sums: Sums; readonly present: Present } | null;
  readonly startupSeconds: number;
  readonly lastReplicaRate: number | null;
};

/** No sum or count is believed beyond this: sums of it are still exact. */
const countLimit = 1e12;

/** The observation without what cannot be: a count that is missing, negative or no number makes its whole source null. */
export function readingOf({ timeSeconds, replicas, queue, workers, ...rest }: Observation): Reading {
  return {
    timeSeconds: bounded(timeSeconds, -countLimit, countLimit) ?? 0,
    desired: count(replicas.desired),
    ready: count(replicas.ready),
    starting: count(replicas.starting),
    queue:
      queue != null && isCount(queue.visible) && isCount(queue.notVisible)
        ? { visible: queue.visible, notVisible: queue.notVisible }
        : null,
    workers: workers == null ? null : readWorkers(workers),
    startupSeconds: bounded(rest.startupSeconds, 1, 300) ?? 15,
    lastReplicaRate: positive(rest.lastReplicaRate),
  };
}

function readWorkers(workers: Workers): Reading['workers'] {
  const sums: Sums = {
    delivered: workers.delivered,
    failed: workers.failed,
    throttled: workers.throttled,
    settled: workers.settled ?? workers.delivered,
    busySlotSeconds: workers.busySlotSeconds,
    deliveredSlotSeconds: workers.deliveredSlotSeconds,
    auditBlockedSeconds: workers.auditBlockedSeconds ?? 0,
  };
  const { inFlight } = workers;
  // What is scaled up for replicas that did not answer need not be whole, but a number of replicas that follows it must be.
  const busyReplicas = Math.max(0, Math.ceil(workers.busyReplicas - 1e-9));
  if (!Object.values(sums).every(isCount) || !isCount(inFlight) || !isCount(workers.busyReplicas)) return null;
  return {
    sums,
    present: {
      inFlight,
      busyReplicas,
      breakersOpen: bounded(workers.breakersOpen, 0, 1) ?? 0,
      receiveAgeSeconds: bounded(workers.receiveAgeSeconds, 0, 1e6) ?? 0,
      messagesPerRequest: bounded(workers.messagesPerRequest, 1, 1e4) ?? 1,
    },
  };
}

/** What comes from another program's JSON may be null, which JavaScript takes for 0. */
function isCount(value: number): boolean {
  return typeof value === 'number' && value >= 0 && value <= countLimit;
}

function count(value: number): number {
  return Math.round(bounded(value, 0, 1e6) ?? 0);
}
