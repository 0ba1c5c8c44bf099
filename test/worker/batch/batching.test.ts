import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Message } from '../../../worker/message.ts';
import { seeded, VirtualWorker, type VirtualWorkerOptions } from '../virtual-worker.ts';

const minute = 60_000;
const fifoQueue = { queueName: 'orders.fifo', queueAttributes: { FifoQueue: 'true' } };

function batching(batch: object = {}, options: VirtualWorkerOptions = {}): VirtualWorker {
  return new VirtualWorker({ ...options, recipient: { batch: { maxMessages: 10, ...batch }, ...options.recipient } });
}

async function deliverAll(worker: VirtualWorker, count: number, withinMs = 5 * minute): Promise<void> {
  worker.pipeline.start();
  await worker.clock.advanceUntil(() => worker.pipeline.counters.deleted === count, withinMs);
  assert.equal(new Set(worker.batches.accepted).size, count);
  assert.equal(worker.sink.durable.size, count);
  assert.deepEqual(worker.deletedUnaudited, []);
  assert.equal(worker.pipeline.holdings.size, 0);
}

describe('batches', () => {
  it('are full where messages are there, and every message is audited and deleted by itself', async () => {
    const worker = batching();
    await worker.send(200);
    await deliverAll(worker, 200);
    const sizes = worker.batches.requests.map(({ bodies }) => bodies.length);
    assert.ok(Math.max(...sizes) === 10 && sizes.length <= 25, `${sizes}`);
    assert.equal(worker.recipient.posts.length, 0);
    assert.equal(worker.pipeline.counters.attempts, 200);
    assert.equal(worker.pipeline.counters.requests, sizes.length);
  });

  it('go when their first message has waited long enough', async () => {
    const worker = batching({ maxAgeMilliseconds: 500 });
    worker.pipeline.start();
    await worker.send(3);
    await worker.clock.advance(499);
    assert.equal(worker.batches.requests.length, 0);
    await worker.clock.advance(2);
    assert.deepEqual(
      worker.batches.requests.map(({ bodies }) => bodies.length),
      [3],
    );
  });

  it('are as large as the slots make messages wait', async () => {
    const worker = batching(
      { maxAgeMilliseconds: 1, maxMessages: 100 },
      { recipient: { concurrency: { maxPerReplica: 1 } } },
    );
    worker.batches.answer = () => ({ latencyMs: 1000 });
    await worker.send(100);
    await deliverAll(worker, 100);
    assert.ok(worker.batches.requests.length <= 8, `${worker.batches.requests.length} requests`);
  });

  it('make room when a message that waited for others is lost meanwhile', async () => {
    let isFirst = true;
    const lost = { code: 'InvalidParameterValue', message: 'injected', senderFault: true };
    const worker = batching(
      { maxAgeMilliseconds: 5_000 },
      {
        queue: { visibilityTimeoutSeconds: 10 },
        // Room for one of the messages at a time: nothing is received until the first has gone.
        worker: { maxHeldBytes: 1_048_576 },
        through: (port) => ({
          ...port,
          changeVisibilityBatch: async (changes, signal) => {
            if (!isFirst) return port.changeVisibilityBatch(changes, signal);
            isFirst = false;
            return changes.map(() => lost);
          },
        }),
      },
    );
    for (const text of ['0', '1'])
      await worker.sqs.call('SendMessage', { QueueUrl: worker.queueUrl, MessageBody: text.padEnd(250_000) });
    worker.pipeline.start();
    await worker.clock.advance(minute);
    assert.equal(worker.pipeline.counters.unattempted, 1);
    assert.equal(worker.pipeline.counters.deleted, 2);
  });

  it('never hold more messages than the rate limit allows', async () => {
    const rateLimit = { messages: 5, perSeconds: 1, burst: 5 };
    const worker = batching({}, { recipient: { rateLimit }, scaling: { maxReplicas: 1 } });
    await worker.send(30);
    await deliverAll(worker, 30);
    const { messagesPerSecond = 0 } = worker.pipeline.rateLimit ?? {};
    assert.ok(messagesPerSecond > 0 && messagesPerSecond <= 5);
    let sent = 0;
    for (const { atMs, bodies } of worker.batches.requests) {
      sent += bodies.length;
      assert.ok(sent <= messagesPerSecond * (atMs / 1000) + 1e-6, `${sent} messages after ${atMs} ms`);
    }
  });

  it('give back what has not been attempted when the worker stops', async () => {
    const worker = batching({ maxAgeMilliseconds: 30_000 });
    worker.pipeline.start();
    await worker.send(3);
    await worker.clock.advance(1000);
    const drained = worker.pipeline.drain(new AbortController().signal);
    await worker.clock.advance(21_000);
    assert.equal(await drained, true);
    assert.equal(worker.batches.requests.length, 0);
    assert.equal(worker.pipeline.counters.released, 0);
    assert.equal(await worker.left(), 3);
  });
});

