import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type {
  ClientMetrics,
  ControllerMetrics,
  ElectionMetrics,
  KubeMetrics,
  QueueMetrics,
  QueueState,
  ReconcileOutcome,
  ReflectorMetrics,
} from './metrics.ts';
import { lowPriority } from './workqueue.ts';

const outcomes: readonly ReconcileOutcome[] = ['success', 'error', 'requeue', 'requeue_after'];

/** Buckets of controller-runtime's reconcile times, in seconds. */
const reconcileBuckets = [
  0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.25, 1.5, 1.75, 2,
  2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 9, 10, 15, 20, 25, 30, 40, 50, 60,
];
/** Buckets of client-go's queue times, in seconds: ten nanoseconds to a quarter of an hour. */
const queueBuckets = [1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1, 10, 100, 1000];
/** Buckets of client-go's request times, in seconds. */
const requestBuckets = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60];

/**
 * The metrics of controller-runtime and client-go, with their names and labels, so that dashboards and alerts for
 * operators written in Go work unchanged. Every series of a controller, queue, reflector or election is there from the
 * start; those of requests come with their first request.
 */
export function prometheusMetrics(registry: Registry): KubeMetrics {
  return {
    client: clientMetrics(registry),
    controller: controllerMetrics(registry),
    queue: queueMetrics(registry),
    reflector: reflectorMetrics(registry),
    election: electionMetrics(registry),
  };
}

function clientMetrics(registry: Registry): ClientMetrics {
  const { counter, histogram } = makers(registry);
  const requests = counter('rest_client_requests_total', 'Requests to the API server.', ['code', 'method', 'host']);
  const durations = histogram(
    'rest_client_request_duration_seconds',
    'Seconds from a request to the end of its answer; for a watch, to its beginning.',
    ['verb', 'host'],
    requestBuckets,
  );
  return {
    request: (code, method, host) => requests.inc({ code, method, host }),
    duration: (seconds, verb, host) => durations.observe({ verb, host }, seconds),
  };
}

function controllerMetrics(registry: Registry): (name: string) => ControllerMetrics {
  const { counter, gauge, histogram } = makers(registry, 'controller_runtime_');
  const total = counter('reconcile_total', 'Reconciles by how they ended.', ['controller', 'result']);
  const errors = counter('reconcile_errors_total', 'Reconciles that failed.', ['controller']);
  const terminal = counter('terminal_reconcile_errors_total', 'Reconciles that failed for good.', ['controller']);
  const panics = counter('reconcile_panics_total', 'Reconciles that failed by a defect.', ['controller']);
  const timeouts = counter('reconcile_timeouts_total', 'Reconciles that passed their deadline.', ['controller']);
  const time = histogram('reconcile_time_seconds', 'Seconds that a reconcile took.', ['controller'], reconcileBuckets);
  const slots = gauge('max_concurrent_reconciles', 'Reconciles that may run at the same time.', ['controller']);
  const active = gauge('active_workers', 'Reconciles that run now.', ['controller']);
  return (controller) => {
    for (const result of outcomes) total.inc({ controller, result }, 0);
    for (const series of [errors, terminal, panics, timeouts]) series.inc({ controller }, 0);
    time.zero({ controller });
    active.set({ controller }, 0);
    return {
      reconciled(result, seconds) {
        total.inc({ controller, result });
        if (result === 'error') errors.inc({ controller });
        time.observe({ controller }, seconds);
      },
      terminalError: () => terminal.inc({ controller }),
      panic: () => panics.inc({ controller }),
      timeout: () => timeouts.inc({ controller }),
      activeWorkers: (count) => active.set({ controller }, count),
      maxConcurrentReconciles: (count) => slots.set({ controller }, count),
    };
  };
}

