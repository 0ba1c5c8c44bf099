import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { bodies, refuses, type SqsCase } from './sqs-case.ts';

/** In flight, visible again, deleted: receipt handles and what they are good for. */
export const visibilityCases: readonly SqsCase[] = [
  {
    id: 'in-flight-hidden',
    title: 'a message in flight is not received again',
    async run(context) {
      const url = await context.queue();
      await context.send(url, 'x');
      await context.receiveOne(url);
      assert.deepEqual(await context.receive(url), []);
    },
  },
  {
    id: 'visibility-expires',
    title: 'after its visibility timeout a message comes again, with another handle and a count of two',
    async run(context) {
      const url = await context.queue({ VisibilityTimeout: '1' });
      const MessageId = await context.send(url, 'x');
      const first = await context.receiveOne(url);
      const second = await context.receiveOne(url);
      assert.equal(second.MessageId, MessageId);
      assert.notEqual(second.ReceiptHandle, first.ReceiptHandle);
      assert.equal(second.Attributes.ApproximateReceiveCount, '2');
      const { ApproximateFirstReceiveTimestamp } = first.Attributes;
      assert.equal(second.Attributes.ApproximateFirstReceiveTimestamp, ApproximateFirstReceiveTimestamp);
    },
  },
  {
    id: 'visibility-of-receive',
    title: "the visibility timeout of a receive goes before the queue's",
    async run(context) {
      const url = await context.queue({ VisibilityTimeout: '600' });
      await context.send(url, 'x');
      await context.receiveOne(url, { VisibilityTimeout: 1 });
      assert.equal((await context.receiveOne(url)).Body, 'x');
    },
  },
  {
    id: 'visibility-zero',
    title: 'a change of visibility to zero makes a message available at once',
    async run(context) {
      const url = await context.queue();
      await context.send(url, 'x');
      await context.changeVisibility(url, await context.receiveOne(url), 0);
      assert.deepEqual(bodies(await context.receive(url)), ['x']);
    },
  },
  {
    id: 'visibility-extended',
    title: 'a change of visibility keeps a message in flight',
    async run(context) {
      const url = await context.queue();
      await context.send(url, 'x');
      const message = await context.receiveOne(url, { VisibilityTimeout: 3 });
      await context.changeVisibility(url, message, 60);
      assert.deepEqual(await context.receive(url, { WaitTimeSeconds: 5 }), []);
    },
  },
  {
    id: 'change-not-in-flight',
    title: 'the visibility of a message that is not in flight cannot be changed',
    async run(context) {
      const url = await context.queue();
      await context.send(url, 'x');
      const message = await context.receiveOne(url);
      await context.changeVisibility(url, message, 0);
      await refuses(context.changeVisibility(url, message, 30), 'MessageNotInflight');
    },
  },
  {
    id: 'change-bogus-handle',
    title: 'the visibility of a bogus handle cannot be changed',
    async run(context) {
      const url = await context.queue();
      await refuses(context.changeVisibility(url, { ReceiptHandle: 'bogus' }, 30), 'ReceiptHandleIsInvalid');
    },
  },
  {
    id: 'change-too-long',
    title: 'a change of visibility to more than 12 hours is refused',
    async run(context) {
      const url = await context.queue();
      await context.send(url, 'x');
      const message = await context.receiveOne(url);
      await refuses(context.changeVisibility(url, message, 43_201), 'InvalidParameterValue');
    },
  },
  {
    id: 'visibility-cap-from-receive',
    title: 'the 12 hours of visibility run from the receive',
    async run(context) {
      const url = await context.queue();
      await context.send(url, 'x');
      const message = await context.receiveOne(url);
      await sleep(2100);
      await refuses(context.changeVisibility(url, message, 43_200), 'InvalidParameterValue');
    },
  },
  {
    id: 'receive-visibility-too-long',
    title: 'a receive with a visibility timeout of more than 12 hours is refused',
    async run(context) {
      const url = await context.queue();
      await refuses(context.receive(url, { VisibilityTimeout: 43_201 }), 'InvalidParameterValue');
    },
  },
  {
    id: 'delete-bogus-handle',
    title: 'a delete with a bogus handle fails',
    async run(context) {
      const url = await context.queue();
      await refuses(context.delete(url, { ReceiptHandle: 'bogus' }), 'ReceiptHandleIsInvalid');
    },
  },
  {
    id: 'delete-twice',
    title: 'a second delete with the same handle succeeds',
    async run(context) {
      const url = await context.queue();
      await context.send(url, 'x');
      const message = await context.receiveOne(url);
      await context.delete(url, message, message);
    },
  },
  {
    id: 'stale-delete',
    title: 'on a standard queue a delete with the handle of an earlier receive succeeds and deletes nothing',
    async run(context) {
      const url = await context.queue();
      await context.send(url, 'x');
      const first = await context.receiveOne(url, { VisibilityTimeout: 0 });
      const second = await context.receiveOne(url);
      await context.delete(url, first);
      await context.changeVisibility(url, second, 0);
      assert.deepEqual(bodies(await context.receive(url)), ['x']);
    },
  },
  {
    id: 'counters',
    title: 'the counters tell available, delayed and in-flight messages apart',
    async run(context) {
      const url = await context.queue();
      await context.send(url, 'in flight');
      await context.receiveOne(url);
      await context.send(url, 'available');
      await context.send(url, 'available');
      await context.send(url, 'delayed', { DelaySeconds: 900 });
      assert.equal(await context.attribute(url, 'ApproximateNumberOfMessages'), '2');
      assert.equal(await context.attribute(url, 'ApproximateNumberOfMessagesNotVisible'), '1');
      assert.equal(await context.attribute(url, 'ApproximateNumberOfMessagesDelayed'), '1');
    },
  },
  {
    id: 'counters-of-idle-queue',
    title: 'a message whose visibility timeout has ended counts as available though nobody receives',
    async run(context) {
      const url = await context.queue({ VisibilityTimeout: '1' });
      await context.send(url, 'x');
      await context.receiveOne(url);
      await sleep(1500);
      assert.equal(await context.attribute(url, 'ApproximateNumberOfMessages'), '1');
      assert.equal(await context.attribute(url, 'ApproximateNumberOfMessagesNotVisible'), '0');
    },
  },
];
