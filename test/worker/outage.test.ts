import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { VirtualWorker, type VirtualWorkerOptions } from './virtual-worker.ts';

const minute = 60_000;

/** A worker of a queue whose messages move to another after so many receives. */
async function workerWithRedrive(maxReceiveCount: number, options: VirtualWorkerOptions = {}) {
  const receives: { readonly atMs: number; readonly maxMessages: number; readonly got: number }[] = [];
  const worker = new VirtualWorker({
    ...options,
    through: (port, clock) => ({
      ...port,
      receive: async (request) => {
        const atMs = clock.monotonic();
        const messages = await port.receive(request);
        receives.push({ atMs, maxMessages: request.maxMessages, got: messages.length });
        return messages;
      },
    }),
  });
  const fifo = options.queueName?.endsWith('.fifo') ? { FifoQueue: 'true' } : {};
  const lostUrl = worker.sqs.createQueue(fifo.FifoQueue ? 'lost.fifo' : 'lost', fifo);
  const ask = async (url: string) => {
    const answer = await worker.sqs.call('GetQueueAttributes', { QueueUrl: url, AttributeNames: ['All'] });
    return (answer as { Attributes: Record<string, string> }).Attributes;
  };
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: (await ask(lostUrl)).QueueArn, maxReceiveCount });
  await worker.sqs.call('SetQueueAttributes', { QueueUrl: worker.queueUrl, Attributes: { RedrivePolicy } });
  const lost = async () => Number((await ask(lostUrl)).ApproximateNumberOfMessages);
  return { worker, receives, lost };
}

/** Posts that began from `fromMs` on and before `untilMs`. */
function posted({ recipient }: VirtualWorker, fromMs: number, untilMs: number): number {
  return recipient.posts.filter(({ atMs }) => atMs >= fromMs && atMs < untilMs).length;
}

const down = () => ({ latencyMs: 5, status: 503 });
const well = () => ({ latencyMs: 50 });

describe('a recipient that is down for an hour', () => {
  it('costs no message, hardly any receive, and is back at full rate within two minutes without being run over', async () => {
    const { worker, receives, lost } = await workerWithRedrive(2);
    worker.recipient.answer = well;
    await worker.send(30_000);
    worker.pipeline.start();
    await worker.clock.advance(10_000);
    const before = worker.recipient.posts.length / 10;

    worker.recipient.answer = down;
    const downMs = worker.clock.monotonic();
    await worker.clock.advance(5_000);
    assert.equal(worker.pipeline.breaker.state, 'Open');
    assert.match(worker.pipeline.breaker.explanation, /^the recipient has been down for \d s: it answers 503$/);
    const openReceives = receives.length;
    await worker.clock.advance(60 * minute - 5_000);
    const upMs = worker.clock.monotonic();
    assert.equal(worker.pipeline.waiting.for, 'Breaker');
    assert.equal(worker.pipeline.liveness.alive, true);
    const spent = receives.slice(openReceives).reduce((sum, { got }) => sum + got, 0);
    assert.ok(spent <= 10, `${spent} messages received while the breaker was open`);
    const probes = posted(worker, downMs + 5_000, upMs);
    assert.ok(probes >= 100 && probes <= 160, `${probes} probes in an hour`);

    worker.recipient.answer = well;
    await worker.clock.advanceUntil(() => worker.pipeline.breaker.state === 'Recovering', 40_000);
    const backMs = worker.clock.monotonic();
    let mostLimit = 0;
    for (let second = 0; second < 12; second++) {
      await worker.clock.advance(1_000);
      mostLimit = Math.max(mostLimit, worker.pipeline.concurrency.limit);
      const began = posted(worker, backMs + second * 1000, backMs + (second + 1) * 1000);
      if (second < 6) assert.ok(began <= 1.5 * mostLimit, `${began} requests in second ${second} at ${mostLimit}`);
    }
    assert.ok(posted(worker, upMs, backMs + 1_000) <= 3);
    const fromMs = worker.clock.monotonic();
    assert.ok(fromMs <= upMs + minute);
    await worker.clock.advance(2_000);
    const after = posted(worker, fromMs, fromMs + 2_000) / 2;
    assert.ok(after > 0.95 * before, `${after}/s after, ${before}/s before`);
    assert.equal(await lost(), 0);
    assert.equal(worker.pipeline.counters.breakerOpenings, 1);
  });

  it('costs a queue of one message no receive either', async () => {
    const { worker, lost } = await workerWithRedrive(1);
    worker.recipient.answer = down;
    await worker.send(1);
    worker.pipeline.start();
    await worker.clock.advance(60 * minute);
    assert.equal(worker.pipeline.counters.received, 1);
    worker.recipient.answer = well;
    await worker.clock.advance(minute);
    assert.equal(worker.pipeline.counters.deleted, 1);
    assert.equal(await lost(), 0);
  });

  it('keeps the order of a FIFO queue', async () => {
    const { worker, lost } = await workerWithRedrive(3, {
      queueName: 'orders.fifo',
      queueAttributes: { FifoQueue: 'true' },
    });
    worker.recipient.answer = down;
    await worker.send(100, { groups: 4 });
    worker.pipeline.start();
    await worker.clock.advance(60 * minute);
    worker.recipient.answer = well;
    await worker.clock.advance(3 * minute);
    assert.equal(worker.pipeline.counters.deleted, 100);
    for (const posts of Map.groupBy(worker.recipient.accepted, (post) => Number(post.body) % 4).values()) {
      const order = posts.map((post) => Number(post.body));
      assert.deepEqual(
        order,
        order.toSorted((a, b) => a - b),
      );
    }
    assert.equal(await lost(), 0);
  });

  it('is found out by its silence, too', async () => {
    const { worker } = await workerWithRedrive(3, { recipient: { timeoutSeconds: 30 } });
    worker.recipient.answer = () => ({ latencyMs: 30_000, status: 504 });
    await worker.send(1_000);
    worker.pipeline.start();
    await worker.clock.advance(31_000);
    assert.equal(worker.pipeline.breaker.state, 'Open');
    assert.ok(worker.recipient.posts.length <= 11);
  });

  it('is asked again when it says', async () => {
    const { worker } = await workerWithRedrive(3);
    worker.recipient.answer = () => ({ latencyMs: 5, status: 503, retryAfter: '120' });
    await worker.send(100);
    worker.pipeline.start();
    await worker.clock.advance(2_000);
    await worker.clock.advanceUntil(() => worker.pipeline.counters.probes === 1, minute);
    const probeMs = worker.clock.monotonic();
    await worker.clock.advance(119_000);
    assert.equal(posted(worker, probeMs + 1, worker.clock.monotonic()), 0);
    await worker.clock.advance(2_000);
    assert.equal(worker.pipeline.counters.probes, 2);
  });

  it('does not keep what others might deliver', async () => {
    const { worker } = await workerWithRedrive(3);
    worker.recipient.answer = () => ({ latencyMs: 2_000, status: 503 });
    await worker.send(1_000);
    worker.pipeline.start();
    await worker.clock.advance(2 * minute);
    assert.equal(worker.pipeline.breaker.state, 'Open');
    assert.ok(worker.pipeline.holdings.size <= 5, `${worker.pipeline.holdings.size} held`);
  });
});

