import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RateShare } from '../../api/exchange.ts';
import { Allowance } from './scenarios/allowance.ts';
import { VirtualWorker, type VirtualWorker as Worker } from './virtual-worker.ts';

const limit = (messages: number, burst: number, fields: object = {}) => ({
  recipient: { rateLimit: { messages, burst }, ...fields },
});
/** So large a share of the limit that the worker has all of it but a little: it divides by `maxReplicas` and a rollout's. */
const alone = { scaling: { maxReplicas: 1 } };

/** The most messages that were posted within any window of so many milliseconds. */
function mostPosted({ recipient }: Worker, windowMs: number): number {
  const times = recipient.posts.map((post) => post.atMs);
  let first = 0;
  return times.reduce((most, atMs, last) => {
    while ((times[first] ?? 0) < atMs - windowMs) first++;
    return Math.max(most, last - first + 1);
  }, 0);
}

describe('the pipeline under a rate limit', () => {
  it('posts at the rate and no faster in any window, retries included', async () => {
    const worker = new VirtualWorker({ ...limit(100, 20), ...alone });
    worker.recipient.answer = ({ attempt }) => ({ latencyMs: 20, status: attempt < 2 ? 409 : 200 });
    await worker.send(3_000);
    worker.pipeline.start();
    await worker.clock.advance(60_000);
    for (const windowMs of [0, 100, 1_000, 10_000]) {
      const most = mostPosted(worker, windowMs);
      assert.ok(most <= 10 + (50 * windowMs) / 1000 + 1, `${most} posts in ${windowMs} ms`);
    }
    assert.ok(worker.recipient.posts.length > 0.95 * 50 * 60, `${worker.recipient.posts.length} posts in a minute`);
  });

  for (const batch of [undefined, { maxMessages: 5 }]) {
    const how = batch === undefined ? 'messages' : 'batches';
    it(`lets no ${how} gather while there is no access token, and go out together when it has come`, async () => {
      const worker = new VirtualWorker({ ...limit(20, 10, batch && { batch }), ...alone });
      const { clock } = worker;
      const posts: number[] = [];
      worker.recipient.answer = () => ({ latencyMs: posts.push(clock.monotonic()) && 20 });
      worker.batches.watch = (messages, isOpen) => {
        if (isOpen) posts.push(...messages.map(() => clock.monotonic()));
      };
      let ready: (() => void) | undefined;
      const isReady = (then: () => void) => {
        ready = then;
        return clock.monotonic() >= 30_000;
      };
      worker.recipient.isReady = isReady;
      worker.batches.isReady = isReady;
      await worker.send(400);
      worker.pipeline.start();
      await clock.advance(30_000);
      assert.deepEqual(posts, []);
      ready?.();
      await clock.advance(10_000);
      const allowance = new Allowance();
      allowance.set({ messagesPerSecond: 10, burst: 5 }, 0);
      assert.equal(allowance.exceeded(posts), undefined);
      assert.ok(posts.length >= 100, `${posts.length} posts in ten seconds`);
    });
  }

  it('receives only what it may send, and asks for ten where it can wait for ten', async () => {
    let receives = 0;
    const worker = new VirtualWorker({
      ...limit(100, 20),
      ...alone,
      through: (port) => ({
        ...port,
        receive: (request) => {
          receives++;
          return port.receive(request);
        },
      }),
    });
    await worker.send(3_000);
    worker.pipeline.start();
    let mostWaiting = 0;
    for (let n = 0; n < 200; n++) {
      await worker.clock.advance(50);
      mostWaiting = Math.max(mostWaiting, worker.pipeline.holdings.counts.received);
    }
    assert.equal(mostWaiting, 0);
    assert.equal(worker.pipeline.waiting.for, 'RateLimit');
    assert.match(worker.pipeline.waiting.explanation, /50 messages a second while no operator/);
    assert.equal(worker.pipeline.liveness.alive, true);
    assert.ok(receives < worker.recipient.posts.length / 8, `${receives} receives`);
    assert.ok(worker.pipeline.counters.rateLimitedSeconds > 8);
  });

  it('delivers a message an hour where that is the limit', async () => {
    const worker = new VirtualWorker({
      recipient: { rateLimit: { messages: 2, perSeconds: 7200, burst: 1 } },
      ...alone,
    });
    await worker.send(3);
    worker.pipeline.start();
    await worker.clock.advance(6.5 * 3600_000);
    assert.equal(worker.recipient.accepted.length, 3);
    assert.ok(mostPosted(worker, 7_199_000) <= 1);
    assert.equal(worker.pipeline.counters.unattempted, 0);
  });

  it('falls back by itself when it never hears of its operator', async () => {
    const worker = new VirtualWorker({ ...limit(2, 2), ...alone, hasOperator: true });
    await worker.send(5);
    worker.pipeline.start();
    await worker.clock.advance(15_000);
    assert.equal(worker.pipeline.waiting.for, 'RateLimit');
    assert.equal(worker.recipient.posts.length, 0);
    await worker.clock.advance(10_000);
    assert.equal(worker.recipient.accepted.length, 5);
  });

  it('lives by the share that it is handed, at once, and falls back when that is not renewed', async () => {
    const worker = new VirtualWorker({ ...limit(1000, 1000), hasOperator: true, scaling: { maxReplicas: 80 } });
    await worker.send(5_000);
    worker.pipeline.start();
    await worker.clock.advance(10_000);
    assert.equal(worker.recipient.posts.length, 0, 'others may hold all of it');
    const share: RateShare = {
      ...{ id: 'first', messagesPerSecond: 200, burst: 20, ttlSeconds: 15 },
      fallback: { messagesPerSecond: 10, burst: 10 },
    };
    worker.pipeline.grant(share);
    await worker.clock.advance(10_000);
    const leased = worker.recipient.posts.length;
    assert.ok(leased > 1_900 && leased <= 2_020, `${leased} posts in ten seconds of 200/s`);
    worker.pipeline.grant({ ...share, id: 'second', messagesPerSecond: 0, burst: 0, ttlSeconds: 5 });
    await worker.clock.advance(5_000);
    assert.equal(worker.recipient.posts.length, leased);
    await worker.clock.advance(15_000);
    assert.equal(worker.recipient.posts.length, leased, 'the smaller of its last share and the fallback');
    await worker.clock.advance(10_000);
    const fellBack = worker.recipient.posts.length - leased;
    assert.ok(fellBack >= 90 && fellBack <= 110, `${fellBack} posts in ten seconds of the fallback`);
    worker.pipeline.grant(null);
    await worker.clock.advance(5_000);
    assert.equal(worker.pipeline.counters.deleted, 5_000);
  });
});
