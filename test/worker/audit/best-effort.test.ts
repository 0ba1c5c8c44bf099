import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { VirtualWorker } from '../virtual-worker.ts';

const minute = 60_000;
const audit = { policy: 'BestEffort' };

/** A worker that is to stop while ten records wait for its sink, which is away. */
async function drainingWorker() {
  const worker = new VirtualWorker({ audit });
  worker.sink.failure = 'away';
  await worker.send(10);
  worker.pipeline.start();
  await worker.clock.advance(minute);
  const stop = new AbortController();
  const drained = worker.pipeline.drain(stop.signal);
  await worker.clock.advance(minute);
  return { worker, stop, drained };
}

describe('an audit of best effort', () => {
  it('holds up no message while its sink is away, and writes the records when it is back', async () => {
    const worker = new VirtualWorker({ audit });
    worker.sink.failure = 'away';
    await worker.send(2_000);
    worker.pipeline.start();
    await worker.clock.advance(minute);
    assert.equal(await worker.left(), 0);
    assert.equal(worker.sink.records, 0);
    assert.equal(worker.pipeline.waiting.for, 'Messages');
    assert.equal(worker.pipeline.auditFailure, 'away');
    worker.sink.failure = undefined;
    await worker.clock.advance(minute);
    assert.equal(worker.sink.durable.size, 2_000);
    assert.equal(worker.pipeline.auditFailure, null);
    assert.equal(worker.pipeline.counters.auditDropped, 0);
  });

  it('gives records up when too many wait, and counts them', async () => {
    const worker = new VirtualWorker({ audit });
    worker.sink.failure = 'away';
    const MessageBody = 'x'.repeat(1_000_000);
    for (let n = 0; n < 40; n++) await worker.sqs.call('SendMessage', { QueueUrl: worker.queueUrl, MessageBody });
    worker.pipeline.start();
    await worker.clock.advance(minute);
    assert.equal(await worker.left(), 0);
    const { auditDropped } = worker.pipeline.counters;
    // 32 MiB hold 33 records of a megabyte, and the one that passes the limit.
    assert.equal(auditDropped, 6);
    worker.sink.failure = undefined;
    await worker.clock.advance(minute);
    assert.equal(worker.sink.records, 40 - auditDropped);
  });

  it('is waited for when the worker stops, for as long as that may take', async () => {
    const { worker, drained } = await drainingWorker();
    worker.sink.failure = undefined;
    await worker.clock.advance(minute);
    assert.equal(await drained, true);
    assert.equal(worker.sink.durable.size, 10);
  });

  it('counts what it has not written when the worker must stop', async () => {
    const { worker, stop, drained } = await drainingWorker();
    stop.abort();
    await worker.clock.advance(1);
    assert.equal(await drained, false);
    assert.equal(worker.pipeline.counters.auditDropped, 10);
  });
});
