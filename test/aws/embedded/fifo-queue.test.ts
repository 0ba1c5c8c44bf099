import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bodies, Fixture, refuses } from './fixture.ts';

test('a group stays blocked while its head is in flight, and comes back whole and in order', async () => {
  const aws = new Fixture();
  const url = aws.sqs.createQueue('q.fifo');
  for (const body of ['1', '2', '3', '4']) await aws.send(url, body);
  const [head] = await aws.receive(url, { MaxNumberOfMessages: 3, VisibilityTimeout: 30 });
  assert.ok(head);
  await aws.changeVisibility(url, head, 60);
  await aws.clock.advance(30_000);
  assert.deepEqual(await aws.counts(url), [3, 1, 0]);
  assert.deepEqual(await aws.receive(url), []);
  await aws.clock.advance(30_000);
  assert.deepEqual(bodies(await aws.receive(url)), ['1', '2', '3', '4']);
});

test('a head that is released waits for what is still in flight of its group', async () => {
  const aws = new Fixture();
  const url = aws.sqs.createQueue('q.fifo');
  for (const body of ['1', '2', '3']) await aws.send(url, body);
  const [one, two] = await aws.receive(url, { MaxNumberOfMessages: 2 });
  assert.ok(one && two);
  await aws.changeVisibility(url, one, 0);
  assert.deepEqual(await aws.receive(url), []);
  await aws.delete(url, two);
  assert.deepEqual(bodies(await aws.receive(url)), ['1', '3']);
});

test('a message does not overtake a delayed one of its group', async () => {
  const aws = new Fixture();
  const url = aws.sqs.createQueue('q.fifo');
  const delay = (DelaySeconds: string) =>
    aws.sqs.call('SetQueueAttributes', { QueueUrl: url, Attributes: { DelaySeconds } });
  await aws.send(url, '1');
  await delay('10');
  await aws.send(url, '2');
  await delay('0');
  await aws.send(url, '3');
  assert.deepEqual(bodies(await aws.receive(url)), ['1']);
});

test('groups take turns, each with as many of its messages as fit', async () => {
  const aws = new Fixture();
  const url = aws.sqs.createQueue('q.fifo');
  for (const body of ['a1', 'a2', 'a3', 'b1', 'b2']) await aws.send(url, body, { MessageGroupId: body[0] });
  assert.deepEqual(bodies(await aws.receive(url, { MaxNumberOfMessages: 4 })), ['a1', 'a2', 'a3', 'b1']);
  assert.deepEqual(await aws.receive(url), []);
});

test('a deduplication id is remembered for five minutes from its first use', async () => {
  const aws = new Fixture();
  const url = aws.sqs.createQueue('q.fifo');
  const first = await aws.send(url, 'x');
  await aws.clock.advance(299_999);
  assert.equal(await aws.send(url, 'x'), first);
  await aws.clock.advance(1);
  assert.notEqual(await aws.send(url, 'x'), first);
  assert.deepEqual(bodies(await aws.receive(url)), ['x', 'x']);
});

test('deduplication may be scoped to message groups', async () => {
  const aws = new Fixture();
  const url = aws.sqs.createQueue('q.fifo', { DeduplicationScope: 'messageGroup' });
  await aws.send(url, 'x', { MessageGroupId: 'a' });
  await aws.send(url, 'x', { MessageGroupId: 'b' });
  await aws.send(url, 'x', { MessageGroupId: 'a' });
  assert.deepEqual(await aws.counts(url), [2, 0, 0]);
});

test("a delay of the queue holds messages back, and a group's order is kept", async () => {
  const aws = new Fixture();
  const url = aws.sqs.createQueue('q.fifo', { DelaySeconds: '10' });
  await aws.send(url, '1');
  await aws.clock.advance(5000);
  await aws.send(url, '2');
  await aws.clock.advance(5000);
  assert.deepEqual(bodies(await aws.receive(url)), ['1']);
});

test('when the head of a group outlives its retention the group goes on', async () => {
  const aws = new Fixture();
  const url = aws.sqs.createQueue('q.fifo', { MessageRetentionPeriod: '60' });
  await aws.send(url, '1');
  await aws.clock.advance(30_000);
  await aws.send(url, '2');
  await aws.receive(url, { MaxNumberOfMessages: 1, VisibilityTimeout: 600 });
  await aws.clock.advance(30_000);
  assert.deepEqual(bodies(await aws.receive(url)), ['2']);
});

test('a delete after the visibility timeout fails though nobody has received the message again', async () => {
  const aws = new Fixture();
  const url = aws.sqs.createQueue('q.fifo');
  await aws.send(url, 'x');
  const message = await aws.receiveOne(url, { VisibilityTimeout: 30 });
  await aws.clock.advance(30_000);
  await refuses(aws.delete(url, message), 'InvalidParameterValue', /expired/);
});

test('a delete of a message that is deleted succeeds', async () => {
  const aws = new Fixture();
  const url = aws.sqs.createQueue('q.fifo');
  await aws.send(url, 'x');
  const message = await aws.receiveOne(url);
  await aws.delete(url, message);
  await aws.delete(url, message);
});

const attempt = { ReceiveRequestAttemptId: 'attempt-1', VisibilityTimeout: 30 };

test('a receive tried again gets the same messages and handles, and resets their visibility', async () => {
  const aws = new Fixture();
  const url = aws.sqs.createQueue('q.fifo');
  await aws.send(url, '1');
  const first = await aws.receive(url, attempt);
  await aws.send(url, '2');
  await aws.clock.advance(20_000);
  assert.deepEqual(await aws.receive(url, attempt), first);
  await aws.clock.advance(20_000);
  assert.deepEqual(await aws.counts(url), [1, 1, 0]);
});

const touches = {
  deleted: async (aws: Fixture, url: string, message: Parameters<Fixture['delete']>[1]) => aws.delete(url, message),
  'given another visibility': async (aws: Fixture, url: string, message: Parameters<Fixture['delete']>[1]) =>
    aws.changeVisibility(url, message, 60),
};
for (const [name, touch] of Object.entries(touches)) {
  test(`a receive cannot be tried again once a message of it was ${name}`, async () => {
    const aws = new Fixture();
    const url = aws.sqs.createQueue('q.fifo');
    await aws.send(url, '1');
    await aws.send(url, '2');
    const [first] = await aws.receive(url, attempt);
    assert.ok(first);
    await touch(aws, url, first);
    assert.deepEqual(await aws.receive(url, attempt), []);
  });
}

test('a receive tried again after the visibility timeout, or after five minutes, is a new one', async () => {
  const aws = new Fixture();
  const url = aws.sqs.createQueue('q.fifo');
  await aws.send(url, '1');
  await aws.receive(url, { ...attempt, VisibilityTimeout: 600 });
  await aws.clock.advance(300_000);
  assert.deepEqual(await aws.receive(url, attempt), []);
  await aws.clock.advance(300_000);
  const [message] = await aws.receive(url, attempt);
  assert.equal(message?.Attributes.ApproximateReceiveCount, '2');
  await aws.clock.advance(30_000);
  const [again] = await aws.receive(url, attempt);
  assert.equal(again?.Attributes.ApproximateReceiveCount, '3');
});

test('a purge forgets what was received under an attempt id', async () => {
  const aws = new Fixture();
  const url = aws.sqs.createQueue('q.fifo');
  await aws.send(url, '1');
  await aws.receive(url, attempt);
  await aws.sqs.call('PurgeQueue', { QueueUrl: url });
  assert.deepEqual(await aws.receive(url, attempt), []);
});
