import assert from 'node:assert/strict';
import { bodies, refuses, type SqsCase } from './sqs-case.ts';

/** Queues: making, finding, describing and deleting them. */
export const queueCases: readonly SqsCase[] = [
  {
    id: 'queue-does-not-exist',
    title: 'a call for a queue that does not exist says so',
    async run(context) {
      const QueueName = context.freshName();
      await refuses(context.sqs.getQueueUrl({ QueueName }), 'QueueDoesNotExist');
      const url = await context.queue();
      await refuses(context.send(`${url}-not`, 'x'), 'QueueDoesNotExist');
      await refuses(context.receive(`${url}-not`), 'QueueDoesNotExist');
    },
  },
  {
    id: 'create-is-idempotent',
    title: 'to create a queue that exists with the same attributes answers its URL',
    async run(context) {
      const QueueName = context.freshName();
      const Attributes = { VisibilityTimeout: '45' };
      const first = await context.sqs.createQueue({ QueueName, Attributes });
      const second = await context.sqs.createQueue({ QueueName, Attributes });
      assert.equal(second.QueueUrl, first.QueueUrl);
      assert.equal((await context.sqs.getQueueUrl({ QueueName })).QueueUrl, first.QueueUrl);
    },
  },
  {
    id: 'create-conflict',
    title: 'to create a queue that exists with other attributes is refused',
    async run(context) {
      const QueueName = context.freshName();
      await context.sqs.createQueue({ QueueName, Attributes: { VisibilityTimeout: '45' } });
      const other = context.sqs.createQueue({ QueueName, Attributes: { VisibilityTimeout: '46' } });
      await refuses(other, 'QueueNameExists');
    },
  },
  {
    id: 'fifo-queue-name',
    title: 'the name of a FIFO queue must end in .fifo',
    async run(context) {
      const call = context.sqs.createQueue({ QueueName: context.freshName(), Attributes: { FifoQueue: 'true' } });
      await refuses(call, 'InvalidParameterValue');
    },
  },
  {
    id: 'queue-name-characters',
    title: 'a queue name with other characters than letters, digits, - and _ is refused',
    async run(context) {
      await refuses(context.sqs.createQueue({ QueueName: 'not a name' }), 'InvalidParameterValue');
    },
  },
  {
    id: 'list-queues',
    title: 'queues are listed by prefix',
    async run(context) {
      const url = await context.queue();
      await context.queue();
      const QueueNamePrefix = url.slice(url.lastIndexOf('/') + 1);
      assert.deepEqual((await context.sqs.listQueues({ QueueNamePrefix })).QueueUrls, [url]);
    },
  },
  {
    id: 'all-queue-attributes',
    title: 'a queue tells all of its attributes, defaults included',
    async run(context) {
      const url = await context.queue({ VisibilityTimeout: '45' });
      const { Attributes = {} } = await context.sqs.getQueueAttributes({ QueueUrl: url, AttributeNames: ['All'] });
      const { VisibilityTimeout, DelaySeconds, ReceiveMessageWaitTimeSeconds } = Attributes;
      assert.deepEqual([VisibilityTimeout, DelaySeconds, ReceiveMessageWaitTimeSeconds], ['45', '0', '0']);
      assert.deepEqual([Attributes.MaximumMessageSize, Attributes.MessageRetentionPeriod], ['1048576', '345600']);
      assert.match(Attributes.QueueArn ?? '', /^arn:aws:sqs:[a-z0-9-]+:\d{12}:/);
      assert.match(Attributes.CreatedTimestamp ?? '', /^\d{10}$/);
    },
  },
  {
    id: 'queue-attributes-by-name',
    title: 'a queue tells the attributes that are asked for and no others',
    async run(context) {
      const url = await context.queue();
      const AttributeNames = ['ApproximateNumberOfMessages' as const, 'RedrivePolicy' as const];
      const { Attributes } = await context.sqs.getQueueAttributes({ QueueUrl: url, AttributeNames });
      assert.deepEqual(Attributes, { ApproximateNumberOfMessages: '0' });
    },
  },
  {
    id: 'set-queue-attributes',
    title: 'attributes that are set take effect',
    async run(context) {
      const url = await context.queue();
      await context.sqs.setQueueAttributes({ QueueUrl: url, Attributes: { VisibilityTimeout: '1' } });
      assert.equal(await context.attribute(url, 'VisibilityTimeout'), '1');
      await context.send(url, 'x');
      await context.receiveOne(url);
      assert.equal((await context.receiveOne(url)).Attributes.ApproximateReceiveCount, '2');
    },
  },
  {
    id: 'unknown-attribute-refused',
    title: 'an attribute that there is not is refused',
    async run(context) {
      await refuses(context.queue({ Colour: 'blue' }), 'InvalidAttributeName');
    },
  },
  {
    id: 'attribute-out-of-range',
    title: 'an attribute out of its range is refused',
    async run(context) {
      await refuses(context.queue({ VisibilityTimeout: '43201' }), 'InvalidAttributeValue', 'InvalidParameterValue');
      await refuses(context.queue({ MessageRetentionPeriod: '59' }), 'InvalidAttributeValue', 'InvalidParameterValue');
    },
  },
  {
    id: 'delete-queue',
    title: 'a deleted queue does not exist',
    async run(context) {
      const url = await context.queue();
      await context.sqs.deleteQueue({ QueueUrl: url });
      await refuses(context.send(url, 'x'), 'QueueDoesNotExist');
    },
  },
  {
    id: 'purge-queue',
    title: 'a purge empties a queue',
    async run(context) {
      const url = await context.queue();
      await context.send(url, 'x');
      await context.sqs.purgeQueue({ QueueUrl: url });
      assert.deepEqual(bodies(await context.receive(url)), []);
      assert.equal(await context.attribute(url, 'ApproximateNumberOfMessages'), '0');
    },
  },
  {
    id: 'queue-tags',
    title: 'a queue keeps tags',
    async run(context) {
      const { sqs } = context;
      const { QueueUrl } = await sqs.createQueue({
        QueueName: context.freshName(),
        tags: { team: 'a', stage: 'test' },
      });
      await sqs.tagQueue({ QueueUrl, Tags: { team: 'b' } });
      await sqs.untagQueue({ QueueUrl, TagKeys: ['stage'] });
      assert.deepEqual((await sqs.listQueueTags({ QueueUrl })).Tags, { team: 'b' });
    },
  },
];
