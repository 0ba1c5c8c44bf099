import type { WorkerStatus } from '../api/worker-status.ts';
import type { Pipeline } from './pipeline.ts';
import type { Rates } from './rates.ts';

/** What stays the same for as long as the process lives. */
export type WorkerIdentity = Pick<WorkerStatus, 'courier' | 'worker' | 'bootId' | 'startedTime'>;

/** Gathers what the worker says of itself. */
export function workerStatus(
  identity: WorkerIdentity,
  pipeline: Pipeline,
  rates: Rates,
  seenQueue: boolean,
): WorkerStatus {
  return {
    ...identity,
    state: pipeline.state === 'Running' && !seenQueue ? 'Starting' : pipeline.state,
    waiting: pipeline.waiting,
    auditFailure: pipeline.auditFailure,
    openReceives: pipeline.openReceives,
    holding: { ...pipeline.holdings.counts },
    heldBytes: pipeline.holdings.bytes,
    counters: { ...pipeline.counters },
    rates: rates.value,
    rateLimit: pipeline.rateLimit,
    concurrency: pipeline.concurrency,
    breaker: pipeline.breaker,
    receiveAgeSeconds: pipeline.receiveAgeSeconds,
  };
}
