import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ProcessFleet } from '../../../cli/local/process-fleet.ts';
import { countReplicas } from '../../../operator/fleet/fleet-worker.ts';
import { type FakeWorker, fakeFleet, stopWithinMs } from './fake-workers.ts';

function replicasOf(fleet: ProcessFleet) {
  return countReplicas(fleet.members, new Set());
}

/** Has the fleet know what its workers say. */
function noteAll(fleet: ProcessFleet, workers: readonly FakeWorker[]): void {
  fleet.note(
    fleet.members.flatMap(({ id, address, leaving }) => {
      const status = workers.find(({ pid }) => pid === address?.port)?.status;
      return status === undefined ? [] : [{ id, status, leaving }];
    }),
  );
}

describe('a fleet of processes', () => {
  test('grows into numbered slots and counts who listens as ready', () => {
    const { fleet, worker } = fakeFleet();
    fleet.resize(3);
    assert.deepEqual(
      fleet.workers.map(({ name }) => name),
      ['orders-0', 'orders-1', 'orders-2'],
    );
    assert.deepEqual(replicasOf(fleet), { ready: 0, starting: 3 });
    worker('orders-1').listen();
    assert.deepEqual(replicasOf(fleet), { ready: 1, starting: 2 });
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
    noteAll(fleet, workers);
    fleet.resize(1);
    assert.deepEqual(
      workers.filter(({ terminated }) => terminated).map(({ name }) => name),
      ['orders-0', 'orders-1'],
    );
    assert.ok(workers.every(({ killed }) => !killed));
    assert.deepEqual(replicasOf(fleet), { ready: 1, starting: 0 });
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
    assert.deepEqual(replicasOf(fleet), { ready: 0, starting: 1 });
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

  test('shows where its workers can be asked, who leaves, and how long each took to listen', async () => {
    const { clock, fleet, worker } = fakeFleet();
    fleet.resize(3);
    await clock.advance(700);
    worker('orders-0').listen();
    fleet.resize(2);
    assert.ok(worker('orders-2').terminated, 'the last one goes');
    const members = fleet.members.map(({ address, ready, leaving, createdTimeMs, readyTimeMs }) => [
      ...[address?.port, ready, leaving],
      readyTimeMs === undefined ? undefined : readyTimeMs - createdTimeMs,
    ]);
    assert.deepEqual(members, [
      [1, true, false, 700],
      [undefined, false, false, undefined],
      [undefined, false, true, undefined],
    ]);
    assert.equal(fleet.size, 2);
    assert.equal(new Set(fleet.members.map(({ id }) => id)).size, 3);
  });

  test('shrinks by those whose removal costs the least, where somebody has counted', () => {
    const { fleet, worker } = fakeFleet();
    fleet.resize(3);
    const [first, second, third] = fleet.members.map(({ id }) => id) as [string, string, string];
    fleet.resize(
      2,
      new Map([
        [first, 3],
        [second, 0],
        [third, 1],
      ]),
    );
    assert.deepEqual(
      [0, 1, 2].map((at) => worker(`orders-${at}`).terminated),
      [false, true, false],
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
    const { fleet, reports, worker, workers } = fakeFleet();
    fleet.resize(2);
    for (const name of ['orders-0', 'orders-1']) worker(name).listen();
    worker('orders-0').holds(12);
    noteAll(fleet, workers);
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
