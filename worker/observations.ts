import { Histogram } from 'prom-client';
import { histogramMetrics, metricPrefix, type Outcomes } from './metric-table.ts';

/** What is seen of each attempt, beyond the totals of the status. */
export type Observations = {
  readonly outcomes: { -readonly [Action in keyof Outcomes]: number };
  readonly histograms: { readonly [Key in keyof typeof histogramMetrics]: Histogram };
};

/** Observations of a worker that has seen nothing yet. */
export function newObservations(): Observations {
  return {
    outcomes: { Acknowledge: 0, Retry: 0, DeadLetter: 0, Pause: 0 },
    histograms: {
      deliveryAgeSeconds: histogram('deliveryAgeSeconds'),
      attemptSeconds: histogram('attemptSeconds'),
    },
  };
}

function histogram(key: keyof typeof histogramMetrics): Histogram {
  const { name, help, buckets } = histogramMetrics[key];
  // Without a registry: each worker has its own, and the library's global one would be shared.
  return new Histogram({ name: metricPrefix + name, help, buckets: [...buckets], registers: [] });
}
