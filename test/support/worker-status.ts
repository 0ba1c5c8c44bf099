import type { Holding, WorkerCounters, WorkerRates, WorkerStatus } from '../../api/worker-status.ts';
import { newCounters } from '../../worker/counters.ts';
import { Holdings } from '../../worker/holdings.ts';
import { Rates } from '../../worker/rates.ts';

type Changes = Partial<Omit<WorkerStatus, 'counters' | 'holding' | 'rates'>> & {
  readonly counters?: Partial<WorkerCounters>;
  readonly holding?: Partial<Holding>;
  readonly rates?: Partial<WorkerRates>;
};

/** The status of a worker that has just started and seen nothing, with these changes. */
export function workerStatus({ counters, holding, rates, ...changes }: Changes = {}): WorkerStatus {
  return {
    courier: 'orders',
    worker: 'orders-0',
    bootId: 'boot-1',
    startedTime: '2026-01-01T00:00:00.000Z',
    state: 'Running',
    openReceives: 0,
    waiting: { for: 'Messages', explanation: 'the queue is empty' },
    auditFailure: null,
    heldBytes: 0,
    rateLimit: null,
    concurrency: { limit: 64, max: 64, ramping: false },
    breaker: { state: 'Closed', explanation: 'messages are sent' },
    receiveAgeSeconds: 0,
    ...changes,
    rates: { ...new Rates().value, ...rates },
    counters: { ...newCounters(), ...counters },
    holding: { ...new Holdings().counts, ...holding },
  };
}
