import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { VirtualWorker } from './virtual-worker.ts';

const minute = 60_000;
const slow = { concurrency: { maxPerReplica: 2 } };

/** Starts a worker and has it finish, until the receive that it begins with has come back. */
async function endOpenReceive(worker: VirtualWorker): Promise<void> {
  worker.pipeline.start();
  worker.pipeline.hold(25);
  await worker.clock.advance(21_000);
  assert.equal(worker.pipeline.openReceives, 0);
  worker.pipeline.hold(15);
}

describe('a worker that is ordered to finish', () => {
  it('receives nothing more, finishes what it holds, and goes on when the order runs out', async () => {
    const worker = new VirtualWorker({ recipient: slow });
    worker.recipient.answer = () => ({ latencyMs: 1_000 });
    await worker.send(40);
    worker.pipeline.start();
    await worker.clock.advance(3_100);
    worker.pipeline.hold(15);
    const { posts } = worker.recipient;
    const { received } = worker.pipeline.counters;
    assert.equal(worker.pipeline.gate.limitedBy, 'Order');
    assert.match(worker.pipeline.waiting.explanation, /the operator asked it to finish/);
    await worker.clock.advance(10_000);
    assert.equal(posts.length, received);
    assert.equal(worker.pipeline.openReceives, 0);
    assert.equal(worker.pipeline.holdings.size, 0);
    assert.equal(await worker.left(), 40 - received);
    assert.equal(worker.pipeline.liveness.alive, true);

    await worker.clock.advance(5_100);
    assert.ok(posts.length > received, 'the order has run out');
    await worker.clock.advanceUntil(() => worker.pipeline.counters.deleted === 40, 5 * minute);
    assert.equal(new Set(worker.recipient.accepted.map(({ body }) => body)).size, 40);
    assert.equal(worker.pipeline.counters.redelivered, 0);
    assert.deepEqual(worker.deletedUnaudited, []);
  });

  it('obeys for as long as the order is renewed', async () => {
    const worker = new VirtualWorker({ recipient: slow });
    await endOpenReceive(worker);
    await worker.send(5);
    for (let renewals = 0; renewals < 20; renewals++) {
      await worker.clock.advance(10_000);
      worker.pipeline.hold(15);
    }
    assert.equal(worker.recipient.posts.length, 0);
    await worker.clock.advanceUntil(() => worker.pipeline.counters.deleted === 5, minute);
  });

  it('goes on at once when the order is taken back', async () => {
    const worker = new VirtualWorker({ recipient: slow });
    await endOpenReceive(worker);
    worker.pipeline.hold(300);
    await worker.send(5);
    await worker.clock.advance(30_000);
    assert.equal(worker.recipient.posts.length, 0);
    worker.pipeline.hold(0);
    await worker.clock.advance(1_000);
    assert.equal(worker.recipient.accepted.length, 5);
  });

  it('delivers what a long poll brings that was open already, and begins no other', async () => {
    const worker = new VirtualWorker({ recipient: slow });
    worker.pipeline.start();
    await worker.clock.advance(1_000);
    worker.pipeline.hold(15);
    assert.equal(worker.pipeline.openReceives, 1);
    await worker.send(1);
    await worker.clock.advance(1_000);
    await worker.send(1);
    await worker.clock.advance(5_000);
    assert.equal(worker.recipient.accepted.length, 1);
    assert.equal(worker.pipeline.openReceives, 0);
    assert.equal(worker.pipeline.holdings.size, 0);
    assert.equal(await worker.left(), 1);
  });

  it('keeps the order of each group of a FIFO queue', async () => {
    const worker = new VirtualWorker({
      queueName: 'orders.fifo',
      queueAttributes: { FifoQueue: 'true' },
      recipient: slow,
    });
    worker.recipient.answer = () => ({ latencyMs: 700 });
    await worker.send(30, { groups: 3 });
    worker.pipeline.start();
    for (let orders = 0; orders < 10; orders++) {
      await worker.clock.advance(2_000);
      worker.pipeline.hold(3);
      await worker.clock.advance(4_000);
    }
    await worker.clock.advanceUntil(() => worker.pipeline.counters.deleted === 30, 30 * minute);
    for (const group of [0, 1, 2]) {
      const bodies = worker.recipient.accepted.map(({ body }) => Number(body)).filter((body) => body % 3 === group);
      assert.deepEqual(
        bodies,
        bodies.toSorted((a, b) => a - b),
      );
      assert.equal(bodies.length, 10);
    }
  });

  it('still drains when it is told to stop', async () => {
    const worker = new VirtualWorker({ recipient: slow });
    worker.recipient.answer = () => ({ latencyMs: 1_000 });
    await worker.send(10);
    worker.pipeline.start();
    await worker.clock.advance(1_500);
    worker.pipeline.hold(300);
    let clean: boolean | undefined;
    void worker.pipeline.drain(new AbortController().signal).then((outcome) => {
      clean = outcome;
    });
    await worker.clock.advance(minute);
    assert.equal(clean, true);
    assert.equal(await worker.left(), 10 - worker.recipient.accepted.length);
  });

  it('does not receive once more before it stops', async () => {
    const worker = new VirtualWorker({ recipient: slow });
    await endOpenReceive(worker);
    await worker.send(5);
    const drained = worker.pipeline.drain(new AbortController().signal);
    assert.equal(worker.pipeline.openReceives, 0);
    await worker.clock.advance(1_000);
    assert.equal(await drained, true);
    assert.equal(worker.pipeline.counters.received, 0);
  });
});
