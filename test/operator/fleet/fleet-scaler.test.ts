import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { workerStatus } from '../../support/worker-status.ts';
import { liveCourier } from '../courier/fixtures.ts';
import { FakeFleet, fleetWorker, intervalMs } from './fake-fleet.ts';

const backlog = { visible: 50_000, notVisible: 0, delayed: 0 };
const workers = ['a', 'b', 'c'].map((id) => fleetWorker(id));
const upTo = (maxReplicas: number, scaling: object = {}) =>
  liveCourier({ 'spec.scaling': { maxReplicas, drainTimeoutSeconds: 60, ...scaling } }).spec;

function holds(id: string, posting: number, openReceives = 0) {
  return workerStatus({ bootId: id, holding: { posting }, openReceives });
}

describe('a fleet that is to shrink', () => {
  let fleet: FakeFleet;
  const round = (max: number, live = 3, queue = backlog) => fleet.round(workers, { spec: upTo(max), live, queue });
  const drained = () => [...fleet.orders].filter(([, { drain }]) => drain).map(([id]) => id);

  beforeEach(async () => {
    fleet = new FakeFleet();
    fleet.answers.set('a', holds('a', 9));
    fleet.answers.set('b', holds('b', 2));
    fleet.answers.set('c', holds('c', 4));
    assert.equal((await round(3)).decision.replicas, 3);
    assert.deepEqual(drained(), []);
  });

  it('has the least busy finish, told at once, and keeps everybody until then', async () => {
    const { decision, plan } = await round(1);
    assert.equal(decision.replicas, 1);
    assert.equal(plan.replicas, 3);
    assert.deepEqual(drained(), ['b', 'c']);
  });

  it('lets each go when it holds nothing and no receive is open, at no cost', async () => {
    await round(1);
    fleet.answers.set('b', holds('b', 0, 1));
    fleet.answers.set('c', holds('c', 0));
    const first = await round(1);
    assert.equal(first.plan.replicas, 2);
    assert.deepEqual(
      [...first.costs],
      [
        ['a', 10],
        ['b', 1],
        ['c', 0],
      ],
    );
    fleet.answers.set('b', holds('b', 0));
    assert.equal((await round(1, 2)).plan.replicas, 1);
    assert.deepEqual(drained(), ['b', 'c'], 'they receive nothing until they are gone');
  });

  it('lets go of who does not finish when its time is over', async () => {
    await round(1);
    for (let passedMs = intervalMs; passedMs < 60_000; passedMs += intervalMs) {
      assert.equal((await round(1)).plan.replicas, 3);
    }
    assert.equal((await round(1)).plan.replicas, 1);
  });

  it('does not take what was said before the order for an answer to it', async () => {
    fleet.answers.set('b', holds('b', 0));
    await round(3);
    fleet.answers.delete('b');
    await round(2);
    assert.equal((await round(2)).plan.replicas, 3);
  });

  it('has nobody finish any more when more are wanted again', async () => {
    await round(1);
    const { decision, plan } = await round(3);
    assert.equal(decision.replicas, 3);
    assert.equal(plan.replicas, 3);
    assert.deepEqual(drained(), []);
  });

  it('forgets who was to finish when somebody else has taken over', async () => {
    await round(1);
    fleet.scaler.rest();
    assert.equal(fleet.scaler.drains.size, 0);
  });
});

describe('what a fleet is told', () => {
  it('is its share of the rate limit, renewed in each round, and the most requests', async () => {
    const fleet = new FakeFleet();
    const spec = liveCourier({
      'spec.recipient.rateLimit': { messages: 100 },
      'spec.recipient.concurrency.maxPerReplica': 7,
      'spec.scaling': { maxReplicas: 4 },
    }).spec;
    for (const id of ['a', 'b']) {
      const leased = { messagesPerSecond: 20, burst: 20, basis: 'Lease', remainingSeconds: 12 } as const;
      fleet.answers.set(id, workerStatus({ bootId: id, rateLimit: { ...leased, shareId: 'x', tokens: 0 } }));
    }
    const two = workers.slice(0, 2);
    for (let rounds = 0; rounds < 3; rounds++) await fleet.round(two, { spec, live: 2, queue: backlog });
    const order = fleet.orders.get('a');
    assert.equal(order?.maxConcurrency, 7);
    assert.equal(order?.share?.messagesPerSecond, 50);
    assert.equal(order?.share?.burst, 50);
    assert.equal(order?.share?.ttlSeconds, 13);
    assert.deepEqual(order?.share?.fallback, { messagesPerSecond: 20, burst: 20 });
  });

  it('is that there is no limit where there is none', async () => {
    const fleet = new FakeFleet();
    fleet.answers.set('a', workerStatus());
    await fleet.round(workers.slice(0, 1), { live: 1 });
    assert.equal(fleet.orders.get('a')?.share, null);
  });
});

describe('what a fleet says', () => {
  it('holds for three rounds in which it is silent', async () => {
    const fleet = new FakeFleet();
    fleet.answers.set('a', holds('a', 3));
    const one = workers.slice(0, 1);
    const inFlight = async () => (await fleet.round(one, { live: 1, queue: backlog })).decision.inputs.inFlight;
    assert.equal(await inFlight(), 3);
    fleet.answers.clear();
    for (let rounds = 0; rounds < 3; rounds++) {
      await inFlight();
      assert.equal(fleet.scaler.exchange.reports(one, new Set()).length, 1);
    }
    await inFlight();
    assert.equal(fleet.scaler.exchange.reports(one, new Set()).length, 0);
  });
});
