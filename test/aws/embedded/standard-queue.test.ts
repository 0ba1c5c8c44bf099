import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Queue } from '../../../aws/embedded/queue.ts';
import { defaultAttributes } from '../../../aws/embedded/queue-attributes.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { bodies, Fixture, refuses } from './fixture.ts';

const hour = 3_600_000;

test('a message in flight for 12 hours is available to the millisecond', async () => {
  const aws = new Fixture();
  const url = aws.sqs.createQueue('q');
  await aws.send(url, 'x');
  await aws.receiveOne(url, { VisibilityTimeout: 43_200 });
  await aws.clock.advance(12 * hour - 1);
  assert.deepEqual(await aws.counts(url), [0, 1, 0]);
  await aws.clock.advance(1);
  assert.deepEqual(await aws.counts(url), [1, 0, 0]);
  assert.equal((await aws.receiveOne(url)).Attributes.ApproximateReceiveCount, '2');
});

test('extensions of visibility end 12 hours after the receive, and a new receive begins anew', async () => {
  const aws = new Fixture();
  const url = aws.sqs.createQueue('q');
  await aws.send(url, 'x');
  const message = await aws.receiveOne(url, { VisibilityTimeout: 30 });
  await aws.clock.advance(20_000);
  await aws.changeVisibility(url, message, 43_180);
  await refuses(aws.changeVisibility(url, message, 43_181), 'InvalidParameterValue', /beyond the limit/);
  await aws.clock.advance(43_180_000);
  await aws.changeVisibility(url, await aws.receiveOne(url), 43_200);
});

test('a delayed message becomes available when its delay is over', async () => {
  const aws = new Fixture();
  const url = aws.sqs.createQueue('q', { DelaySeconds: '60' });
  await aws.send(url, 'by the queue');
  await aws.send(url, 'by itself', { DelaySeconds: 900 });
  assert.deepEqual(await aws.counts(url), [0, 0, 2]);
  await aws.clock.advance(60_000);
  assert.deepEqual(bodies(await aws.receive(url)), ['by the queue']);
  await aws.clock.advance(840_000);
  assert.deepEqual(await aws.counts(url), [2, 0, 0]);
});

test('a message is gone after the retention period, in flight or not, and its delete succeeds', async () => {
  const aws = new Fixture();
  const url = aws.sqs.createQueue('q', { MessageRetentionPeriod: '60' });
  await aws.send(url, 'received');
  const message = await aws.receiveOne(url, { VisibilityTimeout: 600 });
  await aws.send(url, 'waiting');
  await aws.clock.advance(59_999);
  assert.deepEqual(await aws.counts(url), [1, 1, 0]);
  await aws.clock.advance(1);
  assert.deepEqual(await aws.counts(url), [0, 0, 0]);
  await aws.delete(url, message);
  await refuses(aws.changeVisibility(url, message, 30), 'InvalidParameterValue', /does not exist/);
});

test('a longer retention period saves the messages that are there', async () => {
  const aws = new Fixture();
  const url = aws.sqs.createQueue('q', { MessageRetentionPeriod: '60' });
  await aws.send(url, 'x');
  await aws.sqs.call('SetQueueAttributes', { QueueUrl: url, Attributes: { MessageRetentionPeriod: '120' } });
  await aws.clock.advance(60_000);
  assert.deepEqual(await aws.counts(url), [1, 0, 0]);
});

test('the newest handle deletes a message whose visibility timeout has ended, an older one does not', async () => {
  const aws = new Fixture();
  const url = aws.sqs.createQueue('q');
  await aws.send(url, 'x');
  const first = await aws.receiveOne(url, { VisibilityTimeout: 0 });
  const second = await aws.receiveOne(url, { VisibilityTimeout: 1 });
  await aws.clock.advance(1000);
  await aws.delete(url, first);
  assert.deepEqual(await aws.counts(url), [1, 0, 0]);
  await aws.delete(url, second);
  assert.deepEqual(await aws.counts(url), [0, 0, 0]);
});

test('the visibility of a message cannot be changed by an older handle', async () => {
  const aws = new Fixture();
  const url = aws.sqs.createQueue('q');
  await aws.send(url, 'x');
  const first = await aws.receiveOne(url, { VisibilityTimeout: 0 });
  await aws.receiveOne(url);
  await refuses(aws.changeVisibility(url, first, 0), 'MessageNotInflight');
});

test('the handle of one queue is not valid in another', async () => {
  const aws = new Fixture();
  const url = aws.sqs.createQueue('q');
  const other = aws.sqs.createQueue('other');
  await aws.send(url, 'x');
  await refuses(aws.delete(other, await aws.receiveOne(url)), 'ReceiptHandleIsInvalid');
});

test('with 120,000 messages in flight a short poll is refused, and a long poll gets nothing until one is deleted', async () => {
  const clock = new VirtualClock();
  const queue = new Queue({ name: 'q', arn: 'arn:q', url: 'http://q' }, defaultAttributes(false), {
    ...{ clock, random: Math.random, counterError: {}, swallowWhenHungUp: false, findQueue: () => undefined },
  });
  const content = { body: 'x', bodyMd5: '', attributes: {} };
  const ids = { traceHeader: undefined, groupId: undefined, deduplicationId: undefined };
  for (let n = 0; n < 120_001; n++) queue.send({ ...content, ...ids }, 0);
  const request = { maxMessages: 120_001, waitSeconds: 0, visibilityTimeoutSeconds: 30, attemptId: undefined };
  const [first] = await queue.receive(request);
  assert.deepEqual(queue.counts, { available: 1, inFlight: 120_000, delayed: 0 });
  await refuses(queue.receive(request), 'OverLimit');
  const poll = queue.receive({ ...request, waitSeconds: 20 });
  await clock.advance(1000);
  queue.delete(first?.receiptHandle ?? '');
  assert.equal((await poll).length, 1);
});

test('a second purge within a minute is refused, and so is a queue of the name of one just deleted', async () => {
  const aws = new Fixture();
  const url = aws.sqs.createQueue('q');
  await aws.sqs.call('PurgeQueue', { QueueUrl: url });
  await refuses(aws.sqs.call('PurgeQueue', { QueueUrl: url }), 'PurgeQueueInProgress');
  await aws.sqs.call('DeleteQueue', { QueueUrl: url });
  await refuses(aws.sqs.call('CreateQueue', { QueueName: 'q' }), 'QueueDeletedRecently');
  await aws.clock.advance(60_000);
  await aws.sqs.call('CreateQueue', { QueueName: 'q' });
});

test('attributes count for the 1 MiB of a batch', async () => {
  const aws = new Fixture();
  const url = aws.sqs.createQueue('q');
  const entry = (Id: string, bytes: number) => ({
    Id,
    MessageBody: 'x'.repeat(bytes),
    MessageAttributes: { a: { DataType: 'Binary', BinaryValue: 'AAAA' } },
  });
  const batch = (bytes: number) =>
    aws.sqs.call('SendMessageBatch', { QueueUrl: url, Entries: [entry('a', bytes), entry('b', bytes)] });
  const half = 524_288 - 'a'.length - 'Binary'.length - 3;
  await batch(half);
  await refuses(batch(half + 1), 'BatchRequestTooLong');
});