describe('a message that the recipient fails on', () => {
  it('does not hold up others, however few there are', async () => {
    const { worker, lost } = await workerWithRedrive(3);
    worker.recipient.answer = ({ body }) => (body === '0' ? down() : well());
    await worker.send(1);
    worker.pipeline.start();
    await worker.clock.advance(minute);
    assert.equal(worker.pipeline.breaker.state, 'Open', 'for all that is known, the recipient is down');
    for (let n = 1; n <= 20; n++) {
      await worker.send(1, { from: n });
      await worker.clock.advance(1_000);
      assert.equal(worker.recipient.accepted.length, n);
      await worker.clock.advance(minute);
    }
    await worker.clock.advance(60 * minute);
    assert.equal(worker.recipient.accepted.length, 20);
    assert.ok((await lost()) <= 1);
  });

  it('is not all that is probed with', async () => {
    const { worker } = await workerWithRedrive(100);
    worker.recipient.answer = ({ body }) => (Number(body) < 3 ? down() : well());
    await worker.send(3);
    worker.pipeline.start();
    await worker.clock.advance(minute);
    await worker.send(20, { from: 3 });
    await worker.clock.advance(2 * minute);
    assert.equal(worker.recipient.accepted.length, 20);
  });
});

describe('a recipient that asks for less', () => {
  it('gets less, and costs few receives', async () => {
    const { worker } = await workerWithRedrive(100);
    let tokens = 5;
    const refill = () => {
      tokens = 5;
      worker.clock.setTimeout(refill, 1_000);
    };
    worker.clock.setTimeout(refill, 1_000);
    worker.recipient.answer = () => (tokens-- > 0 ? { latencyMs: 5 } : { latencyMs: 5, status: 429, retryAfter: '1' });
    await worker.send(1_000);
    worker.pipeline.start();
    await worker.clock.advance(10_000);
    const { delivered, throttled } = { ...worker.pipeline.counters };
    await worker.clock.advance(2 * minute);
    const { counters } = worker.pipeline;
    assert.ok(counters.delivered - delivered > 0.8 * 5 * 120, `${counters.delivered - delivered} delivered`);
    assert.ok(
      counters.throttled - throttled < counters.delivered - delivered,
      `${counters.throttled - throttled} refused`,
    );
    assert.equal(counters.breakerOpenings, 0);
  });
});
