import assert from 'node:assert/strict';
import { bodies, refuses, type SqsCase } from './sqs-case.ts';

/** A poll of 10 seconds that is answered within this time was woken, and did not just come to its end. */
const promptMs = 5000;

async function timed<T>(promise: Promise<T>): Promise<[T, number]> {
  const start = performance.now();
  return [await promise, performance.now() - start];
}

/** Receives that wait. */
export const longPollCases: readonly SqsCase[] = [
  {
    id: 'poll-waits',
    title: 'a long poll of an empty queue answers nothing after its time',
    async run(context) {
      const url = await context.queue();
      const [messages, tookMs] = await timed(context.receive(url, { WaitTimeSeconds: 1 }));
      assert.deepEqual(messages, []);
      assert.ok(tookMs >= 900, `it took ${tookMs} ms`);
    },
  },
  {
    id: 'poll-by-queue-attribute',
    title: 'a receive without a time waits as long as the queue says',
    async run(context) {
      const url = await context.queue({ ReceiveMessageWaitTimeSeconds: '1' });
      const [, tookMs] = await timed(context.sqs.receiveMessage({ QueueUrl: url }));
      assert.ok(tookMs >= 900, `it took ${tookMs} ms`);
    },
  },
  {
    id: 'poll-woken-by-send',
    title: 'a send wakes a long poll',
    async run(context) {
      const url = await context.queue();
      const poll = timed(context.receiveOne(url));
      await context.send(url, 'x');
      const [message, tookMs] = await poll;
      assert.equal(message.Body, 'x');
      assert.ok(tookMs < promptMs, `it took ${tookMs} ms`);
    },
  },
  {
    id: 'poll-woken-by-expiry',
    title: 'the end of a visibility timeout wakes a long poll',
    async run(context) {
      const url = await context.queue();
      await context.send(url, 'x');
      await context.receiveOne(url, { VisibilityTimeout: 2 });
      const [message, tookMs] = await timed(context.receiveOne(url));
      assert.equal(message.Body, 'x');
      assert.ok(tookMs < promptMs, `it took ${tookMs} ms`);
    },
  },
  {
    id: 'poll-woken-by-delay',
    title: 'a delayed message is not received before its delay is over, and then wakes a long poll',
    async run(context) {
      const url = await context.queue();
      await context.send(url, 'x', { DelaySeconds: 2 });
      const [message, tookMs] = await timed(context.receiveOne(url));
      assert.equal(message.Body, 'x');
      assert.ok(tookMs > 1000 && tookMs < promptMs, `it took ${tookMs} ms`);
    },
  },
  {
    id: 'poll-woken-by-release',
    title: 'a change of visibility to zero wakes a long poll',
    async run(context) {
      const url = await context.queue();
      await context.send(url, 'x');
      const message = await context.receiveOne(url);
      const poll = timed(context.receiveOne(url));
      await context.changeVisibility(url, message, 0);
      const [again, tookMs] = await poll;
      assert.equal(again.MessageId, message.MessageId);
      assert.ok(tookMs < promptMs, `it took ${tookMs} ms`);
    },
  },
  {
    id: 'poll-loser-waits-on',
    title: 'of two long polls the one that does not get the message goes on waiting for the next',
    async run(context) {
      const url = await context.queue();
      const polls = [context.receive(url, { WaitTimeSeconds: 10 }), context.receive(url, { WaitTimeSeconds: 10 })];
      await context.send(url, 'one');
      await Promise.race(polls);
      await context.send(url, 'two');
      assert.deepEqual((await Promise.all(polls)).flatMap(bodies).sort(), ['one', 'two']);
    },
  },
  {
    id: 'poll-of-deleted-queue',
    title: 'a long poll of a queue that is deleted meanwhile ends with an error that says so, or with nothing',
    async run(context) {
      const url = await context.queue();
      const poll = context.receive(url, { WaitTimeSeconds: 3 });
      await context.sqs.deleteQueue({ QueueUrl: url });
      const outcome = await poll.catch((error: unknown) => refuses(Promise.reject(error), 'QueueDoesNotExist'));
      assert.equal(outcome?.length ?? 0, 0);
    },
  },
  {
    id: 'wait-too-long',
    title: 'a wait of more than 20 seconds is refused',
    async run(context) {
      const url = await context.queue();
      await refuses(context.receive(url, { WaitTimeSeconds: 21 }), 'InvalidParameterValue');
    },
  },
  {
    id: 'receive-too-many',
    title: 'a receive asks for one to ten messages',
    async run(context) {
      const url = await context.queue();
      await refuses(context.receive(url, { MaxNumberOfMessages: 11 }), 'InvalidParameterValue');
      await refuses(context.receive(url, { MaxNumberOfMessages: 0 }), 'InvalidParameterValue');
    },
  },
  {
    id: 'queue-delay',
    title: 'messages are delayed as the queue says, unless they say otherwise themselves',
    async run(context) {
      const url = await context.queue({ DelaySeconds: '900' });
      await context.send(url, 'late');
      await context.send(url, 'now', { DelaySeconds: 0 });
      assert.deepEqual(bodies(await context.receive(url)), ['now']);
    },
  },
];
