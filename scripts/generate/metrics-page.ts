import { histogramMetrics, metricPrefix, readMetrics } from '../../worker/metric-table.ts';

const head = `# Metrics of a worker

<!-- Generated from worker/metric-table.ts by npm run generate. -->

What \`/metrics\` of a worker serves, for Prometheus. Every series is there from the start, at zero, so that a rate over it is
right from the first event on. Totals begin anew with each process. Beside these there are prom-client's metrics of the
process: \`process_*\` and \`nodejs_*\`, among them CPU time, memory and the delay of the event loop.

| metric | type | labels | |
|---|---|---|---|
`;

/** `docs/metrics.md`: a row for each metric of the table. */
export function metricsPage(): string {
  const rows = [
    ...readMetrics.map(({ name, type, label, help }) => row(name, type, label, help)),
    ...Object.values(histogramMetrics).map(({ name, help }) => row(name, 'histogram', undefined, help)),
  ];
  return head + rows.join('');
}

function row(name: string, type: string, label: string | undefined, help: string): string {
  return `| \`${metricPrefix}${name}\` | ${type} | ${label === undefined ? '' : `\`${label}\``} | ${help} |\n`;
}
