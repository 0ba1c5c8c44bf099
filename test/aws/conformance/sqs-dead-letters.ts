import assert from 'node:assert/strict';
import { bodies, refuses, type SqsCase, type SqsContext } from './sqs-case.ts';

/** Makes a queue whose messages go to a second one after so many receives. */
async function withDeadLetters(context: SqsContext, maxReceiveCount: number) {
  const deadLetters = await context.queue();
  const deadLetterTargetArn = await context.arnOf(deadLetters);
  const url = await context.queue({ RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount }) });
  return { url, deadLetters };
}

/** Sends a message and lets it become a dead letter. */
async function kill(context: SqsContext, url: string, body: string): Promise<string> {
  const MessageAttributes = { reason: { DataType: 'String', StringValue: 'test' } };
  const id = await context.send(url, body, { MessageAttributes });
  await context.receiveOne(url, { VisibilityTimeout: 0 });
  assert.deepEqual(await context.receive(url), []);
  return id;
}

/** Redrive policies and the tasks that move dead letters back. */
export const deadLetterCases: readonly SqsCase[] = [
  {
    id: 'dead-letter',
    title: 'the receive after the last that is allowed moves a message to the dead-letter queue, attributes and all',
    async run(context) {
      const { url, deadLetters } = await withDeadLetters(context, 1);
      const id = await kill(context, url, 'poison');
      const message = await context.receiveOne(deadLetters);
      assert.deepEqual([message.MessageId, message.Body], [id, 'poison']);
      assert.equal(message.MessageAttributes?.reason?.StringValue, 'test');
    },
  },
  {
    id: 'dead-letter-source',
    title: 'a dead letter says where it comes from',
    async run(context) {
      const { url, deadLetters } = await withDeadLetters(context, 1);
      await kill(context, url, 'poison');
      const { Attributes } = await context.receiveOne(deadLetters);
      assert.equal(Attributes.DeadLetterQueueSourceArn, await context.arnOf(url));
    },
  },
  {
    id: 'dead-letter-on-next-receive',
    title: 'a message that has used up its receives stays in the queue until somebody receives',
    async run(context) {
      const { url, deadLetters } = await withDeadLetters(context, 1);
      await context.send(url, 'x');
      await context.receiveOne(url, { VisibilityTimeout: 0 });
      assert.equal(await context.attribute(url, 'ApproximateNumberOfMessages'), '1');
      assert.equal(await context.attribute(deadLetters, 'ApproximateNumberOfMessages'), '0');
    },
  },
  {
    id: 'dead-letter-fifo',
    title: 'a dead letter of a FIFO queue unblocks its group and keeps it',
    async run(context) {
      const deadLetters = await context.fifoQueue();
      const deadLetterTargetArn = await context.arnOf(deadLetters);
      const url = await context.fifoQueue({
        RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 1 }),
      });
      await context.send(url, '1', { MessageGroupId: 'g' });
      await context.receiveOne(url, { VisibilityTimeout: 0 });
      await context.send(url, '2', { MessageGroupId: 'g' });
      assert.deepEqual(bodies(await context.receive(url)), ['2']);
      const message = await context.receiveOne(deadLetters);
      assert.deepEqual([message.Body, message.Attributes.MessageGroupId], ['1', 'g']);
    },
  },
  {
    id: 'redrive-to-nowhere',
    title: 'a redrive policy to a queue that does not exist is refused',
    async run(context) {
      const arn = await context.arnOf(await context.queue());
      const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: `${arn}-not`, maxReceiveCount: 1 });
      await refuses(context.queue({ RedrivePolicy }), 'InvalidParameterValue', 'InvalidAttributeValue');
    },
  },
  {
    id: 'redrive-to-other-type',
    title: 'a redrive policy of a standard queue to a FIFO queue is refused',
    async run(context) {
      const deadLetterTargetArn = await context.arnOf(await context.fifoQueue());
      const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 1 });
      await refuses(context.queue({ RedrivePolicy }), 'InvalidParameterValue', 'InvalidAttributeValue');
    },
  },
  {
    id: 'dead-letter-sources',
    title: 'a dead-letter queue knows the queues it serves',
    async run(context) {
      const { url, deadLetters } = await withDeadLetters(context, 3);
      const { queueUrls } = await context.sqs.listDeadLetterSourceQueues({ QueueUrl: deadLetters });
      assert.deepEqual(queueUrls, [url]);
    },
  },
  {
    id: 'move-task',
    title: 'a move task brings dead letters back to where they came from, as new messages',
    async run(context) {
      const { url, deadLetters } = await withDeadLetters(context, 1);
      const id = await kill(context, url, 'poison');
      const SourceArn = await context.arnOf(deadLetters);
      const { TaskHandle } = await context.sqs.startMessageMoveTask({ SourceArn });
      assert.ok(TaskHandle);
      const message = await context.receiveOne(url);
      assert.equal(message.Body, 'poison');
      assert.notEqual(message.MessageId, id);
      assert.equal(message.Attributes.ApproximateReceiveCount, '1');
      const { Results } = await context.sqs.listMessageMoveTasks({ SourceArn });
      assert.equal(Results?.[0]?.ApproximateNumberOfMessagesMoved, 1);
    },
  },
  {
    id: 'move-task-of-no-dead-letter-queue',
    title: 'a move task out of a queue that is nobody’s dead-letter queue is refused',
    async run(context) {
      const SourceArn = await context.arnOf(await context.queue());
      await refuses(context.sqs.startMessageMoveTask({ SourceArn }), 'InvalidParameterValue');
    },
  },
];
