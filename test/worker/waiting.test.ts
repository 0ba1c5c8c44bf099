import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AwsError } from '../../aws/errors.ts';
import { VirtualWorker } from './virtual-worker.ts';

const minute = 60_000;
const fifo = { queueName: 'orders.fifo', queueAttributes: { FifoQueue: 'true' } };

describe('a message that waits in the worker for its next attempt', () => {
  it('takes no slot meanwhile', async () => {
    const worker = new VirtualWorker({ recipient: { concurrency: { maxPerReplica: 1 } } });
    worker.recipient.answer = ({ body, attempt }) =>
      body === '0' && attempt === 1 ? { latencyMs: 10, status: 429, retryAfter: '4' } : { latencyMs: 10 };
    await worker.send(20);
    worker.pipeline.start();
    await worker.clock.advance(3_000);
    assert.equal(worker.pipeline.counters.delivered, 19);
    assert.equal(worker.pipeline.holdings.counts.waiting, 1);
    await worker.clock.advance(2_000);
    assert.equal(worker.pipeline.counters.deleted, 20);
    assert.equal(worker.pipeline.counters.redelivered, 0);
  });

  it('makes room when its visibility has ended meanwhile', async () => {
    const visibilityLost = { code: 'InvalidParameterValue', message: 'injected', senderFault: true };
    const worker = new VirtualWorker({
      recipient: { concurrency: { maxPerReplica: 1 } },
      queue: { visibilityTimeoutSeconds: 5 },
      through: (port) => ({ ...port, changeVisibilityBatch: async (changes) => changes.map(() => visibilityLost) }),
    });
    worker.recipient.answer = ({ receiveCount }) =>
      receiveCount === 1 ? { latencyMs: 10, status: 429, retryAfter: '5' } : { latencyMs: 10 };
    await worker.send(1);
    worker.pipeline.start();
    await worker.clock.advance(minute);
    assert.equal(worker.pipeline.counters.unattempted, 1);
    assert.equal(worker.pipeline.counters.deleted, 1);
  });

  it('goes back to the queue when too many wait', async () => {
    const worker = new VirtualWorker({ recipient: { concurrency: { maxPerReplica: 2 } } });
    worker.recipient.answer = () => ({ latencyMs: 10, status: 503, retryAfter: '5' });
    await worker.send(20);
    worker.pipeline.start();
    let most = 0;
    for (let n = 0; n < 100; n++) {
      await worker.clock.advance(100);
      most = Math.max(most, worker.pipeline.holdings.counts.waiting);
    }
    assert.equal(most, 4);
    assert.ok(worker.pipeline.counters.released > 0);
  });

  it('holds up its group, whose messages keep their order, and no other group', async () => {
    const worker = new VirtualWorker(fifo);
    worker.recipient.answer = ({ body, attempt }) =>
      body === '0' && attempt < 4 ? { latencyMs: 10, status: 429, retryAfter: '2' } : { latencyMs: 10 };
    await worker.send(10, { groups: 2 });
    worker.pipeline.start();
    await worker.clock.advance(1_000);
    assert.deepEqual(
      worker.recipient.accepted.map(({ body }) => body),
      ['1', '3', '5', '7', '9'],
    );
    assert.deepEqual([worker.pipeline.holdings.counts.waiting, worker.pipeline.holdings.counts.received], [5, 0]);
    await worker.clock.advance(minute);
    assert.deepEqual(
      worker.recipient.accepted.slice(5).map(({ body }) => body),
      ['0', '2', '4', '6', '8'],
    );
    assert.equal(worker.pipeline.counters.redelivered, 0);
  });

  it('goes back with what is left of its wait when the worker stops, and those behind it with it', async () => {
    const worker = new VirtualWorker(fifo);
    worker.recipient.answer = () => ({ latencyMs: 10, status: 429, retryAfter: '5' });
    await worker.send(4, { groups: 1 });
    worker.pipeline.start();
    await worker.clock.advance(2_000);
    assert.equal(worker.pipeline.holdings.counts.waiting, 4);
    const drained = worker.pipeline.drain(new AbortController().signal);
    await worker.clock.advance(25_000);
    assert.equal(await drained, true);
    worker.recipient.answer = () => ({ latencyMs: 10 });
    worker.successor().start();
    await worker.clock.advance(minute);
    assert.deepEqual(
      worker.recipient.accepted.map(({ body }) => body),
      ['0', '1', '2', '3'],
    );
    assert.ok((worker.recipient.accepted[0]?.atMs ?? 0) >= 5_000);
  });

  it('does not begin to wait in a worker that stops already, which would have to wait with it', async () => {
    const worker = new VirtualWorker({ ...fifo, deadLetters: true, delivery: { maxAttempts: 5 } });
    worker.recipient.answer = () => ({ latencyMs: 1_000, status: 429, retryAfter: '600' });
    await worker.send(4, { groups: 2 });
    worker.pipeline.start();
    await worker.clock.advance(500);
    assert.equal(worker.recipient.open, 2);
    const drained = worker.pipeline.drain(new AbortController().signal);
    await worker.clock.advance(25_000);
    assert.equal(worker.recipient.posts.length, 2);
    assert.equal(worker.pipeline.state, 'Stopped');
    assert.equal(await drained, true);
  });

  it('is not posted once its visibility has ended', async () => {
    const worker = new VirtualWorker({
      queue: { visibilityTimeoutSeconds: 5 },
      through: (port) => ({ ...port, changeVisibilityBatch: () => new Promise(() => {}) }),
    });
    worker.recipient.answer = () => ({ latencyMs: 1_000, status: 429, retryAfter: '5' });
    await worker.send(1);
    worker.pipeline.start();
    await worker.clock.advance(6_100);
    assert.deepEqual(
      worker.recipient.posts.map(({ attempt }) => attempt),
      [1, 2],
    );
    assert.equal(worker.pipeline.counters.received, 2);
  });
});

it('a worker whose deletes fail says why it waits', async () => {
  let mayDelete = false;
  const worker = new VirtualWorker({
    through: (port) => ({
      ...port,
      deleteBatch: async (handles) => {
        if (!mayDelete) throw new AwsError('AccessDenied', 'sqs:DeleteMessage is not allowed');
        return await port.deleteBatch(handles);
      },
    }),
  });
  await worker.send(1_100);
  worker.pipeline.start();
  await worker.clock.advance(minute);
  const { for: waitsFor, explanation } = worker.pipeline.waiting;
  assert.equal(waitsFor, 'Queue');
  assert.match(
    explanation,
    /^1024 audited messages wait to be deleted .*: AccessDenied, sqs:DeleteMessage is not allowed$/,
  );
  mayDelete = true;
  await worker.clock.advance(minute);
  assert.equal(worker.pipeline.counters.deleted, 1_100);
});
