import type { WorkerCounters } from '../api/worker-status.ts';

/** The worker's totals: plain numbers, since the hot path adds to them. Metrics and status read them. */
export type Counters = { -readonly [Name in keyof WorkerCounters]: number };

/** Totals of a worker that has done nothing yet. */
export function newCounters(): Counters {
  return {
    received: 0,
    redelivered: 0,
    duplicates: 0,
    attempts: 0,
    requests: 0,
    delivered: 0,
    failed: 0,
    throttled: 0,
    audited: 0,
    auditFailures: 0,
    auditDropped: 0,
    deleted: 0,
    deletedLate: 0,
    released: 0,
    deadLettered: 0,
    deadLetterFailures: 0,
    unattempted: 0,
    auditForcedRedeliveries: 0,
    busySlotSeconds: 0,
    deliveredSlotSeconds: 0,
    auditBlockedSeconds: 0,
    rateLimitedSeconds: 0,
    breakerOpenings: 0,
    probes: 0,
  };
}
