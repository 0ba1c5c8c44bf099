import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { VirtualWorker } from './virtual-worker.ts';

const mebibyte = 1_048_576;
const large = 'x'.repeat(mebibyte);

/** Sends messages of one mebibyte each. */
async function sendLarge({ sqs, queueUrl }: VirtualWorker, count: number): Promise<void> {
  for (let n = 0; n < count; n++) await sqs.call('SendMessage', { QueueUrl: queueUrl, MessageBody: large });
}

/** Lets time pass until `done`, and returns the most bytes that were held meanwhile. */
async function mostHeld(worker: VirtualWorker, done: () => boolean): Promise<number> {
  let most = 0;
  for (let n = 0; !done(); n++) {
    assert.ok(n < 10_000, 'it comes to an end');
    await worker.clock.advance(10);
    most = Math.max(most, worker.pipeline.holdings.bytes);
  }
  return most;
}

describe('the memory of a worker', () => {
  it('is bounded by bytes: large messages are fewer at a time, and all are delivered', async () => {
    const worker = new VirtualWorker({ worker: { maxHeldBytes: 16 * mebibyte } });
    worker.recipient.answer = () => ({ latencyMs: 500 });
    await sendLarge(worker, 60);
    worker.pipeline.start();
    const most = await mostHeld(worker, () => worker.pipeline.counters.deleted === 60);
    assert.ok(most <= 16 * mebibyte, `${most} bytes held`);
    assert.ok(worker.recipient.mostOpen >= 4, `${worker.recipient.mostOpen} at a time`);
    assert.equal(worker.pipeline.holdings.bytes, 0);
  });

  it('is bounded too when most messages are small, but not all', async () => {
    const worker = new VirtualWorker({ worker: { maxHeldBytes: 16 * mebibyte } });
    worker.recipient.answer = () => ({ latencyMs: 200 });
    for (let n = 0; n < 30; n++) {
      await worker.send(9, { from: 9 * n });
      await sendLarge(worker, 1);
    }
    await sendLarge(worker, 40);
    worker.pipeline.start();
    const most = await mostHeld(worker, () => worker.pipeline.counters.deleted === 340);
    assert.ok(most <= 20 * mebibyte, `${most} bytes held`);
  });

  it('lets a message through that is larger than all of it', async () => {
    const worker = new VirtualWorker({ worker: { maxHeldBytes: mebibyte } });
    await sendLarge(worker, 5);
    worker.pipeline.start();
    await mostHeld(worker, () => worker.pipeline.counters.deleted === 5);
  });

  it('counts what waits for its audit record, and says so', async () => {
    const worker = new VirtualWorker({ worker: { maxHeldBytes: 8 * mebibyte } });
    worker.sink.failure = 'the stream is gone';
    await sendLarge(worker, 20);
    worker.pipeline.start();
    await worker.clock.advance(60_000);
    assert.ok(worker.pipeline.holdings.bytes <= 8 * mebibyte);
    assert.equal(worker.pipeline.waiting.for, 'Audit');
    assert.equal(worker.pipeline.liveness.alive, true);
    assert.ok(worker.pipeline.counters.auditBlockedSeconds > 50);
  });

  it('does not count what only waits for its delete, and holds no bodies of it', async () => {
    const deletes = Promise.withResolvers<never>();
    const worker = new VirtualWorker({
      worker: { maxHeldBytes: 16 * mebibyte },
      through: (port) => ({
        receive: (request, signal) => port.receive(request, signal),
        changeVisibilityBatch: (changes, signal) => port.changeVisibilityBatch(changes, signal),
        deleteBatch: () => deletes.promise,
      }),
    });
    await sendLarge(worker, 12);
    worker.pipeline.start();
    await worker.clock.advanceUntil(() => worker.pipeline.holdings.counts.audited === 12, 60_000);
    assert.equal(worker.pipeline.holdings.bytes, 0);
    assert.ok([...worker.pipeline.holdings].every(({ body }) => body === ''));
  });
});
