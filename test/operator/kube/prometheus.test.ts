import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Registry } from 'prom-client';
import { prometheusMetrics } from '../../../operator/kube/prometheus.ts';

const idle = { depths: () => new Map<number, number>(), processingSeconds: () => [] };

async function families(registry: Registry) {
  const metrics = await registry.getMetricsAsJSON();
  return metrics.map(({ name, values }) => {
    const labels = values.map(({ labels: { le: _, ...rest } }) => JSON.stringify(rest));
    return [name, [...new Set(labels)]] as const;
  });
}

describe('the metrics', () => {
  it('have the names and labels of controller-runtime, and every series from the start', async () => {
    const registry = new Registry();
    const metrics = prometheusMetrics(registry);
    metrics.controller('c').maxConcurrentReconciles(4);
    metrics.queue('c', idle);
    metrics.election('e');
    const controller = ['{"controller":"c"}'];
    const queue = ['{"name":"c","controller":"c"}'];
    const series = Object.fromEntries(await families(registry));
    const expected = {
      controller_runtime_reconcile_total: ['success', 'error', 'requeue', 'requeue_after'].map(
        (result) => `{"controller":"c","result":"${result}"}`,
      ),
      controller_runtime_reconcile_errors_total: controller,
      controller_runtime_terminal_reconcile_errors_total: controller,
      controller_runtime_reconcile_panics_total: controller,
      controller_runtime_reconcile_timeouts_total: controller,
      controller_runtime_reconcile_time_seconds: controller,
      controller_runtime_max_concurrent_reconciles: controller,
      controller_runtime_active_workers: controller,
      workqueue_adds_total: queue,
      workqueue_retries_total: queue,
      workqueue_queue_duration_seconds: queue,
      workqueue_work_duration_seconds: queue,
      workqueue_unfinished_work_seconds: queue,
      workqueue_longest_running_processor_seconds: queue,
      workqueue_depth: [0, -100].map((priority) => `{"name":"c","controller":"c","priority":${priority}}`),
      leader_election_master_status: ['{"name":"e"}'],
      leader_election_slowpath_total: ['{"name":"e"}'],
    };
    for (const [name, labels] of Object.entries(expected)) assert.deepEqual(series[name], labels, name);
  });

  it('show the depth of each priority, and zero when it is empty again', async () => {
    const registry = new Registry();
    let depths = new Map([
      [0, 2],
      [7, 1],
    ]);
    prometheusMetrics(registry).queue('c', { ...idle, depths: () => depths });
    const depth = async (priority: number) =>
      new RegExp(`workqueue_depth{name="c",controller="c",priority="${priority}"} (\\d+)`).exec(
        await registry.metrics(),
      )?.[1];
    assert.deepEqual([await depth(0), await depth(7), await depth(-100)], ['2', '1', '0']);
    depths = new Map();
    assert.deepEqual([await depth(0), await depth(7)], ['0', '0']);
  });
});
