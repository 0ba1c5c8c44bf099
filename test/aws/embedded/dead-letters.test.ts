import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bodies, Fixture, refuses } from './fixture.ts';

/** A queue whose messages become dead letters after so many receives, and the queue that they go to. */
async function withDeadLetters(maxReceiveCount: number, suffix = '') {
  const aws = new Fixture();
  const deadLetters = aws.sqs.createQueue(`dead${suffix}`);
  const url = aws.sqs.createQueue(`q${suffix}`, await aws.redriveTo(deadLetters, maxReceiveCount));
  const kill = async (body: string): Promise<string> => {
    const id = await aws.send(url, body);
    for (let n = 0; n <= maxReceiveCount; n++) await aws.receive(url, { VisibilityTimeout: 0 });
    return id;
  };
  return { aws, url, deadLetters, kill };
}

test('a message is received as often as allowed, and the next receive moves it', async () => {
  const { aws, url, deadLetters } = await withDeadLetters(3);
  const id = await aws.send(url, 'poison');
  for (const count of ['1', '2', '3']) {
    const message = await aws.receiveOne(url, { VisibilityTimeout: 30 });
    assert.equal(message.Attributes.ApproximateReceiveCount, count);
    await aws.clock.advance(30_000);
  }
  assert.deepEqual(
    [await aws.counts(url), await aws.counts(deadLetters)],
    [
      [1, 0, 0],
      [0, 0, 0],
    ],
  );
  assert.deepEqual(await aws.receive(url), []);
  const letter = await aws.receiveOne(deadLetters);
  assert.deepEqual([letter.MessageId, letter.Body], [id, 'poison']);
  assert.equal(letter.Attributes.DeadLetterQueueSourceArn, (await aws.attributes(url)).QueueArn);
});

test('a receive that moves dead letters goes on to those that can be received', async () => {
  const { aws, url } = await withDeadLetters(1);
  await aws.send(url, 'poison');
  await aws.receive(url, { VisibilityTimeout: 0 });
  await aws.send(url, 'fresh');
  assert.deepEqual(bodies(await aws.receive(url)), ['fresh']);
});

test('a dead letter wakes who polls its queue', async () => {
  const { aws, deadLetters, kill } = await withDeadLetters(1);
  const poll = aws.receive(deadLetters, { WaitTimeSeconds: 20 });
  await kill('poison');
  assert.deepEqual(bodies(await poll), ['poison']);
});

test('a dead letter keeps its age on a standard queue and begins anew on a FIFO queue', async () => {
  for (const [suffix, left] of [
    ['', 0],
    ['.fifo', 1],
  ] as const) {
    const { aws, url, deadLetters, kill } = await withDeadLetters(1, suffix);
    await aws.sqs.call('SetQueueAttributes', { QueueUrl: deadLetters, Attributes: { MessageRetentionPeriod: '60' } });
    await aws.send(url, 'old');
    await aws.clock.advance(30_000);
    await kill('young');
    await aws.receive(url);
    await aws.clock.advance(30_000);
    assert.equal((await aws.counts(deadLetters))[0], 1 + left, `dead${suffix}`);
  }
});

test('a redrive policy to the queue itself is refused', async () => {
  const aws = new Fixture();
  const url = aws.sqs.createQueue('q');
  const Attributes = await aws.redriveTo(url, 3);
  const call = aws.sqs.call('SetQueueAttributes', { QueueUrl: url, Attributes });
  await refuses(call, 'InvalidParameterValue', /its own/);
});

test('while the dead-letter queue does not exist messages stay and are received', async () => {
  const { aws, url, deadLetters } = await withDeadLetters(1);
  await aws.sqs.call('DeleteQueue', { QueueUrl: deadLetters });
  await aws.send(url, 'poison');
  await aws.receive(url, { VisibilityTimeout: 0 });
  assert.deepEqual(bodies(await aws.receive(url)), ['poison']);
});

