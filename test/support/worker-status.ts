import type { Holding, WorkerCounters, WorkerStatus } from '../../api/worker-status.ts';

type Changes = Partial<Omit<WorkerStatus, 'counters' | 'holding'>> & {
  readonly counters?: Partial<WorkerCounters>;
  readonly holding?: Partial<Holding>;
};

const nothingCounted: WorkerCounters = {
  received: 0,
  redelivered: 0,
  attempts: 0,
  delivered: 0,
  failed: 0,
  throttled: 0,
  audited: 0,
  auditFailures: 0,
  deleted: 0,
  deletedLate: 0,
  released: 0,
  unattempted: 0,
  auditForcedRedeliveries: 0,
  busySlotSeconds: 0,
  deliveredSlotSeconds: 0,
  auditBlockedSeconds: 0,
};

/** The status of a worker that has just started and seen nothing, with these changes. */
export function workerStatus({ counters, holding, ...changes }: Changes = {}): WorkerStatus {
  return {
    courier: 'orders',
    worker: 'orders-0',
    bootId: 'boot-1',
    startedTime: '2026-01-01T00:00:00.000Z',
    state: 'Running',
    waiting: { for: 'Messages', explanation: 'the queue is empty' },
    rates: { receivedPerSecond: 0, deliveredPerSecond: 0, failedPerSecond: 0, attemptMilliseconds: null },
    ...changes,
    counters: { ...nothingCounted, ...counters },
    holding: { received: 0, posting: 0, delivered: 0, audited: 0, ...holding },
  };
}
