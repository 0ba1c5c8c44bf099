import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { VirtualWorker } from './virtual-worker.ts';

const hour = 3_600_000;
const messages = 200;

/** Workers of a FIFO queue from which SQS moves what has been received too often, and what it has moved. */
function fleetWithRedrive(size: number) {
  const kind = { FifoQueue: 'true' };
  const worker = new VirtualWorker({
    ...{ queueName: 'orders.fifo', queueAttributes: kind },
    recipient: { concurrency: { maxPerReplica: 8 } },
  });
  const movedUrl = worker.sqs.createQueue('moved.fifo', kind);
  // As docs/guarantee.md asks for.
  const maxReceiveCount = size + 3;
  const deadLetterTargetArn = `arn:aws:sqs:us-east-1:000000000000:moved.fifo`;
  const Attributes = { RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount }) };
  const start = async () => {
    await worker.sqs.call('SetQueueAttributes', { QueueUrl: worker.queueUrl, Attributes });
    const pipelines = [worker.pipeline, ...Array.from({ length: size - 1 }, () => worker.successor())];
    for (const pipeline of pipelines) pipeline.start();
  };
  const moved = async () => {
    const request = { QueueUrl: movedUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 43_200 };
    const answer = await worker.sqs.call('ReceiveMessage', request);
    return ((answer as { Messages?: { Body: string }[] }).Messages ?? []).map(({ Body }) => Body).sort();
  };
  return { worker, start, moved };
}

describe('messages of a FIFO queue behind some that the recipient never takes', () => {
  const fleets: [size: number, groups: number][] = [
    [1, 6],
    [3, 2],
    [3, 60],
    [6, 20],
  ];
  for (const [size, groups] of fleets) {
    it(`are delivered in order, and none is moved by SQS in its place: ${size} workers, ${groups} groups`, async () => {
      const { worker, start, moved } = fleetWithRedrive(size);
      const poison = ['0', '1', String(2 * groups)];
      worker.recipient.answer = ({ body }) => ({ latencyMs: 100, status: poison.includes(body) ? 422 : 200 });
      await worker.send(messages, { groups });
      await start();
      await worker.clock.advance(hour);
      assert.deepEqual(await moved(), poison.toSorted());
      assert.equal(await worker.left(), 0);
      const accepted = worker.recipient.accepted.map(({ body }) => Number(body));
      assert.equal(new Set(accepted).size, messages - poison.length);
      for (const ofGroup of Map.groupBy(accepted, (n) => n % groups).values())
        assert.deepEqual(
          ofGroup,
          ofGroup.toSorted((a, b) => a - b),
        );
    });
  }
});