/** The newest move task out of a queue. */
async function taskOf(aws: Fixture, SourceArn: string | undefined): Promise<Record<string, unknown>> {
  const answer = await aws.sqs.call('ListMessageMoveTasks', { SourceArn });
  const [task] = (answer as { Results: Record<string, unknown>[] }).Results;
  assert.ok(task);
  return task;
}

test('a move task brings messages back at the rate it was given, as new messages', async () => {
  const { aws, url, deadLetters, kill } = await withDeadLetters(1);
  const id = await kill('1');
  for (const body of ['2', '3', '4']) await kill(body);
  const { QueueArn: SourceArn } = await aws.attributes(deadLetters);
  await aws.sqs.call('StartMessageMoveTask', { SourceArn, MaxNumberOfMessagesPerSecond: 2 });
  await refuses(aws.sqs.call('StartMessageMoveTask', { SourceArn }), 'UnsupportedOperation', /already/);
  await aws.clock.advance(1000);
  assert.deepEqual(
    [await aws.counts(url), await aws.counts(deadLetters)],
    [
      [2, 0, 0],
      [2, 0, 0],
    ],
  );
  assert.equal((await taskOf(aws, SourceArn)).Status, 'RUNNING');
  await aws.clock.advance(1500);
  const { Status, ApproximateNumberOfMessagesMoved, ApproximateNumberOfMessagesToMove } = await taskOf(aws, SourceArn);
  assert.deepEqual([Status, ApproximateNumberOfMessagesMoved, ApproximateNumberOfMessagesToMove], ['COMPLETED', 4, 4]);
  const message = await aws.receiveOne(url);
  assert.notEqual(message.MessageId, id);
  assert.equal(message.Attributes.DeadLetterQueueSourceArn, undefined);
  assert.equal(aws.clock.pending, 0);
});

test('a move task can be cancelled, and another one started', async () => {
  const { aws, url, deadLetters, kill } = await withDeadLetters(1);
  for (const body of ['1', '2']) await kill(body);
  const { QueueArn: SourceArn } = await aws.attributes(deadLetters);
  const answer = await aws.sqs.call('StartMessageMoveTask', { SourceArn, MaxNumberOfMessagesPerSecond: 1 });
  const { TaskHandle } = answer as { TaskHandle: string };
  await aws.clock.advance(1000);
  const cancelled = await aws.sqs.call('CancelMessageMoveTask', { TaskHandle });
  assert.deepEqual(cancelled, { ApproximateNumberOfMessagesMoved: 1 });
  await aws.clock.advance(5000);
  assert.deepEqual(await aws.counts(url), [1, 0, 0]);
  assert.equal((await taskOf(aws, SourceArn)).Status, 'CANCELLED');
  await refuses(aws.sqs.call('CancelMessageMoveTask', { TaskHandle }), 'ResourceNotFoundException');
  await aws.sqs.call('StartMessageMoveTask', { SourceArn });
  await aws.clock.advance(1000);
  assert.deepEqual(await aws.counts(url), [2, 0, 0]);
});

test('a move task may name another destination', async () => {
  const { aws, deadLetters, kill } = await withDeadLetters(1);
  await kill('1');
  const other = aws.sqs.createQueue('other');
  const { QueueArn: SourceArn } = await aws.attributes(deadLetters);
  const { QueueArn: DestinationArn } = await aws.attributes(other);
  await aws.sqs.call('StartMessageMoveTask', { SourceArn, DestinationArn });
  await aws.clock.advance(1000);
  assert.deepEqual(bodies(await aws.receive(other)), ['1']);
});

test('a move task fails on a message that was sent to the dead-letter queue itself, which stays there', async () => {
  const { aws, deadLetters } = await withDeadLetters(1);
  await aws.send(deadLetters, 'not a dead letter');
  const { QueueArn: SourceArn } = await aws.attributes(deadLetters);
  await aws.sqs.call('StartMessageMoveTask', { SourceArn });
  await aws.clock.advance(1000);
  const { Status, FailureReason } = await taskOf(aws, SourceArn);
  assert.deepEqual([Status, FailureReason], ['FAILED', 'CouldNotDetermineMessageSource']);
  assert.deepEqual(await aws.counts(deadLetters), [1, 0, 0]);
});
