import type { Holding, WorkerCounters, WorkerStatus } from '../../api/worker-status.ts';
import { newCounters } from '../../worker/counters.ts';

type Changes = Partial<Omit<WorkerStatus, 'counters' | 'holding'>> & {
  readonly counters?: Partial<WorkerCounters>;
  readonly holding?: Partial<Holding>;
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
    counters: { ...newCounters(), ...counters },
    holding: { received: 0, posting: 0, delivered: 0, audited: 0, ...holding },
  };
}
