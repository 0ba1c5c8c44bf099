import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { WorkerStatus } from '../../api/worker-status.ts';
import { workerMetrics } from '../../worker/metrics.ts';
import { workerStatus } from '../support/worker-status.ts';

/** The worker's own series and their values. */
async function seriesOf(status: () => WorkerStatus): Promise<Map<string, number>> {
  const lines = (await workerMetrics(status).metrics()).split('\n');
  const own = lines.filter((line) => line.startsWith('courier_worker_'));
  return new Map(own.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]));
}

describe('the metrics', () => {
  it('have every series from the start, at zero', async () => {
    const series = await seriesOf(() => workerStatus());
    const counters = [...series.keys()].filter((name) => name.endsWith('_total'));
    assert.equal(counters.length, Object.keys(workerStatus().counters).length);
    for (const state of ['received', 'posting', 'delivered', 'audited']) {
      assert.equal(series.get(`courier_worker_messages_held{state="${state}"}`), 0);
    }
    for (const name of counters) assert.equal(series.get(name), 0, name);
    assert.equal(series.size, counters.length + 4 + 7);
  });

  it('say what keeps the worker waiting: one for the reason, zero for the others', async () => {
    const series = await seriesOf(() => workerStatus({ waiting: { for: 'Audit', explanation: 'full' } }));
    const waiting = [...series].filter(([name]) => name.startsWith('courier_worker_waiting'));
    assert.deepEqual(
      waiting.filter(([, value]) => value === 1),
      [['courier_worker_waiting{for="Audit"}', 1]],
    );
    assert.deepEqual(
      waiting.map(([name]) => /"(.*)"/.exec(name)?.[1]),
      ['Nothing', 'Messages', 'Recipient', 'Audit', 'Queue', 'Drain', 'Pause'],
    );
  });

  it('read each counter of the status under a name of its own', async () => {
    const names = Object.keys(workerStatus().counters);
    const counters = Object.fromEntries(names.map((name, index) => [name, index + 1.5]));
    const series = await seriesOf(() => workerStatus({ counters }));
    const values = [...series].filter(([name]) => name.endsWith('_total')).map(([, value]) => value);
    assert.deepEqual(
      values.sort((a, b) => a - b),
      names.map((_, index) => index + 1.5),
    );
    assert.equal(series.get('courier_worker_messages_received_total'), 1.5);
  });

  it('follow the status from scrape to scrape', async () => {
    let delivered = 3;
    const registry = workerMetrics(() => workerStatus({ counters: { delivered }, holding: { posting: delivered } }));
    assert.match(await registry.metrics(), /^courier_worker_messages_delivered_total 3$/m);
    delivered = 7;
    const text = await registry.metrics();
    assert.match(text, /^courier_worker_messages_delivered_total 7$/m);
    assert.match(text, /^courier_worker_messages_held\{state="posting"\} 7$/m);
  });

  it('explain and type every series, and tell of the process too', async () => {
    const text = await workerMetrics(() => workerStatus()).metrics();
    assert.match(text, /^# HELP courier_worker_messages_received_total Messages received from the queue\.$/m);
    assert.match(text, /^# TYPE courier_worker_messages_received_total counter$/m);
    assert.match(text, /^# TYPE courier_worker_messages_held gauge$/m);
    assert.match(text, /^process_cpu_seconds_total /m);
  });
});
