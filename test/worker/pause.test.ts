import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { VirtualWorker } from './virtual-worker.ts';

const minute = 60_000;

describe('a paused worker', () => {
  /** A worker whose recipient answers 410 to the first message, and holds the second open until later. */
  async function pausedWorker(): Promise<VirtualWorker> {
    const worker = new VirtualWorker({ recipient: { concurrency: { maxPerReplica: 2 } } });
    worker.recipient.answer = ({ body }) => (body === '0' ? { latencyMs: 10, status: 410 } : { latencyMs: 5_000 });
    await worker.send(100);
    worker.pipeline.start();
    await worker.clock.advanceUntil(() => worker.pipeline.waiting.for === 'Pause', minute);
    return worker;
  }

  it('receives nothing more, and finishes what is open', async () => {
    const worker = await pausedWorker();
    await worker.clock.advance(60 * minute);
    assert.ok(worker.recipient.posts.length <= 3, `${worker.recipient.posts.length} messages were posted`);
    assert.equal(worker.recipient.accepted.length, worker.recipient.posts.length - 1);
    assert.equal(worker.pipeline.counters.deleted, worker.recipient.accepted.length);
    assert.equal(worker.pipeline.holdings.size, 0);
    assert.equal(await worker.left(), 100 - worker.recipient.accepted.length);
  });

  it('says why, and stays alive', async () => {
    const worker = await pausedWorker();
    await worker.clock.advance(60 * minute);
    assert.equal(
      worker.pipeline.waiting.explanation,
      'it answered 410 (delivery.pauseOnGone), so nothing is received until the worker is started again, which a change of the Courier does',
    );
    assert.equal(worker.pipeline.liveness.alive, true);
    assert.equal(worker.pipeline.state, 'Running');
  });

  it('says so even where its last receive has failed', async () => {
    let isDown = false;
    const worker = new VirtualWorker({
      through: (port) => ({
        ...port,
        receive: async (request) => {
          const messages = await port.receive(request);
          if (isDown) throw new Error('injected');
          return messages;
        },
      }),
    });
    worker.recipient.answer = () => ({ latencyMs: 10, status: 410 });
    await worker.send(1);
    worker.pipeline.start();
    isDown = true;
    await worker.clock.advance(minute);
    isDown = false;
    await worker.clock.advance(100);
    await worker.clock.advance(minute);
    assert.equal(worker.pipeline.waiting.for, 'Pause');
  });

  it('stops cleanly', async () => {
    const worker = await pausedWorker();
    const drained = worker.pipeline.drain(new AbortController().signal);
    await worker.clock.advance(minute);
    assert.equal(await drained, true);
  });

  it('pauses no more once it is started again', async () => {
    const worker = await pausedWorker();
    const drained = worker.pipeline.drain(new AbortController().signal);
    await worker.clock.advance(minute);
    await drained;
    worker.recipient.answer = () => ({ latencyMs: 10 });
    worker.successor().start();
    await worker.clock.advance(minute);
    assert.equal(await worker.left(), 0);
  });
});
