import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AwsError } from '../../aws/errors.ts';
import type { QueuePort } from '../../aws/ports.ts';
import { seeded, VirtualWorker } from './virtual-worker.ts';

const minute = 60_000;

describe('the pipeline', () => {
  it('delivers, audits and deletes every message, once, and deletes none before its record is durable', async () => {
    const worker = new VirtualWorker();
    await worker.send(500);
    worker.pipeline.start();
    await worker.clock.advanceUntil(() => worker.pipeline.counters.deleted === 500, minute);
    assert.equal(worker.recipient.accepted.length, 500);
    assert.equal(new Set(worker.recipient.accepted.map((post) => post.body)).size, 500);
    assert.equal(worker.sink.durable.size, 500);
    assert.deepEqual(worker.deletedUnaudited, []);
    assert.equal(await worker.left(), 0);
  });

  it('posts a lone message within 10 ms of its send, once, also after ten idle minutes', async () => {
    const worker = new VirtualWorker();
    worker.pipeline.start();
    await worker.clock.advance(10 * minute);
    await worker.send(1);
    const sentMs = worker.clock.monotonic();
    await worker.clock.advance(10);
    assert.equal(worker.recipient.posts.length, 1);
    assert.ok((worker.recipient.posts[0]?.atMs ?? Number.POSITIVE_INFINITY) - sentMs <= 10);
    await worker.clock.advance(10 * minute);
    assert.equal(worker.recipient.posts.length, 1);
    assert.equal(await worker.left(), 0);
  });

  it('keeps one long poll open on an idle queue', async () => {
    let receives = 0;
    const counting = (port: QueuePort): QueuePort => ({
      ...port,
      receive: (request) => {
        receives++;
        return port.receive(request);
      },
    });
    const worker = new VirtualWorker({ through: counting });
    worker.pipeline.start();
    await worker.clock.advance(10 * minute);
    assert.ok(receives <= 31, `${receives} receives in ten minutes of twenty-second polls`);
    assert.equal(worker.pipeline.waiting.for, 'Messages');
    assert.equal(worker.pipeline.liveness.alive, true);
  });

  it('holds the visibility of a message for as long as the recipient takes', async () => {
    const worker = new VirtualWorker({ queue: { visibilityTimeoutSeconds: 30 }, recipient: { timeoutSeconds: 3600 } });
    worker.recipient.answer = () => ({ latencyMs: 50 * minute });
    await worker.send(3);
    worker.pipeline.start();
    await worker.clock.advance(60 * minute);
    assert.equal(worker.recipient.posts.length, 3);
    assert.equal(await worker.left(), 0);
  });

  it('keeps a refused message for short waits, which grow, and gives it back for long ones', async () => {
    const worker = new VirtualWorker({ random: () => 0.999 });
    worker.recipient.answer = ({ attempt }) => ({ latencyMs: 20, status: attempt < 6 ? 409 : 200 });
    await worker.send(1);
    worker.pipeline.start();
    await worker.clock.advanceUntil(() => worker.pipeline.counters.deleted === 1, minute);
    assert.deepEqual(
      worker.recipient.posts.map((post) => post.attempt),
      [1, 2, 3, 4, 5, 6],
    );
    const gaps = worker.recipient.posts.map((post, n) => post.atMs - (worker.recipient.posts[n - 1]?.atMs ?? 0));
    for (const [n, seconds] of [0.5, 1, 2, 4, 8].entries()) {
      const gap = gaps[n + 1] ?? 0;
      assert.ok(gap >= seconds * 999 && gap < seconds * 1000 + 100, `attempt ${n + 2} came after ${gap} ms`);
    }
    assert.equal(worker.pipeline.counters.released, 1);
    assert.equal(worker.pipeline.counters.redelivered, 1);
    assert.equal(worker.pipeline.counters.failed, 5);
  });

  it('counts a message as a duplicate that comes again after it was delivered and could not be deleted', async () => {
    let deletes = 0;
    const worker = new VirtualWorker({
      queue: { visibilityTimeoutSeconds: 30 },
      through: (port) => ({
        ...port,
        deleteBatch: (handles) =>
          deletes++ === 0
            ? Promise.resolve(handles.map(() => ({ code: 'ReceiptHandleIsInvalid', message: '', senderFault: false })))
            : port.deleteBatch(handles),
      }),
    });
    await worker.send(2);
    worker.pipeline.start();
    await worker.clock.advanceUntil(() => worker.pipeline.counters.deleted === 2, 2 * minute);
    const { deletedLate, duplicates, delivered } = worker.pipeline.counters;
    assert.deepEqual([deletedLate, duplicates, delivered], [2, 2, 4]);
  });

  it('gives a refused message back only after an extension of its visibility that is under way', async () => {
    const heard: number[] = [];
    const slow = (port: QueuePort, clock: VirtualWorker['clock']): QueuePort => ({
      ...port,
      changeVisibilityBatch: async (changes) => {
        const isExtension = changes.some((change) => change.visibilityTimeoutSeconds === 30);
        if (isExtension) await new Promise<void>((resolve) => clock.setTimeout(resolve, 3_000));
        heard.push(...changes.map((change) => change.visibilityTimeoutSeconds));
        return port.changeVisibilityBatch(changes);
      },
    });
    const worker = new VirtualWorker({ queue: { visibilityTimeoutSeconds: 30 }, through: slow });
    worker.recipient.answer = ({ attempt }) => ({
      latencyMs: attempt === 1 ? 11_000 : 20,
      ...(attempt === 1 && { status: 503, retryAfter: '6' }),
    });
    await worker.send(1);
    worker.pipeline.start();
    await worker.clock.advance(21_000);
    assert.deepEqual(heard, [30, 6]);
    assert.equal(worker.recipient.accepted.length, 1, 'it came back 6 s after its release, not after 30');
  });

  it('waits as long as Retry-After asks', async () => {
    const worker = new VirtualWorker();
    worker.recipient.answer = ({ attempt }) =>
      attempt === 1 ? { latencyMs: 5, status: 429, retryAfter: '90' } : { latencyMs: 5 };
    await worker.send(1);
    worker.pipeline.start();
    await worker.clock.advance(89_000);
    assert.equal(worker.recipient.posts.length, 1);
    await worker.clock.advance(2_000);
    assert.equal(worker.recipient.posts.length, 2);
    assert.equal(worker.pipeline.counters.throttled, 1);
  });

  it('never has more requests open than slots, nor receives more than it can attempt', async () => {
    const worker = new VirtualWorker({ recipient: { concurrency: { maxPerReplica: 4 } } });
    worker.recipient.answer = () => ({ latencyMs: 5_000 });
    await worker.send(100);
    worker.pipeline.start();
    let mostHeld = 0;
    for (let n = 0; n < 300; n++) {
      await worker.clock.advance(100);
      mostHeld = Math.max(mostHeld, worker.pipeline.holdings.counts.received + worker.recipient.open);
    }
    assert.equal(worker.recipient.mostOpen, 4);
    assert.ok(mostHeld <= 5, `${mostHeld} messages held with 4 slots and a slow recipient`);
  });

  it('reaches 85 % of what 100 slots allow with a recipient of 20 ms and a tail of 1 % at 500 ms', async () => {
    const slow = (port: QueuePort, clock: VirtualWorker['clock']): QueuePort => ({
      ...port,
      receive: async (request) => {
        const messages = await port.receive(request);
        await new Promise<void>((resolve) => clock.setTimeout(resolve, 8));
        return messages;
      },
    });
    const worker = new VirtualWorker({ recipient: { concurrency: { maxPerReplica: 100 } }, through: slow });
    const dice = seeded(7);
    worker.recipient.answer = () => ({ latencyMs: dice() < 0.01 ? 500 : 20 });
    await worker.send(16_000);
    worker.pipeline.start();
    await worker.clock.advance(500);
    const before = worker.recipient.accepted.length;
    await worker.clock.advance(3_000);
    const rate = (worker.recipient.accepted.length - before) / 3;
    const ideal = 100 / (0.99 * 0.02 + 0.01 * 0.5);
    assert.ok(rate >= 0.85 * ideal, `${rate.toFixed(0)}/s of ${ideal.toFixed(0)}/s`);
  });
});

