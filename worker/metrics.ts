import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { WorkerStatus } from '../api/worker-status.ts';
import { type MetricSource, metricPrefix, type ReadMetric, readMetrics } from './metric-table.ts';
import type { Observations } from './observations.ts';

/**
 * The worker's Prometheus metrics: those of the table, and the process's own. Most are read from the status when they are
 * scraped, so that the hot path only adds to plain numbers; every series is there from the start.
 */
export function workerMetrics(status: () => WorkerStatus, observations: Observations): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const source = () => ({ status: status(), outcomes: observations.outcomes });
  for (const metric of readMetrics) register(metric, source, registry);
  for (const histogram of Object.values(observations.histograms)) registry.registerMetric(histogram);
  return registry;
}

function register(metric: ReadMetric, source: () => MetricSource, registry: Registry): void {
  const options = {
    name: metricPrefix + metric.name,
    help: metric.help,
    labelNames: metric.label === undefined ? [] : [metric.label],
    registers: [registry],
  };
  if (metric.type === 'gauge') {
    const gauge: Gauge = new Gauge({
      ...options,
      collect: () => eachSeries(metric, source(), (labels, value) => gauge.set(labels, value)),
    });
    return;
  }
  const counter: Counter = new Counter({
    ...options,
    collect() {
      counter.reset();
      eachSeries(metric, source(), (labels, value) => counter.inc(labels, value));
    },
  });
}

function eachSeries(
  { label, read }: ReadMetric,
  source: MetricSource,
  found: (labels: Record<string, string>, value: number) => void,
): void {
  const reading = read(source);
  if (label === undefined || typeof reading === 'number') {
    found({}, Number(reading));
    return;
  }
  for (const [key, value] of Object.entries(reading)) found({ [label]: key }, value);
}
