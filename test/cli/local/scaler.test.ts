import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { QueueCounters } from '../../../aws/queue-attributes.ts';
import { Scaler } from '../../../cli/local/scaler.ts';
import { liveCourier } from '../../operator/courier/fixtures.ts';
import { fakeFleet } from './fake-workers.ts';

const scaling = { minReplicas: 0, maxReplicas: 5, targetMessagesPerReplica: 100, idleAfterSeconds: 10 };
const intervalMs = 1_000;

function specWith(fields: Readonly<Record<string, unknown>> = {}) {
  return liveCourier({ 'spec.scaling': scaling, 'spec.recipient.concurrency.maxPerReplica': 8, ...fields }).spec;
}

function scalerOver(queue: { counters: QueueCounters | null | Error }, fields?: Readonly<Record<string, unknown>>) {
  const fake = fakeFleet();
  const readQueue = async () => {
    if (queue.counters instanceof Error) throw queue.counters;
    return queue.counters;
  };
  const { clock, exchange, fleet } = fake;
  const spec = specWith(fields);
  return { ...fake, scaler: new Scaler({ courier: 'orders', spec, fleet, exchange, intervalMs, readQueue, clock }) };
}

/** Nobody wants to stop. */
const running = new AbortController().signal;

const empty: QueueCounters = { visible: 0, notVisible: 0, delayed: 0 };

describe('the scaler of a machine', () => {
  test('starts as many workers as the backlog needs, and lets them go after the idle time', async () => {
    const queue = { counters: { ...empty, visible: 250 } };
    const { scaler, clock, workers, fleet, orders } = scalerOver(queue);
    const first = await scaler.tick(running);
    assert.deepEqual(first.replicas, { desired: 5, ready: 0, starting: 5 });
    assert.match(first.explanation, /^5 replicas, 7 wanted: maxReplicas is 5; 250 messages drain/);
    for (const worker of workers) worker.listen();

    queue.counters = empty;
    await clock.advance(1000);
    assert.equal((await scaler.tick(running)).replicas.desired, 5);
    await clock.advance(10_000);
    const idle = await scaler.tick(running);
    assert.equal(idle.replicas.desired, 0);
    assert.ok(idle.workers.every(({ state }) => state === 'Draining'));
    assert.ok([...orders.values()].every(({ drain }) => drain));
    assert.ok(!workers.some(({ terminated }) => terminated), 'nobody is stopped before it has said that it is done');
    await clock.advance(1000);
    await scaler.tick(running);
    assert.ok(workers.every(({ terminated }) => terminated));
    for (const worker of workers) worker.exit(0);
    assert.equal(fleet.workers.length, 0);
  });

  test('holds and says why while the queue cannot be read', async () => {
    const queue: { counters: QueueCounters | Error } = { counters: { ...empty, visible: 250 } };
    const { scaler, clock } = scalerOver(queue);
    await scaler.tick(running);
    queue.counters = new Error('the queue orders does not exist');
    await clock.advance(60_000);
    const snapshot = await scaler.tick(running);
    assert.equal(snapshot.replicas.desired, 5);
    assert.equal(snapshot.problem, 'the queue orders does not exist');
    assert.equal(snapshot.queue, null);
  });

  test('a suspended Courier has no workers, whatever waits', async () => {
    const { scaler, workers } = scalerOver({ counters: { ...empty, visible: 250 } }, { 'spec.suspend': true });
    const snapshot = await scaler.tick(running);
    assert.equal(workers.length, 0);
    assert.equal(snapshot.explanation, '0 replicas: spec.suspend is true.');
  });

  test('a look at a fleet that drains starts nobody', async () => {
    const { scaler, workers } = scalerOver({ counters: { ...empty, visible: 250 } });
    const snapshot = await scaler.look(running);
    assert.equal(workers.length, 0);
    assert.equal(snapshot.queue?.visible, 250);
  });

  test('shows each worker, and the sums of all', async () => {
    const { scaler, workers, worker } = scalerOver({ counters: { ...empty, visible: 80 } });
    await scaler.tick(running);
    for (const each of workers) each.listen();
    worker('orders-1').holds(7);
    const snapshot = await scaler.tick(running);
    assert.equal(snapshot.totals.held, 7);
    assert.deepEqual(
      snapshot.workers.map(({ name, state, held }) => [name, state, held]),
      [
        ['orders-0', 'Running', 0],
        ['orders-1', 'Running', 7],
      ],
    );
  });

  test('a round that is interrupted ends at once, whatever hangs, and does nothing', async () => {
    const { clock, exchange, fleet, workers } = fakeFleet();
    const readQueue = () => new Promise<never>(() => {});
    const spec = specWith({ 'spec.scaling.minReplicas': 2 });
    const scaler = new Scaler({ courier: 'orders', spec, fleet, exchange, intervalMs, readQueue, clock });
    const stop = new AbortController();
    const round = scaler.tick(stop.signal);
    stop.abort();
    assert.equal((await round).queue, null);
    assert.equal(workers.length, 0);
    assert.equal((await scaler.look(stop.signal)).queue, null);
  });
});