describe('the pipeline while the audit refuses', () => {
  it('deletes nothing, posts nothing twice, stops receiving within a second of being full, and goes on by itself', async () => {
    const receiveTimes: number[] = [];
    const watching = (port: QueuePort, clock: VirtualWorker['clock']): QueuePort => ({
      ...port,
      receive: async (request) => {
        const messages = await port.receive(request);
        if (messages.length > 0) receiveTimes.push(clock.monotonic());
        return messages;
      },
    });
    const worker = new VirtualWorker({ through: watching });
    worker.sink.failure = 'the stream refuses everything';
    await worker.send(3_000);
    worker.pipeline.start();
    await worker.clock.advanceUntil(() => worker.pipeline.waiting.for === 'Audit', 20_000);
    const fullMs = worker.clock.monotonic();
    await worker.clock.advance(30_000 - fullMs);
    assert.ok((receiveTimes.at(-1) ?? 0) - fullMs <= 1_000);
    assert.equal(worker.pipeline.counters.deleted, 0);
    assert.equal(await worker.left(), 3_000);
    assert.match(worker.pipeline.waiting.explanation, /^1024 delivered messages .* the stream refuses everything$/);
    assert.equal(worker.pipeline.liveness.alive, true);
    const blocked = worker.pipeline.counters.auditBlockedSeconds;

    worker.sink.failure = undefined;
    await worker.clock.advanceUntil(() => worker.pipeline.counters.deleted === 3_000, 2 * minute);
    assert.equal(worker.recipient.posts.length, 3_000);
    assert.equal(new Set(worker.recipient.posts.map((post) => post.id)).size, 3_000);
    assert.ok(worker.pipeline.counters.auditBlockedSeconds >= Math.max(blocked, 25));
    assert.deepEqual(worker.deletedUnaudited, []);
  });

  it('gives a message up after 12 hours, says so, and lets it be delivered again', async () => {
    const worker = new VirtualWorker();
    worker.sink.failure = 'the disk is gone';
    await worker.send(1);
    worker.pipeline.start();
    await worker.clock.advance(11.9 * 60 * minute);
    assert.equal(worker.recipient.posts.length, 1);
    await worker.clock.advance(0.2 * 60 * minute);
    assert.equal(worker.recipient.posts.length, 2);
    assert.equal(worker.pipeline.counters.auditForcedRedeliveries, 1);
  });
});

