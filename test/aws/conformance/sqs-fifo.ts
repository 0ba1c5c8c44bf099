import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { bodies, refuses, type SqsCase, type SqsContext } from './sqs-case.ts';

async function sendAll(context: SqsContext, url: string, group: string, ...texts: readonly string[]): Promise<void> {
  for (const text of texts) await context.send(url, text, { MessageGroupId: group });
}

/** FIFO queues: order, groups, deduplication. */
export const fifoCases: readonly SqsCase[] = [
  {
    id: 'fifo-several-of-a-group',
    title: 'one receive gets several messages of a group, in order',
    async run(context) {
      const url = await context.fifoQueue();
      await sendAll(context, url, 'g', '1', '2', '3', '4');
      assert.deepEqual(bodies(await context.receive(url)), ['1', '2', '3', '4']);
    },
  },
  {
    id: 'fifo-group-blocked',
    title: 'while a message of a group is in flight none of the rest is received, and other groups flow',
    async run(context) {
      const url = await context.fifoQueue();
      await sendAll(context, url, 'g', 'g1', 'g2');
      assert.equal((await context.receiveOne(url)).Body, 'g1');
      await sendAll(context, url, 'h', 'h1');
      assert.deepEqual(bodies(await context.receive(url)), ['h1']);
      assert.deepEqual(await context.receive(url), []);
    },
  },
  {
    id: 'fifo-group-goes-on',
    title: 'when what was in flight is deleted the group goes on',
    async run(context) {
      const url = await context.fifoQueue();
      await sendAll(context, url, 'g', '1', '2', '3');
      const messages = await context.receive(url, { MaxNumberOfMessages: 2 });
      assert.deepEqual(bodies(messages), ['1', '2']);
      await context.delete(url, ...messages.slice(0, 1));
      assert.deepEqual(await context.receive(url), []);
      await context.delete(url, ...messages.slice(1));
      assert.deepEqual(bodies(await context.receive(url)), ['3']);
    },
  },
  {
    id: 'fifo-order-after-release',
    title: 'messages that are released come again in order, before those behind them',
    async run(context) {
      const url = await context.fifoQueue();
      await sendAll(context, url, 'g', '1', '2', '3');
      const [one, two] = await context.receive(url, { MaxNumberOfMessages: 2 });
      assert.ok(one && two);
      await context.changeVisibility(url, two, 0);
      await context.changeVisibility(url, one, 0);
      assert.deepEqual(bodies(await context.receive(url)), ['1', '2', '3']);
    },
  },
  {
    id: 'fifo-order-after-expiry',
    title: 'messages whose visibility timeout has ended come again in order',
    async run(context) {
      const url = await context.fifoQueue({ VisibilityTimeout: '1' });
      await sendAll(context, url, 'g', '1', '2');
      await context.receive(url);
      assert.deepEqual(bodies(await context.receive(url, { WaitTimeSeconds: 10 })), ['1', '2']);
    },
  },
  {
    id: 'fifo-head-extended',
    title: 'a group stays blocked while its head is in flight, though the visibility timeout of the rest has ended',
    async run(context) {
      const url = await context.fifoQueue();
      await sendAll(context, url, 'g', '1', '2');
      const [head] = await context.receive(url, { VisibilityTimeout: 3 });
      assert.ok(head);
      await context.changeVisibility(url, head, 60);
      assert.deepEqual(await context.receive(url, { WaitTimeSeconds: 5 }), []);
    },
  },
  {
    id: 'fifo-deduplication-id',
    title: 'a message with a known deduplication id is taken and dropped, and the first id is answered',
    async run(context) {
      const url = await context.fifoQueue();
      const ids = { MessageGroupId: 'g', MessageDeduplicationId: 'd' };
      const first = await context.send(url, 'one', ids);
      assert.equal(await context.send(url, 'two', ids), first);
      assert.deepEqual(bodies(await context.receive(url)), ['one']);
    },
  },
  {
    id: 'fifo-deduplication-by-content',
    title: 'a queue with deduplication by content drops the same body',
    async run(context) {
      const url = await context.fifoQueue();
      await sendAll(context, url, 'g', 'same', 'same', 'other');
      assert.deepEqual(bodies(await context.receive(url)), ['same', 'other']);
    },
  },
  {
    id: 'fifo-deduplication-outlives-delete',
    title: 'a deduplication id is remembered when its message is deleted',
    async run(context) {
      const url = await context.fifoQueue();
      await sendAll(context, url, 'g', 'x');
      await context.delete(url, await context.receiveOne(url));
      await sendAll(context, url, 'g', 'x');
      assert.deepEqual(await context.receive(url), []);
    },
  },
  {
    id: 'fifo-ids-required',
    title: 'a message without a group, or without a deduplication id where none can be made, is refused',
    async run(context) {
      const url = await context.fifoQueue({ ContentBasedDeduplication: 'false' });
      const missing = ['MissingParameter', 'MissingRequiredParameter'];
      await refuses(context.send(url, 'x', { MessageDeduplicationId: 'd' }), ...missing);
      await refuses(context.send(url, 'x', { MessageGroupId: 'g' }), 'InvalidParameterValue');
    },
  },
  {
    id: 'fifo-delay-of-message',
    title: 'a delay of a single message is refused',
    async run(context) {
      const url = await context.fifoQueue();
      await refuses(context.send(url, 'x', { MessageGroupId: 'g', DelaySeconds: 1 }), 'InvalidParameterValue');
    },
  },
  {
    id: 'fifo-attributes',
    title: 'a message comes with its group, its deduplication id and a sequence number that grows',
    async run(context) {
      const url = await context.fifoQueue();
      await sendAll(context, url, 'g', '1', '2');
      const sequence = (await context.receive(url)).map(({ Attributes }) => {
        assert.equal(Attributes?.MessageGroupId, 'g');
        assert.match(Attributes?.MessageDeduplicationId ?? '', /^[0-9a-f]{64}$/);
        return BigInt(Attributes?.SequenceNumber ?? 0);
      });
      assert.ok((sequence[0] ?? 0n) < (sequence[1] ?? 0n));
    },
  },
  {
    id: 'fifo-expired-delete',
    title: 'a delete after the visibility timeout fails',
    async run(context) {
      const url = await context.fifoQueue();
      await sendAll(context, url, 'g', 'x');
      const message = await context.receiveOne(url, { VisibilityTimeout: 1 });
      await sleep(1500);
      await refuses(context.delete(url, message), 'InvalidParameterValue', 'ReceiptHandleIsInvalid');
      assert.deepEqual(bodies(await context.receive(url)), ['x']);
    },
  },
  {
    id: 'fifo-receive-attempt',
    title: 'a receive that is tried again under its attempt id gets the same messages and handles',
    async run(context) {
      const url = await context.fifoQueue();
      await sendAll(context, url, 'g', '1', '2');
      const attempt = { ReceiveRequestAttemptId: 'attempt-1' };
      const first = await context.receive(url, attempt);
      const again = await context.receive(url, attempt);
      const handles = (messages: typeof first) => messages.map(({ ReceiptHandle }) => ReceiptHandle);
      assert.deepEqual([bodies(again), handles(again)], [['1', '2'], handles(first)]);
      await context.delete(url, ...first);
      assert.deepEqual(await context.receive(url, attempt), []);
    },
  },
];
