import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConnectionCut } from '../../../aws/embedded/errors.ts';
import { Faults } from '../../../aws/embedded/faults.ts';
import { EmbeddedSqs } from '../../../aws/embedded/sqs.ts';
import { settle, VirtualClock } from '../../support/virtual-clock.ts';
import { refuses } from './fixture.ts';

function setUp() {
  const clock = new VirtualClock();
  const faults = new Faults(clock);
  const sqs = new EmbeddedSqs({ clock, random: Math.random, faults });
  const QueueUrl = sqs.createQueue('q');
  const send = (MessageBody = 'x', signal?: AbortSignal) =>
    sqs.call('SendMessage', { QueueUrl, MessageBody }, signal === undefined ? {} : { signal });
  const available = async (): Promise<string | undefined> => {
    const answer = await sqs.call('GetQueueAttributes', { QueueUrl, AttributeNames: ['All'] });
    return (answer as { Attributes: Record<string, string> }).Attributes.ApproximateNumberOfMessages;
  };
  return { clock, faults, sqs, QueueUrl, send, available };
}

/** Which of so many calls succeed. */
async function verdicts(calls: number, call: (n: number) => Promise<unknown>): Promise<string> {
  let text = '';
  for (let n = 1; n <= calls; n++) {
    text += await call(n).then(
      () => '.',
      () => 'x',
    );
  }
  return text;
}

test('a fault strikes the calls of its action until it is cleared', async () => {
  const { faults, send, available } = setUp();
  const clear = faults.on('SendMessage').error('InternalError', 500);
  await refuses(send(), 'InternalError');
  await refuses(send(), 'InternalError');
  assert.equal(await available(), '0');
  clear();
  await send();
  assert.equal(await available(), '1');
});

const scopes = [
  { name: 'the first two calls', scope: { count: 2 }, expected: 'xx..' },
  { name: 'the third call', scope: { nth: 3 }, expected: '..x.' },
  { name: 'calls whose input satisfies a predicate', scope: { when: bodyIs('2', '4') }, expected: '.x.x' },
  { name: 'the second of those calls', scope: { when: bodyIs('2', '4'), nth: 2 }, expected: '...x' },
];
for (const { name, scope, expected } of scopes) {
  test(`a fault can strike ${name}`, async () => {
    const { faults, send } = setUp();
    faults.on(['SendMessage', 'SendMessageBatch'], scope).throttle();
    assert.equal(await verdicts(4, (n) => send(String(n))), expected);
  });
}

function bodyIs(...wanted: readonly string[]) {
  return (input: unknown): boolean => wanted.includes((input as { MessageBody: string }).MessageBody);
}

test('throttling is called what SQS calls it', async () => {
  const { faults, send } = setUp();
  faults.on('SendMessage').throttle();
  await refuses(send(), 'RequestThrottled');
});

test('a delay comes before the work, and adds up with other faults', async () => {
  const { clock, faults, send, available } = setUp();
  faults.on('SendMessage').delayMs(100);
  faults.on('SendMessage', { nth: 2 }).error('InternalError', 500);
  const sent = send();
  await clock.advance(99);
  assert.equal(await available(), '0');
  await clock.advance(1);
  await sent;
  const refused = refuses(send(), 'InternalError');
  await clock.advance(100);
  await refused;
});

test('a cut call does nothing, and one that commits first does', async () => {
  const { faults, send, available } = setUp();
  const clear = faults.on('SendMessage').cut();
  await assert.rejects(send(), ConnectionCut);
  assert.equal(await available(), '0');
  clear();
  faults.on('SendMessage').commitThenCut();
  await assert.rejects(send(), ConnectionCut);
  assert.equal(await available(), '1');
});

test('a call that hangs ends when its caller gives up', async () => {
  const { clock, faults, send, available } = setUp();
  faults.on('SendMessage').hang();
  const caller = new AbortController();
  const rejected = assert.rejects(send('x', caller.signal), /gave up/);
  await clock.advance(3_600_000);
  caller.abort(new Error('gave up'));
  await rejected;
  assert.equal(await available(), '0');
});

test('calls that hang are cut when the faults are cleared', async () => {
  const { faults, send } = setUp();
  faults.on('SendMessage').hang();
  const rejected = assert.rejects(send(), ConnectionCut);
  await settle();
  faults.clear();
  await rejected;
  await send();
});

test('entries of a batch fail, and the others are done', async () => {
  const { faults, sqs, QueueUrl, available } = setUp();
  faults
    .on('SendMessageBatch', { count: 1 })
    .failEntries((entry, index) => index === 1 || bodyIs('c')(entry), 'InternalError');
  const Entries = ['a', 'b', 'c'].map((body) => ({ Id: body, MessageBody: body }));
  const answer = await sqs.call('SendMessageBatch', { QueueUrl, Entries });
  const { Successful, Failed } = answer as { Successful: { Id: string }[]; Failed: Record<string, unknown>[] };
  assert.deepEqual(
    Successful.map(({ Id }) => Id),
    ['a'],
  );
  const failures = Failed.map(({ Id, Code, SenderFault }) => [Id, Code, SenderFault]);
  assert.deepEqual(failures, [
    ['b', 'InternalError', false],
    ['c', 'InternalError', false],
  ]);
  assert.equal(await available(), '1');
});