describe('the pipeline while SQS fails', () => {
  it('says why it waits, stays alive, and receives again when SQS is back', async () => {
    let broken = true;
    const failing = (port: QueuePort): QueuePort => ({
      ...port,
      receive: async (request) => {
        if (broken) throw new AwsError('Network', 'http://sqs.test refused the connection');
        return port.receive(request);
      },
    });
    const worker = new VirtualWorker({ through: failing });
    await worker.send(10);
    worker.pipeline.start();
    await worker.clock.advance(10 * minute);
    assert.equal(worker.pipeline.waiting.for, 'Queue');
    assert.match(worker.pipeline.waiting.explanation, /sqs\.test/);
    assert.equal(worker.pipeline.liveness.alive, true);
    broken = false;
    await worker.clock.advance(31_000);
    assert.equal(worker.pipeline.counters.deleted, 10);
    assert.notEqual(worker.pipeline.waiting.for, 'Queue');
  });

  it('deletes again what was not deleted, and posts nothing again for it', async () => {
    let refusals = 5;
    const failing = (port: QueuePort): QueuePort => ({
      ...port,
      deleteBatch: async (handles) => {
        if (refusals-- > 0)
          return handles.map(() => ({ code: 'InternalError', message: 'try again', senderFault: false }));
        return port.deleteBatch(handles);
      },
    });
    const worker = new VirtualWorker({ through: failing });
    await worker.send(10);
    worker.pipeline.start();
    await worker.clock.advanceUntil(() => worker.pipeline.counters.deleted === 10, minute);
    assert.equal(worker.recipient.posts.length, 10);
    assert.equal(await worker.left(), 0);
  });

  it('is not alive when a receive never comes back', async () => {
    const worker = new VirtualWorker({
      through: (port) => ({ ...port, receive: () => new Promise(() => {}) }),
    });
    worker.pipeline.start();
    await worker.clock.advance(80_000);
    assert.equal(worker.pipeline.liveness.alive, true);
    await worker.clock.advance(20_000);
    assert.equal(worker.pipeline.liveness.alive, false);
    assert.match(worker.pipeline.liveness.explanation, /no receive has come back for 100\.0 s/);
  });
});

