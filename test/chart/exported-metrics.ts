import { collectDefaultMetrics, type MetricObject, Registry } from 'prom-client';
import { prometheusMetrics } from '../../operator/kube/prometheus.ts';
import { registerScalingMetrics, type ScalingRecord } from '../../operator/sampling/scaling-metrics.ts';
import { noInputs } from '../../operator/scaling/inputs.ts';
import type { Decision } from '../../operator/scaling/types.ts';
import { workerMetrics } from '../../worker/metrics.ts';
import { newObservations } from '../../worker/observations.ts';
import { seen } from '../operator/courier/fixtures.ts';
import { workerStatus } from '../support/worker-status.ts';

/** Labels that Prometheus and the PodMonitors put on every series; what their values are nobody here knows. */
const targetLabels = ['namespace', 'pod', 'container', 'job', 'instance', 'endpoint'];

/** The labels of a metric, and their values where we set them; undefined where Prometheus does. */
export type ExportedLabels = ReadonlyMap<string, ReadonlySet<string> | undefined>;

/** The labels of every metric that a worker or the operator exports, by the names that queries use. */
export async function exportedMetrics(): Promise<ReadonlyMap<string, ExportedLabels>> {
  const worker = await workerMetrics(() => workerStatus(), newObservations()).getMetricsAsJSON();
  const operator = await (await operatorRegistry()).getMetricsAsJSON();
  const exported = new Map<string, Map<string, Set<string> | undefined>>();
  const add = (metrics: readonly MetricObject[], added: readonly string[]) => {
    for (const { name, labels } of metrics.flatMap(seriesOf)) {
      const known = exported.get(name) ?? new Map<string, Set<string> | undefined>();
      exported.set(name, known);
      for (const [label, value] of Object.entries(labels))
        known.set(label, (known.get(label) ?? new Set()).add(String(value)));
      for (const label of added) known.set(label, undefined);
    }
  };
  add(operator, targetLabels);
  add(worker, [...targetLabels, 'courier']);
  return exported;
}

const decision = {
  ...{ replicas: 1, reason: 'Backlog', limitedBy: 'Backlog', explanation: '1 replica: ...' },
  inputs: Object.fromEntries(Object.keys(noInputs).map((input) => [input, input === 'guard' ? null : 1])),
} as const;

/** One Courier for which there was a decision. */
const scalingRecord: ScalingRecord = {
  ...{ namespace: 'shop', courier: 'orders', drainTargetSeconds: 60, decisions: new Map([['Backlog', 1]]) },
  sample: {
    ...{ generation: 2, look: seen, draining: 0, ready: 1, reports: [] },
    // Metrics read no state of a decision.
    decision: decision as unknown as Decision,
  },
};

/** As the operator registers them, each with a first value. */
async function operatorRegistry(): Promise<Registry> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const metrics = prometheusMetrics(registry);
  metrics.client.request('200', 'GET', 'host');
  metrics.client.duration(1, 'GET', 'host');
  metrics.controller('courier');
  metrics.queue('courier', { depths: () => new Map(), processingSeconds: () => [] });
  metrics.reflector('couriers');
  metrics.election('courier-operator');
  registerScalingMetrics(registry, () => [scalingRecord]);
  return registry;
}

function seriesOf(metric: MetricObject): readonly { readonly name: string; readonly labels: object }[] {
  const values = (metric as { values?: readonly { metricName?: string; labels: object }[] }).values ?? [];
  const named = values.map(({ metricName = metric.name, labels }) => ({ name: metricName, labels }));
  return named.length > 0 ? named : [{ name: metric.name, labels: {} }];
}
