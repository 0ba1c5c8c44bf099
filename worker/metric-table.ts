import type { CourierDeliveryRule } from '../api/v1alpha1.gen.ts';
import type { BreakerStatus, Holding, Waiting, WorkerCounters, WorkerStatus } from '../api/worker-status.ts';

/** Attempts by what their answers meant. */
export type Outcomes = Readonly<Record<CourierDeliveryRule['action'], number>>;

/** What metrics are read from when they are scraped. */
export type MetricSource = { readonly status: WorkerStatus; readonly outcomes: Outcomes };

/** A metric that is read from the source: one series, or one for each value of its label. */
export type ReadMetric = { readonly name: string; readonly type: 'counter' | 'gauge'; readonly help: string } & (
  | { readonly label?: undefined; readonly read: (source: MetricSource) => number }
  | { readonly label: string; readonly read: (source: MetricSource) => Readonly<Record<string, number>> }
);

/** A metric that the worker observes value by value. `buckets` are upper bounds, in the unit that the name ends in. */
export type HistogramMetric = { readonly name: string; readonly help: string; readonly buckets: readonly number[] };

/** What every name begins with. */
export const metricPrefix = 'courier_worker_';

/** Each total of the status has a metric of its own. */
const counters: Readonly<Record<keyof WorkerCounters, readonly [name: string, help: string]>> = {
  received: ['messages_received_total', 'Messages received from the queue.'],
  redelivered: ['messages_redelivered_total', 'Messages received that had been received before, by anybody.'],
  duplicates: [
    'messages_duplicate_total',
    'Messages received again after this worker had delivered them, since their delete came too late.',
  ],
  attempts: ['attempts_total', 'Messages sent to the recipient, each time counted.'],
  requests: ['requests_total', 'Requests sent to the recipient.'],
  delivered: ['messages_delivered_total', 'Messages that the recipient accepted.'],
  failed: ['attempts_failed_total', 'Requests that ended in anything but acceptance or 429.'],
  throttled: ['attempts_throttled_total', 'Requests answered with 429.'],
  audited: ['audit_records_total', 'Audit records made durable.'],
  auditFailures: ['audit_write_failures_total', 'Writes of audit records that failed, in whole or in part.'],
  auditDropped: ['audit_records_dropped_total', 'Audit records given up, under audit.policy BestEffort.'],
  deleted: ['messages_deleted_total', 'Messages deleted from the queue.'],
  deletedLate: ['messages_deleted_late_total', 'Deletes that came after the receipt handle had expired.'],
  released: ['messages_released_total', 'Messages given back to the queue after a failed attempt.'],
  deadLettered: ['messages_dead_lettered_total', 'Messages copied to the queue for dead letters.'],
  deadLetterFailures: ['dead_letter_failures_total', 'Copies to the queue for dead letters that failed.'],
  unattempted: ['messages_unattempted_total', 'Messages given back or left to expire without an attempt.'],
  auditForcedRedeliveries: [
    'audit_forced_redeliveries_total',
    'Delivered messages that return to the queue since their audit took more than 12 hours.',
  ],
  busySlotSeconds: ['slot_busy_seconds_total', 'Seconds that requests took, over all of them.'],
  deliveredSlotSeconds: ['slot_delivered_seconds_total', 'Seconds that accepted requests took.'],
  auditBlockedSeconds: ['audit_blocked_seconds_total', 'Seconds in which nothing was received because of the audit.'],
  breakerOpenings: ['breaker_openings_total', 'Times that the circuit breaker has opened.'],
  probes: ['breaker_probes_total', 'Messages sent while the circuit breaker was open.'],
  rateLimitedSeconds: [
    'rate_limited_seconds_total',
    'Seconds in which nothing was received because of the rate limit.',
  ],
};