describe('the drain', () => {
  it('finishes what is in flight, gives back what was not attempted, and lets the open poll return', async () => {
    const worker = new VirtualWorker({ recipient: { concurrency: { maxPerReplica: 10 } } });
    worker.recipient.answer = () => ({ latencyMs: 3_000 });
    await worker.send(10);
    worker.pipeline.start();
    await worker.clock.advance(100);
    assert.equal(worker.recipient.open, 10);
    const drained = worker.pipeline.drain(new AbortController().signal);
    await worker.clock.advance(25_000);
    assert.equal(await drained, true);
    assert.equal(worker.pipeline.counters.deleted, 10);
    assert.equal(worker.recipient.posts.length, 10);
    assert.equal(worker.recipient.closed, true);
    assert.equal(worker.sink.closed, true);
    assert.equal(worker.pipeline.state, 'Stopped');
  });

  it('gives back at once what a poll that was still open brings', async () => {
    const worker = new VirtualWorker();
    worker.pipeline.start();
    await worker.clock.advance(1_000);
    const drained = worker.pipeline.drain(new AbortController().signal);
    await worker.clock.advance(1_000);
    await worker.send(5);
    await worker.clock.advance(20_000);
    assert.equal(await drained, true);
    assert.equal(worker.recipient.posts.length, 0);
    assert.equal(worker.pipeline.counters.unattempted, worker.pipeline.counters.received);
    const other = await worker.sqs.call('ReceiveMessage', { QueueUrl: worker.queueUrl, MaxNumberOfMessages: 10 });
    assert.equal((other as { Messages: unknown[] }).Messages.length, 5);
  });

  it('ends when its time is over, and says that something was left behind', async () => {
    const worker = new VirtualWorker({ recipient: { timeoutSeconds: 3600 } });
    worker.recipient.answer = () => ({ latencyMs: 60 * minute });
    await worker.send(1);
    worker.pipeline.start();
    await worker.clock.advance(100);
    const grace = new AbortController();
    const drained = worker.pipeline.drain(grace.signal);
    await worker.clock.advance(30_000);
    grace.abort();
    assert.equal(await drained, false);
  });
});

describe('the pipeline on a FIFO queue', () => {
  it('keeps the order of each group, works on groups in parallel, and lets a failure hold back only its own group', async () => {
    const worker = new VirtualWorker({ queueName: 'orders.fifo', queueAttributes: { FifoQueue: 'true' } });
    const dice = seeded(3);
    worker.recipient.answer = () => ({ latencyMs: 10 + 40 * dice(), status: dice() < 0.2 ? 503 : 200 });
    await worker.send(300, { groups: 10 });
    worker.pipeline.start();
    await worker.clock.advanceUntil(() => worker.pipeline.counters.deleted === 300, 60 * minute);
    const byGroup = Map.groupBy(worker.recipient.accepted, (post) => Number(post.body) % 10);
    assert.equal(byGroup.size, 10);
    for (const posts of byGroup.values()) {
      const order = posts.map((post) => Number(post.body));
      assert.deepEqual(
        order,
        order.toSorted((a, b) => a - b),
      );
    }
    assert.ok(worker.recipient.mostOpen >= 5, `at most ${worker.recipient.mostOpen} groups were worked on at a time`);
    assert.ok(worker.pipeline.counters.failed > 10);
  });
});
