import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settle } from '../../support/virtual-clock.ts';
import { bodies, Fixture, type Received, refuses } from './fixture.ts';

/** Starts a poll of 20 seconds and tells when it ended and with what. */
function poll(aws: Fixture, url: string, more: object = {}, signal?: AbortSignal) {
  const state: { endedAtMs?: number; messages?: readonly Received[]; error?: unknown } = {};
  aws.receive(url, { WaitTimeSeconds: 20, ...more }, signal).then(
    (messages) => Object.assign(state, { messages, endedAtMs: aws.clock.monotonic() }),
    (error: unknown) => Object.assign(state, { error, endedAtMs: aws.clock.monotonic() }),
  );
  return state;
}

test('a poll that finds nothing ends after its time, and leaves no timer behind', async () => {
  const aws = new Fixture();
  const url = aws.sqs.createQueue('q');
  const state = poll(aws, url);
  await aws.clock.advance(19_999);
  assert.equal(state.messages, undefined);
  await aws.clock.advance(1);
  assert.deepEqual(state.messages, []);
  assert.equal(aws.clock.pending, 0);
});

test('a poll that ends while a message is in flight leaves no timer behind either', async () => {
  const aws = new Fixture();
  const url = aws.sqs.createQueue('q');
  await aws.send(url, 'x');
  await aws.receive(url, { VisibilityTimeout: 600 });
  const state = poll(aws, url);
  await aws.clock.advance(20_000);
  assert.deepEqual([state.messages, aws.clock.pending], [[], 0]);
});

const causes: Record<string, (aws: Fixture, url: string) => Promise<unknown>> = {
  'a send': (aws, url) => aws.clock.advance(5000).then(() => aws.send(url, 'x')),
  'the end of a delay': (aws, url) => aws.send(url, 'x', { DelaySeconds: 5 }),
  'the end of a visibility timeout': (aws, url) =>
    aws.send(url, 'x').then(() => aws.receiveOne(url, { VisibilityTimeout: 5 })),
};
for (const [name, cause] of Object.entries(causes)) {
  test(`${name} ends a poll at that moment`, async () => {
    const aws = new Fixture();
    const url = aws.sqs.createQueue('q');
    if (name !== 'a send') await cause(aws, url);
    const state = poll(aws, url);
    if (name === 'a send') await cause(aws, url);
    await aws.clock.advance(5000);
    assert.deepEqual([state.endedAtMs, bodies(state.messages ?? [])], [5000, ['x']]);
    assert.equal(aws.clock.pending, 0);
  });
}

test('a visibility timeout that is shortened while somebody polls ends the poll when it is over', async () => {
  const aws = new Fixture();
  const url = aws.sqs.createQueue('q');
  await aws.send(url, 'x');
  const message = await aws.receiveOne(url, { VisibilityTimeout: 600 });
  const state = poll(aws, url);
  await aws.changeVisibility(url, message, 3);
  await aws.clock.advance(20_000);
  assert.equal(state.endedAtMs, 3000);
});

test('a release by visibility zero ends a poll at once', async () => {
  const aws = new Fixture();
  const url = aws.sqs.createQueue('q');
  await aws.send(url, 'x');
  const message = await aws.receiveOne(url);
  const state = poll(aws, url);
  await aws.changeVisibility(url, message, 0);
  await settle();
  assert.equal(state.endedAtMs, 0);
});

test('a delete that lets a FIFO group go on ends a poll', async () => {
  const aws = new Fixture();
  const url = aws.sqs.createQueue('q.fifo');
  await aws.send(url, '1');
  const first = await aws.receiveOne(url);
  await aws.send(url, '2');
  const state = poll(aws, url);
  await aws.delete(url, first);
  await settle();
  assert.deepEqual(bodies(state.messages ?? []), ['2']);
});

test('polls are served in the order they came, and who gets nothing goes on waiting', async () => {
  const aws = new Fixture();
  const url = aws.sqs.createQueue('q');
  const [first, second] = [poll(aws, url), poll(aws, url)];
  await aws.send(url, '1');
  await settle();
  assert.deepEqual([bodies(first.messages ?? []), second.messages], [['1'], undefined]);
  await aws.clock.advance(1000);
  await aws.send(url, '2');
  await settle();
  assert.deepEqual(bodies(second.messages ?? []), ['2']);
});

test('messages that fall due together are shared out among those who wait before anybody who comes later', async () => {
  const aws = new Fixture();
  const url = aws.sqs.createQueue('q', { VisibilityTimeout: '5' });
  for (const body of ['1', '2', '3']) await aws.send(url, body);
  await aws.receive(url);
  const states = ['a', 'b'].map(() => poll(aws, url, { MaxNumberOfMessages: 1 }));
  await aws.clock.advance(5000);
  assert.deepEqual(
    states.flatMap(({ messages = [] }) => bodies(messages)),
    ['1', '2'],
  );
  assert.deepEqual(bodies(await aws.receive(url)), ['3']);
});

test('a poll whose client has hung up does not take a message', async () => {
  const aws = new Fixture();
  const url = aws.sqs.createQueue('q');
  const client = new AbortController();
  const state = poll(aws, url, {}, client.signal);
  await settle();
  client.abort(new Error('hung up'));
  await aws.send(url, 'x');
  await settle();
  assert.match(String(state.error), /hung up/);
  assert.deepEqual(await aws.counts(url), [1, 0, 0]);
  assert.equal(aws.clock.pending, 0);
});

test('with swallowWhenHungUp it does, and the message comes back after its visibility timeout', async () => {
  const aws = new Fixture({ swallowWhenHungUp: true });
  const url = aws.sqs.createQueue('q');
  const client = new AbortController();
  poll(aws, url, { VisibilityTimeout: 30 }, client.signal);
  await settle();
  client.abort();
  await aws.send(url, 'x');
  assert.deepEqual(await aws.counts(url), [0, 1, 0]);
  await aws.clock.advance(30_000);
  assert.equal((await aws.receiveOne(url)).Attributes.ApproximateReceiveCount, '2');
});

test('a receive that is abandoned before it begins takes nothing', async () => {
  const aws = new Fixture();
  const url = aws.sqs.createQueue('q');
  await aws.send(url, 'x');
  await assert.rejects(aws.receive(url, {}, AbortSignal.abort(new Error('too late'))), /too late/);
  assert.deepEqual(await aws.counts(url), [1, 0, 0]);
});

test('when a queue is deleted its polls learn that it does not exist', async () => {
  const aws = new Fixture();
  const url = aws.sqs.createQueue('q');
  const waiting = aws.receive(url, { WaitTimeSeconds: 20 });
  const refused = refuses(waiting, 'QueueDoesNotExist');
  await settle();
  await aws.sqs.call('DeleteQueue', { QueueUrl: url });
  await refused;
  assert.equal(aws.clock.pending, 0);
});