function queueMetrics(registry: Registry): (name: string, state: QueueState) => QueueMetrics {
  const { counter, gauge, histogram } = makers(registry, 'workqueue_');
  const labels = ['name', 'controller'];
  const states = new Map<string, { readonly state: QueueState; readonly priorities: Set<number> }>();
  const adds = counter('adds_total', 'Keys that were added.', labels);
  const retries = counter('retries_total', 'Keys that were added after a failure.', labels);
  const waits = histogram('queue_duration_seconds', 'Seconds that a key waited to be taken.', labels, queueBuckets);
  const works = histogram('work_duration_seconds', 'Seconds that a key was worked on.', labels, queueBuckets);
  gauge('depth', 'Keys that are ready to be taken.', [...labels, 'priority'], (series) => {
    for (const [name, { state, priorities }] of states) {
      const depths = state.depths();
      for (const priority of depths.keys()) priorities.add(priority);
      for (const priority of priorities) series.set({ name, controller: name, priority }, depths.get(priority) ?? 0);
    }
  });
  gauge('unfinished_work_seconds', 'Seconds for which the keys under way have been so, in all.', labels, (series) => {
    for (const [name, { state }] of states) series.set({ name, controller: name }, sum(state.processingSeconds()));
  });
  gauge(
    'longest_running_processor_seconds',
    'Seconds for which the oldest key has been under way.',
    labels,
    (series) => {
      for (const [name, { state }] of states) {
        series.set({ name, controller: name }, Math.max(0, ...state.processingSeconds()));
      }
    },
  );
  return (name, state) => {
    const label = { name, controller: name };
    states.set(name, { state, priorities: new Set([0, lowPriority]) });
    for (const series of [adds, retries]) series.inc(label, 0);
    for (const series of [waits, works]) series.zero(label);
    return {
      added: () => adds.inc(label),
      retried: () => retries.inc(label),
      waited: (seconds) => waits.observe(label, seconds),
      worked: (seconds) => works.observe(label, seconds),
    };
  };
}

function reflectorMetrics(registry: Registry): (name: string) => ReflectorMetrics {
  const { counter, gauge, histogram } = makers(registry, 'reflector_');
  const lists = counter('lists_total', 'Full lists.', ['name']);
  const watches = counter('watches_total', 'Watches that were begun.', ['name']);
  const short = counter('short_watches_total', 'Watches that ended within a second.', ['name']);
  const durations = histogram('list_duration_seconds', 'Seconds that a full list took.', ['name'], requestBuckets);
  const items = gauge('last_list_items', 'Objects in the last full list.', ['name']);
  return (name) => {
    for (const series of [lists, watches, short]) series.inc({ name }, 0);
    durations.zero({ name });
    items.set({ name }, 0);
    return {
      listed(count, seconds) {
        lists.inc({ name });
        durations.observe({ name }, seconds);
        items.set({ name }, count);
      },
      watched: () => watches.inc({ name }),
      shortWatch: () => short.inc({ name }),
    };
  };
}

function electionMetrics(registry: Registry): (name: string) => ElectionMetrics {
  const { counter, gauge } = makers(registry, 'leader_election_');
  const master = gauge('master_status', 'Whether this process leads: 1 if it does.', ['name']);
  const slow = counter('slowpath_total', 'Renewals that took more than one request.', ['name']);
  return (name) => {
    master.set({ name }, 0);
    slow.inc({ name }, 0);
    return { master: (leads) => master.set({ name }, leads ? 1 : 0), slowPath: () => slow.inc({ name }) };
  };
}

function makers(registry: Registry, prefix = '') {
  const registers = [registry];
  return {
    counter: (name: string, help: string, labelNames: string[]) =>
      new Counter({ name: prefix + name, help, labelNames, registers }),
    gauge: (name: string, help: string, labelNames: string[], update?: (series: Gauge) => void) =>
      new Gauge({
        name: prefix + name,
        help,
        labelNames,
        registers,
        collect() {
          update?.(this);
        },
      }),
    histogram: (name: string, help: string, labelNames: string[], buckets: number[]) =>
      new Histogram({ name: prefix + name, help, labelNames, buckets, registers }),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
