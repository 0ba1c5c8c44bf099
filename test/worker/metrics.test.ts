import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { WorkerStatus } from '../../api/worker-status.ts';
import { histogramMetrics, readMetrics } from '../../worker/metric-table.ts';
import { workerMetrics } from '../../worker/metrics.ts';
import { newObservations } from '../../worker/observations.ts';
import { workerStatus } from '../support/worker-status.ts';
import { VirtualWorker } from './virtual-worker.ts';

/** The worker's own series and their values. */
async function seriesOf(status: () => WorkerStatus, observations = newObservations()): Promise<Map<string, number>> {
  const lines = (await workerMetrics(status, observations).metrics()).split('\n');
  const own = lines.filter((line) => line.startsWith('courier_worker_'));
  return new Map(own.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]));
}

describe('the metrics', () => {
  it('have every series from the start, at zero but for the state of the worker', async () => {
    const series = await seriesOf(() => workerStatus());
    const names = new Set([...series.keys()].map((name) => name.replace(/\{.*/, '')));
    for (const { name } of readMetrics) assert.ok(names.has(`courier_worker_${name}`), name);
    for (const { name } of Object.values(histogramMetrics)) assert.equal(series.get(`courier_worker_${name}_count`), 0);
    for (const [name, value] of series) if (/_total|_bucket|_held/.test(name)) assert.equal(value, 0, name);
    for (const state of Object.keys(workerStatus().holding)) {
      assert.ok(series.has(`courier_worker_messages_held{state="${state}"}`));
    }
    for (const action of Object.keys(newObservations().outcomes)) {
      assert.ok(series.has(`courier_worker_outcomes_total{action="${action}"}`));
    }
  });

  it('are named as Prometheus asks: totals by _total, units in full', () => {
    for (const { name, type, help } of readMetrics) {
      assert.equal(name.endsWith('_total'), type === 'counter', name);
      assert.match(name, /^[a-z][a-z_]*$/);
      assert.doesNotMatch(name, /_(ms|milliseconds|secs|kb|mb)\b/);
      assert.match(help, /^[A-Z].*\.$|\)\.$/, `${name}: ${help}`);
    }
    for (const { name } of Object.values(histogramMetrics)) assert.match(name, /_(seconds|bytes|messages)$/);
    const names = [...readMetrics, ...Object.values(histogramMetrics)].map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
  });

  it('say what keeps the worker waiting: one for the reason, zero for the others', async () => {
    const series = await seriesOf(() => workerStatus({ waiting: { for: 'Audit', explanation: 'full' } }));
    const waiting = [...series].filter(([name]) => name.startsWith('courier_worker_waiting'));
    assert.deepEqual(
      waiting.filter(([, value]) => value === 1),
      [['courier_worker_waiting{for="Audit"}', 1]],
    );
    assert.ok(waiting.length > 1 && waiting.every(([, value]) => value === 0 || value === 1));
  });

  it('read each counter of the status under a name of its own', async () => {
    const names = Object.keys(workerStatus().counters);
    const counters = Object.fromEntries(names.map((name, index) => [name, index + 1.5]));
    const series = await seriesOf(() => workerStatus({ counters }));
    const values = [...series].filter(([name]) => name.endsWith('_total')).map(([, value]) => value);
    assert.deepEqual(
      values.filter((value) => value > 0).sort((a, b) => a - b),
      names.map((_, index) => index + 1.5),
    );
    assert.equal(series.get('courier_worker_messages_received_total'), 1.5);
  });

  it('follow the status from scrape to scrape', async () => {
    let delivered = 3;
    const status = () => workerStatus({ counters: { delivered }, holding: { posting: delivered } });
    const registry = workerMetrics(status, newObservations());
    assert.match(await registry.metrics(), /^courier_worker_messages_delivered_total 3$/m);
    delivered = 7;
    const text = await registry.metrics();
    assert.match(text, /^courier_worker_messages_delivered_total 7$/m);
    assert.match(text, /^courier_worker_messages_held\{state="posting"\} 7$/m);
  });

  it('tell how old messages are when the recipient accepts them, and what the answers meant', async () => {
    const worker = new VirtualWorker();
    await worker.send(20);
    await worker.clock.advance(40_000);
    let answers = 0;
    worker.recipient.answer = () =>
      answers++ === 0 ? { latencyMs: 20, status: 503, retryAfter: '10' } : { latencyMs: 20 };
    worker.pipeline.start();
    await worker.clock.advance(1_000);
    const series = await seriesOf(() => workerStatus(), worker.pipeline.observations);
    assert.equal(series.get('courier_worker_outcomes_total{action="Retry"}'), 1);
    assert.equal(series.get('courier_worker_outcomes_total{action="Acknowledge"}'), 19);
    assert.equal(series.get('courier_worker_delivery_age_seconds_count'), 19);
    assert.equal(series.get('courier_worker_delivery_age_seconds_bucket{le="30"}'), 0);
    assert.equal(series.get('courier_worker_delivery_age_seconds_bucket{le="60"}'), 19);
    assert.equal(series.get('courier_worker_attempt_duration_seconds_count'), 20);
    assert.equal(series.get('courier_worker_attempt_duration_seconds_bucket{le="0.025"}'), 20);
  });

  it('explain and type every series, and tell of the process too', async () => {
    const text = await workerMetrics(() => workerStatus(), newObservations()).metrics();
    assert.match(text, /^# HELP courier_worker_messages_received_total Messages received from the queue\.$/m);
    assert.match(text, /^# TYPE courier_worker_messages_received_total counter$/m);
    assert.match(text, /^# TYPE courier_worker_messages_held gauge$/m);
    assert.match(text, /^# TYPE courier_worker_delivery_age_seconds histogram$/m);
    assert.match(text, /^process_cpu_seconds_total /m);
  });
});