const waitingKinds: readonly Waiting['for'][] = [
  'Nothing',
  'Messages',
  'Recipient',
  'Breaker',
  'RateLimit',
  'Memory',
  'Audit',
  'Queue',
  'Drain',
  'Pause',
];

const breakerStates: readonly BreakerStatus['state'][] = ['Closed', 'Open', 'Recovering'];

/** Every metric of a worker that is read when it is scraped. To add one, add a row: the docs are generated from it. */
export const readMetrics: readonly ReadMetric[] = [
  ...(Object.keys(counters) as (keyof WorkerCounters)[]).map(counterMetric),
  {
    name: 'outcomes_total',
    type: 'counter',
    help: 'Attempts by what the answer meant for the message (delivery.rules and the defaults).',
    label: 'action',
    read: ({ outcomes }) => outcomes,
  },
  {
    name: 'messages_held',
    type: 'gauge',
    help: 'Messages that the worker holds: posting is what is in flight, delivered is the audit backlog.',
    label: 'state',
    read: ({ status }) => status.holding satisfies Holding,
  },
  {
    name: 'waiting',
    type: 'gauge',
    help: 'What keeps the worker from receiving more: 1 for the present reason, 0 for the others.',
    label: 'for',
    read: ({ status }) => oneOf(waitingKinds, status.waiting.for),
  },
  {
    name: 'messages_held_bytes',
    type: 'gauge',
    help: 'Bytes of the messages that the worker holds (worker.maxHeldBytes is the most).',
    read: ({ status }) => status.heldBytes,
  },
  {
    name: 'concurrency_limit',
    type: 'gauge',
    help: 'Requests that may be open at a time now, by what the recipient bears.',
    read: ({ status }) => status.concurrency.limit,
  },
  {
    name: 'concurrency_max',
    type: 'gauge',
    help: 'The most requests that may ever be open at a time (recipient.concurrency.maxPerReplica).',
    read: ({ status }) => status.concurrency.max,
  },
  {
    name: 'breaker_state',
    type: 'gauge',
    help: 'The circuit breaker in front of the recipient: 1 for the present state, 0 for the others.',
    label: 'state',
    read: ({ status }) => oneOf(breakerStates, status.breaker.state),
  },
  {
    name: 'rate_limit_messages_per_second',
    type: 'gauge',
    help: "The worker's present share of the rate limit; +Inf without a limit.",
    read: ({ status }) => status.rateLimit?.messagesPerSecond ?? Number.POSITIVE_INFINITY,
  },
  {
    name: 'rate_limit_tokens',
    type: 'gauge',
    help: 'Messages that the rate limit lets be sent at once now; +Inf without a limit.',
    read: ({ status }) => status.rateLimit?.tokens ?? Number.POSITIVE_INFINITY,
  },
];

/** Upper bounds in seconds: from a recipient on the same machine to the longest timeout that is usual. */
const requestSeconds = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

/** Every metric of a worker that is observed value by value. */
export const histogramMetrics = {
  deliveryAgeSeconds: {
    name: 'delivery_age_seconds',
    help: 'Seconds from the send of a message (SentTimestamp) to its acceptance by the recipient.',
    buckets: [...requestSeconds, 900, 3600, 14_400, 43_200, 345_600],
  },
  attemptSeconds: {
    name: 'attempt_duration_seconds',
    help: 'Seconds from the first byte of a request to the last byte of its response, whatever it was.',
    buckets: requestSeconds,
  },
} as const satisfies Readonly<Record<string, HistogramMetric>>;

function counterMetric(key: keyof WorkerCounters): ReadMetric {
  const [name, help] = counters[key];
  return { name, type: 'counter', help, read: ({ status }) => status.counters[key] };
}

/** 1 for the value that holds, 0 for the others: how Prometheus shows a state. */
function oneOf<Value extends string>(values: readonly Value[], present: Value): Readonly<Record<string, number>> {
  return Object.fromEntries(values.map((value) => [value, value === present ? 1 : 0]));
}
