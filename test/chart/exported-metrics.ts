import { collectDefaultMetrics, type MetricObject, Registry } from 'prom-client';
import { prometheusMetrics } from '../../operator/kube/prometheus.ts';
import { workerMetrics } from '../../worker/metrics.ts';
import { newObservations } from '../../worker/observations.ts';
import { workerStatus } from '../support/worker-status.ts';

/** Labels that Prometheus and the PodMonitors put on every series. */
const targetLabels = ['namespace', 'pod', 'container', 'job', 'instance', 'endpoint'];

/** The labels of every metric that a worker or the operator exports, by the names that queries use. */
export async function exportedMetrics(): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const worker = await workerMetrics(() => workerStatus(), newObservations()).getMetricsAsJSON();
  const operator = await (await operatorRegistry()).getMetricsAsJSON();
  const labels = new Map<string, Set<string>>();
  const add = (metrics: readonly MetricObject[], own: readonly string[]) => {
    for (const metric of metrics) {
      for (const series of seriesOf(metric)) {
        const known = labels.get(series.name) ?? new Set([...targetLabels, ...own]);
        for (const label of series.labels) known.add(label);
        labels.set(series.name, known);
      }
    }
  };
  add(operator, []);
  add(worker, ['courier']);
  return labels;
}

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
  return registry;
}

function seriesOf(metric: MetricObject) {
  const values = (metric as { values?: readonly { metricName?: string; labels: object }[] }).values ?? [];
  const named = values.map(({ metricName = metric.name, labels }) => ({
    name: metricName,
    labels: Object.keys(labels),
  }));
  return named.length > 0 ? named : [{ name: metric.name, labels: [] }];
}
