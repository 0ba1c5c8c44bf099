import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Answer, type Post, VirtualWorker } from './virtual-worker.ts';

const minute = 60_000;
const downMs = 60 * minute;
const messages = 4_000;
const groups = 60;
const slots = 8;
const latencyMs = 200;

const well = (): Answer => ({ latencyMs });
/** How a recipient is down, and after how long a worker knows of an attempt. */
const failures: Readonly<Record<string, () => Answer>> = {
  'refuses connections': () => ({ latencyMs: 1, error: 'ConnectFailed' }),
  'answers 503': () => ({ latencyMs: 5, status: 503 }),
  'hangs until the timeout': () => ({ latencyMs: 30_000, error: 'Timeout' }),
};

/** So many workers of one queue, whose messages SQS moves away when they have been received too often. */
async function startFleet(fifo: boolean, size: number) {
  const queueName = fifo ? 'orders.fifo' : 'orders';
  const kind = fifo ? { FifoQueue: 'true' } : {};
  const worker = new VirtualWorker({
    ...{ queueName, queueAttributes: kind },
    recipient: { concurrency: { maxPerReplica: slots }, timeoutSeconds: 30 },
  });
  const lostUrl = worker.sqs.createQueue(fifo ? 'lost.fifo' : 'lost', kind);
  const attributesOf = async (url: string) => {
    const answer = await worker.sqs.call('GetQueueAttributes', { QueueUrl: url, AttributeNames: ['All'] });
    return (answer as { Attributes: Record<string, string> }).Attributes;
  };
  // docs/guarantee.md asks for the number of workers and three more on a FIFO queue.
  const policy = { deadLetterTargetArn: (await attributesOf(lostUrl)).QueueArn, maxReceiveCount: fifo ? size + 3 : 3 };
  const Attributes = { RedrivePolicy: JSON.stringify(policy) };
  await worker.sqs.call('SetQueueAttributes', { QueueUrl: worker.queueUrl, Attributes });
  await worker.send(messages, fifo ? { groups } : {});
  const pipelines = [worker.pipeline, ...Array.from({ length: size - 1 }, () => worker.successor())];
  worker.recipient.answer = well;
  for (const pipeline of pipelines) pipeline.start();
  const lost = async () => Number((await attributesOf(lostUrl)).ApproximateNumberOfMessages);
  return { worker, pipelines, lost };
}

function inOrder(accepted: readonly Post[]): boolean {
  const newest = new Map<number, number>();
  return accepted.every(({ body }) => {
    const [n, group] = [Number(body), Number(body) % groups];
    const isNext = n > (newest.get(group) ?? -1);
    newest.set(group, n);
    return isNext;
  });
}

describe('a fleet whose recipient is down for an hour', () => {
  for (const [how, down] of Object.entries(failures))
    for (const fifo of [false, true])
      it(`and ${how} loses no message, is back at full rate within two minutes, and does not run it over: ${fifo ? 'FIFO' : 'standard'}`, async () => {
        const { worker, pipelines, lost } = await startFleet(fifo, 3);
        const { clock, recipient } = worker;
        const began = (fromMs: number, untilMs: number) =>
          recipient.posts.filter(({ atMs }) => atMs >= fromMs && atMs < untilMs).length;
        await clock.advance(10_000);
        const before = began(5_000, 10_000) / 5;

        recipient.answer = down;
        await clock.advance(downMs);
        assert.ok(pipelines.every(({ breaker }) => breaker.state === 'Open'));
        const upMs = clock.monotonic();
        assert.ok(began(upMs - downMs + minute, upMs) <= 3 * 170, 'no more than probes');
        assert.equal(await lost(), 0);

        recipient.answer = well;
        const known = recipient.accepted.length;
        await clock.advanceUntil(() => recipient.accepted.length > known, minute);
        const backMs = clock.monotonic();
        for (let second = 0; second < 5; second++) {
          const inForce = pipelines.reduce((sum, { concurrency }) => sum + concurrency.limit, 0);
          await clock.advance(1_000);
          const requests = began(backMs + second * 1_000, backMs + (second + 1) * 1_000);
          // What the limits allow at a time they allow again when it is done: five times a second.
          const most = second === 0 ? inForce : (inForce + pipelines.length * 4) * (1_000 / latencyMs);
          assert.ok(requests <= most, `${requests} requests in second ${second}, ${inForce} in force`);
        }
        const left = upMs + 2 * minute - clock.monotonic() - 5_000;
        let best = 0;
        for (let waitedMs = 0; waitedMs < left && best < 0.95 * before; waitedMs += 1_000) {
          await clock.advance(1_000);
          best = Math.max(best, began(clock.monotonic() - 2_000, clock.monotonic()) / 2);
        }
        assert.ok(best >= 0.95 * before, `${best}/s after, ${before}/s before`);
        assert.equal(await lost(), 0);
        if (fifo) assert.ok(inOrder(recipient.accepted), 'the order of a group is lost');
      });
});
