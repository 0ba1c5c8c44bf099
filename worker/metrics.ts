import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Holding, Waiting, WorkerCounters, WorkerStatus } from '../api/worker-status.ts';

/** Name and help of the metric of each counter. */
const counterMetrics: Readonly<Record<keyof WorkerCounters, readonly [name: string, help: string]>> = {
  received: ['messages_received_total', 'Messages received from the queue.'],
  redelivered: ['messages_redelivered_total', 'Messages received that had been received before, by anybody.'],
  attempts: ['attempts_total', 'Requests sent to the recipient.'],
  delivered: ['messages_delivered_total', 'Messages that the recipient accepted.'],
  failed: ['attempts_failed_total', 'Requests that ended in anything but acceptance or 429.'],
  throttled: ['attempts_throttled_total', 'Requests answered with 429.'],
  audited: ['audit_records_total', 'Audit records made durable.'],
  auditFailures: ['audit_write_failures_total', 'Writes of audit records that failed, in whole or in part.'],
  deleted: ['messages_deleted_total', 'Messages deleted from the queue.'],
  deletedLate: ['messages_deleted_late_total', 'Deletes that came after the receipt handle had expired.'],
  released: ['messages_released_total', 'Messages given back to the queue after a failed attempt.'],
  unattempted: ['messages_unattempted_total', 'Messages given back or left to expire without an attempt.'],
  auditForcedRedeliveries: [
    'audit_forced_redeliveries_total',
    'Delivered messages that return to the queue since their audit took more than 12 hours.',
  ],
  busySlotSeconds: ['slot_busy_seconds_total', 'Seconds that requests took, over all of them.'],
  deliveredSlotSeconds: ['slot_delivered_seconds_total', 'Seconds that accepted requests took.'],
  auditBlockedSeconds: ['audit_blocked_seconds_total', 'Seconds in which nothing was received because of the audit.'],
};

const holdingStates: readonly (keyof Holding)[] = ['received', 'posting', 'delivered', 'audited'];
const waitingKinds: readonly Waiting['for'][] = [
  'Nothing',
  'Messages',
  'Recipient',
  'Audit',
  'Queue',
  'Drain',
  'Pause',
];

/**
 * The worker's Prometheus metrics. They are read from the status when they are scraped, so that the hot path only adds
 * to plain numbers; every series is there from the start.
 */
export function workerMetrics(status: () => WorkerStatus): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const key of Object.keys(counterMetrics) as (keyof WorkerCounters)[]) {
    const [name, help] = counterMetrics[key];
    new Counter({
      name: `courier_worker_${name}`,
      help,
      registers: [registry],
      collect() {
        this.reset();
        this.inc(status().counters[key]);
      },
    });
  }
  new Gauge({
    name: 'courier_worker_messages_held',
    help: 'Messages that the worker holds, by state.',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      const { holding } = status();
      for (const state of holdingStates) this.set({ state }, holding[state]);
    },
  });
  new Gauge({
    name: 'courier_worker_waiting',
    help: 'What keeps the worker from receiving more: 1 for the present reason, 0 for the others.',
    labelNames: ['for'],
    registers: [registry],
    collect() {
      const { waiting } = status();
      for (const kind of waitingKinds) this.set({ for: kind }, waiting.for === kind ? 1 : 0);
    },
  });
  return registry;
}
