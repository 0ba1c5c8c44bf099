import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inProcessQueue } from '../../aws/embedded/in-process.ts';
import { StuckGroups } from '../../worker/stuck-groups.ts';
import { VirtualWorker } from './virtual-worker.ts';

const minute = 60_000;

describe('the groups that are stuck', () => {
  it('are those whose head waits, until it moves on or nothing is heard of it any more', () => {
    const groups = new StuckGroups();
    assert.equal(groups.any(0), false);
    groups.note('a', 5_000, 0);
    groups.note('b', 0, 0);
    groups.note(undefined, 0, 0);
    groups.forget('a');
    assert.equal(groups.any(minute - 1), true);
    assert.equal(groups.any(minute), false);
  });
});

describe('a message that fails alone, with others behind it in its group', () => {
  it('keeps no other group from being received, although the recipient seems to be down', async () => {
    const worker = new VirtualWorker({ queueName: 'orders.fifo', queueAttributes: { FifoQueue: 'true' } });
    worker.recipient.answer = ({ groupId }) => ({ latencyMs: 10, status: groupId === 'g0' ? 503 : 200 });
    await worker.send(10, { groups: 1 });
    worker.pipeline.start();
    await worker.clock.advanceUntil(() => worker.pipeline.breaker.state === 'Open', 10 * minute);
    await worker.send(10, { from: 11, groups: 2 });
    await worker.clock.advance(minute);
    assert.deepEqual(
      worker.recipient.accepted.map(({ body }) => body),
      ['11', '13', '15', '17', '19'],
    );
  });
});

describe('a message that Retry-After puts off for years', () => {
  it('counts as stuck no longer than SQS holds it back', async () => {
    let asked = 0;
    const worker = new VirtualWorker({
      ...{ queueName: 'orders.fifo', queueAttributes: { FifoQueue: 'true' } },
      through: (port) => ({
        ...port,
        receive: (request) => {
          asked = request.maxMessages;
          return port.receive(request);
        },
      }),
    });
    worker.recipient.answer = () => ({ latencyMs: 10, status: 409, retryAfter: '999999999' });
    await worker.send(1, { groups: 1 });
    worker.pipeline.start();
    await worker.clock.advanceUntil(() => worker.pipeline.counters.released === 1);
    await worker.clock.advance(minute);
    assert.equal(asked, 1);
    // It is another worker that takes it when it is back.
    await worker.sqs.call('PurgeQueue', { QueueUrl: worker.queueUrl });
    await worker.clock.advance(12 * 60 * minute + minute);
    assert.equal(asked, 10);
  });
});

describe("a message that fails for ever on a FIFO queue with SQS's own dead-letter queue", () => {
  it('goes there alone: those behind it are delivered', async () => {
    const worker = new VirtualWorker({ queueName: 'orders.fifo', queueAttributes: { FifoQueue: 'true' } });
    const deadLetterUrl = worker.sqs.createQueue('dead.fifo', { FifoQueue: 'true' });
    const deadLetterTargetArn = `arn:aws:sqs:us-east-1:${new URL(deadLetterUrl).pathname.split('/')[1]}:dead.fifo`;
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 3 });
    await worker.sqs.call('SetQueueAttributes', { QueueUrl: worker.queueUrl, Attributes: { RedrivePolicy } });
    worker.recipient.answer = ({ body }) => ({ latencyMs: 10, status: body === '0' ? 503 : 200 });
    await worker.send(10, { groups: 1 });
    worker.pipeline.start();
    await worker.clock.advance(300 * minute);
    assert.deepEqual(
      worker.recipient.accepted.map(({ body }) => body),
      ['1', '2', '3', '4', '5', '6', '7', '8', '9'],
    );
    const request = { maxMessages: 10, waitTimeSeconds: 0, visibilityTimeoutSeconds: 60 };
    const dead = await inProcessQueue(worker.sqs, deadLetterUrl).receive(request);
    assert.deepEqual(
      dead.map(({ body }) => body),
      ['0'],
    );
  });
});
