import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fakeFleet, stopWithinMs } from './fake-workers.ts';

describe('a fleet of processes', () => {
  test('grows into numbered slots and counts who listens as ready', () => {
    const { fleet, worker } = fakeFleet();
    fleet.resize(3);
    assert.deepEqual(
      fleet.workers.map(({ name }) => name),
      ['orders-0', 'orders-1', 'orders-2'],
    );
    assert.deepEqual(fleet.replicas, { ready: 0, starting: 3 });
    worker('orders-1').listen();
    assert.deepEqual(fleet.replicas, { ready: 1, starting: 2 });
  });

  test('orders nothing twice', () => {
    const { fleet, workers } = fakeFleet();
    fleet.resize(2);
    fleet.resize(2);
    assert.equal(workers.length, 2);
  });

  test('shrinks by asking the least busy, and waits for them to leave', async () => {
    const { fleet, workers, worker } = fakeFleet();
    fleet.resize(3);
    for (const each of workers) each.listen();
    worker('orders-0').holds(5);
    worker('orders-1').holds(0);
    worker('orders-2').holds(9);
    await fleet.poll();
    fleet.resize(1);
    assert.deepEqual(
      workers.filter(({ terminated }) => terminated).map(({ name }) => name),
      ['orders-0', 'orders-1'],
    );
    assert.ok(workers.every(({ killed }) => !killed));
    assert.deepEqual(fleet.replicas, { ready: 1, starting: 0 });
    assert.equal(fleet.workers.length, 3, 'who is leaving is still shown');
    worker('orders-0').exit();
    assert.deepEqual(
      fleet.workers.map(({ name }) => name),
      ['orders-1', 'orders-2'],
    );
  });

  test('of equally idle workers the last slot goes first', () => {
    const { fleet, worker } = fakeFleet();
    fleet.resize(11);
    fleet.resize(10);
    assert.ok(worker('orders-10').terminated);
  });

  test('does not reuse the name of a worker that is still leaving', () => {
    const { fleet, worker } = fakeFleet();
    fleet.resize(2);
    fleet.resize(1);
    assert.ok(worker('orders-1').terminated);
    fleet.resize(2);
    assert.deepEqual(
      fleet.workers.map(({ name }) => name),
      ['orders-0', 'orders-1', 'orders-2'],
    );
    worker('orders-1').exit();
    fleet.resize(3);
    assert.deepEqual(
      fleet.workers.map(({ name }) => name),
      ['orders-0', 'orders-1', 'orders-2'],
    );
  });

  test('starts a dead worker again under its name, and says so', async () => {
    const { clock, fleet, reports, workers } = fakeFleet();
    fleet.resize(1);
    workers[0]?.listen();
    workers[0]?.exit(null, 'SIGKILL');
    assert.deepEqual(fleet.replicas, { ready: 0, starting: 1 });
    assert.deepEqual(reports, ['orders-0 died (signal SIGKILL); it is started again in 0.5 s']);
    await clock.advance(500);
    assert.equal(workers.length, 2);
    assert.equal(workers[1]?.name, 'orders-0');
  });

  test('waits twice as long after each death in a row, half a minute at most', async () => {
    const { clock, fleet, reports, workers } = fakeFleet();
    fleet.resize(1);
    for (let death = 0; death < 8; death++) {
      workers.at(-1)?.exit(1);
      await clock.advance(30_000);
    }
    const delays = reports.map((sentence) => Number(/in ([\d.]+) s/.exec(sentence)?.[1]));
    assert.deepEqual(delays, [0.5, 1, 2, 4, 8, 16, 30, 30]);
  });

  test('a minute of health makes earlier deaths forgotten', async () => {
    const { clock, fleet, reports, workers } = fakeFleet();
    fleet.resize(1);
    for (const lifeMs of [0, 0, 61_000]) {
      await clock.advance(lifeMs);
      workers.at(-1)?.exit(1);
      await clock.advance(1000);
    }
    assert.match(reports.at(-1) ?? '', /in 0\.5 s/);
  });

  test('a worker that waits to be started again leaves at once', async () => {
    const { clock, fleet, workers } = fakeFleet();
    fleet.resize(1);
    workers[0]?.exit(1);
    fleet.resize(0);
    assert.equal(fleet.workers.length, 0);
    await clock.advance(60_000);
    assert.equal(workers.length, 1);
  });

  test('asks everybody, and leaves out who does not answer', async () => {
    const { fleet, workers, worker } = fakeFleet();
    fleet.resize(3);
    worker('orders-0').listen();
    worker('orders-1').listen();
    fleet.resize(2);
    assert.ok(worker('orders-2').terminated, 'the one that was still starting goes');
    workers.splice(1, 1);
    const reports = await fleet.poll();
    assert.deepEqual(
      reports.map(({ status, leaving }) => [status.worker, leaving]),
      [['orders-0', false]],
    );
  });

  test('drains: resolves when the last one has left, and says who did not end cleanly', async () => {
    const { fleet, reports, worker } = fakeFleet();
    fleet.resize(2);
    worker('orders-0').listen();
    worker('orders-1').listen();
    let drained = false;
    const draining = fleet.drain().then(() => {
      drained = true;
    });
    worker('orders-0').exit(0);
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(drained, false);
    worker('orders-1').exit(1);
    await draining;
    assert.deepEqual(reports, ['orders-1 did not stop cleanly: exit code 1']);
  });

  test('counts who did not stop cleanly, and says what it held', async () => {
    const { fleet, reports, worker } = fakeFleet();
    fleet.resize(2);
    for (const name of ['orders-0', 'orders-1']) worker(name).listen();
    worker('orders-0').holds(12);
    await fleet.poll();
    const draining = fleet.drain();
    worker('orders-0').exit(1);
    worker('orders-1').exit(0);
    await draining;
    assert.deepEqual(fleet.unclean, { workers: 1, held: 12 });
    assert.deepEqual(reports, [
      'orders-0 did not stop cleanly: exit code 1; it held 12 messages: received again when the visibility timeout ends',
    ]);
  });

  test('kills a worker that does not stop in time, when all leave', async () => {
    const { clock, fleet, reports, worker } = fakeFleet();
    fleet.resize(1);
    worker('orders-0').listen();
    const draining = fleet.drain();
    await clock.advance(stopWithinMs - 1);
    assert.equal(worker('orders-0').killed, false);
    await clock.advance(1);
    assert.equal(worker('orders-0').killed, true);
    assert.deepEqual(reports, ['orders-0 has not stopped within 45 s and is killed']);
    worker('orders-0').exit(null, 'SIGKILL');
    await draining;
    assert.deepEqual(fleet.unclean, { workers: 1, held: 0 });
  });

  test('kills a worker that does not stop in time, when it alone leaves', async () => {
    const { clock, fleet, worker } = fakeFleet();
    fleet.resize(2);
    fleet.resize(1);
    await clock.advance(stopWithinMs);
    assert.deepEqual([worker('orders-0').killed, worker('orders-1').killed], [false, true]);
  });

  test('a worker that stopped in time is not killed, nor is its successor', async () => {
    const { clock, fleet, reports, workers } = fakeFleet();
    fleet.resize(1);
    workers[0]?.listen();
    fleet.resize(0);
    workers[0]?.exit(0);
    fleet.resize(1);
    await clock.advance(stopWithinMs);
    assert.ok(workers.every(({ killed }) => !killed));
    assert.deepEqual(reports, []);
    assert.deepEqual(fleet.unclean, { workers: 0, held: 0 });
  });

  test('kills only when told to', async () => {
    const { fleet, worker } = fakeFleet();
    fleet.resize(1);
    const draining = fleet.drain();
    assert.equal(worker('orders-0').killed, false);
    fleet.kill();
    assert.equal(worker('orders-0').killed, true);
    worker('orders-0').exit(null, 'SIGKILL');
    await draining;
  });
});