describe('a batch that is not accepted as it is', () => {
  it('is tried again in those messages that the answer names, and in no other', async () => {
    const worker = batching();
    let first = true;
    worker.batches.answer = (bodies) => {
      const failed = first ? bodies.filter((body) => Number(body) % 3 === 0) : [];
      first = false;
      return { latencyMs: 20, failed };
    };
    await worker.send(10);
    await deliverAll(worker, 10);
    const posted = worker.batches.requests.flatMap(({ bodies }) => bodies);
    const again = posted.filter((body, index) => posted.indexOf(body) !== index);
    assert.deepEqual(again.sort(), ['0', '3', '6', '9']);
  });

  for (const status of [429, 500, 503]) {
    it(`is tried again as a whole after ${status}`, async () => {
      const worker = batching();
      let refusals = 2;
      worker.batches.answer = () => ({ latencyMs: 20, status: refusals-- > 0 ? status : 200 });
      await worker.send(10);
      await deliverAll(worker, 10, 20 * minute);
      assert.equal(worker.batches.accepted.length, 10);
    });
  }

  it('is halved until the message is found for which it is refused: that alone is dead-lettered', async () => {
    const worker = batching({ maxMessages: 64 }, { deadLetters: true });
    worker.batches.answer = (bodies) => ({ latencyMs: 5, status: bodies.includes('37') ? 422 : 200 });
    await worker.send(64);
    worker.pipeline.start();
    await worker.clock.advanceUntil(() => worker.pipeline.counters.deleted === 64, minute);
    assert.deepEqual(
      (await worker.deadLetters()).map(({ body }) => body),
      ['37'],
    );
    assert.equal(worker.batches.accepted.length, 63);
    assert.deepEqual(worker.deletedUnaudited, []);
    const refused = worker.batches.requests.filter(({ bodies }) => bodies.includes('37'));
    assert.ok(refused.length <= 7, `${refused.length} refusals`);
  });

  it('stops burning attempts while the recipient is down: one message at a time shows whether it is back', async () => {
    const worker = batching();
    let down = true;
    worker.batches.answer = () => ({ latencyMs: 5, status: down ? 503 : 200 });
    await worker.send(300);
    worker.pipeline.start();
    await worker.clock.advance(20 * minute);
    const probes = worker.batches.requests.slice(-10);
    assert.ok(probes.every(({ bodies }) => bodies.length === 1));
    assert.equal(worker.pipeline.breaker.state, 'Open');
    down = false;
    await worker.clock.advanceUntil(() => worker.pipeline.counters.deleted === 300, 30 * minute);
    assert.deepEqual(worker.deletedUnaudited, []);
  });
});

describe('batches of a FIFO queue', () => {
  /** Fails unless each batch is of one group, no group has two open, and each group is accepted in its order. */
  function watchOrder(worker: VirtualWorker): { readonly byGroup: Map<string, number[]> } {
    const open = new Set<string>();
    worker.batches.watch = (messages: readonly Message[], isOpen) => {
      const groups = new Set(messages.map(({ groupId }) => groupId ?? ''));
      assert.equal(groups.size, 1);
      const [group = ''] = groups;
      if (isOpen) {
        assert.ok(!open.has(group), `two batches of ${group} are open`);
        open.add(group);
      } else open.delete(group);
    };
    const byGroup = new Map<string, number[]>();
    const { accepted } = worker.batches;
    const push = accepted.push.bind(accepted);
    accepted.push = (...bodies) => {
      for (const body of bodies) {
        const group = String(Number(body) % 5);
        byGroup.set(group, [...(byGroup.get(group) ?? []), Number(body)]);
      }
      return push(...bodies);
    };
    return { byGroup };
  }

  for (let seed = 1; seed <= 12; seed++) {
    it(`hold one group in its order, whatever is refused (seed ${seed})`, async () => {
      const random = seeded(seed);
      const worker = batching({ maxMessages: 4, maxAgeMilliseconds: 50 }, { ...fifoQueue, random });
      const { byGroup } = watchOrder(worker);
      worker.batches.answer = (bodies) => {
        const draw = random();
        if (draw < 0.1) return { latencyMs: 20, status: 503 };
        if (draw < 0.2) return { latencyMs: 20, status: 400 };
        // From the first failure on: what comes behind it counts as failed too, so the recipient must not have taken it.
        const from = Math.floor(random() * bodies.length);
        return { latencyMs: 10 + 50 * random(), failed: draw < 0.4 ? bodies.slice(from) : [] };
      };
      await worker.send(60, { groups: 5 });
      await deliverAll(worker, 60, 60 * minute);
      for (const [group, accepted] of byGroup) {
        assert.deepEqual(
          accepted,
          [...accepted].sort((a, b) => a - b),
          `group ${group}`,
        );
        assert.equal(new Set(accepted).size, accepted.length);
      }
    });
  }

  it('are taken back from the first message on that the answer names, so that nothing overtakes it', async () => {
    const worker = batching({ maxMessages: 5 }, fifoQueue);
    let first = true;
    worker.batches.answer = (bodies) => {
      const failed = first ? bodies.slice(2, 3) : [];
      first = false;
      return { latencyMs: 20, failed };
    };
    await worker.send(5, { groups: 1 });
    worker.pipeline.start();
    await worker.clock.advanceUntil(() => worker.pipeline.counters.deleted === 5, 5 * minute);
    const [whole, ...rest] = worker.batches.requests;
    assert.deepEqual(whole?.bodies, ['0', '1', '2', '3', '4']);
    assert.deepEqual(
      rest.flatMap(({ bodies }) => bodies),
      ['2', '3', '4'],
    );
    assert.deepEqual(rest[0]?.attempts, Array(rest[0]?.bodies.length).fill(2));
  });

  it('are halved in order, and go on behind the message that is dead-lettered', async () => {
    const worker = batching({ maxMessages: 8 }, { ...fifoQueue, deadLetters: true });
    worker.batches.answer = (bodies) => ({ latencyMs: 5, status: bodies.includes('3') ? 400 : 200 });
    await worker.send(8, { groups: 1 });
    worker.pipeline.start();
    await worker.clock.advanceUntil(() => worker.pipeline.counters.deleted === 8, minute);
    assert.deepEqual(worker.batches.accepted, ['0', '1', '2', '4', '5', '6', '7']);
    assert.deepEqual(
      (await worker.deadLetters()).map(({ body }) => body),
      ['3'],
    );
  });
});
