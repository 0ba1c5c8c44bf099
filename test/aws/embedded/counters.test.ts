import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Counters } from '../../../aws/embedded/counters.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { Fixture } from './fixture.ts';

const counts = (available: number) => ({ available, inFlight: 0, delayed: 0 });

test('counters follow time though nobody calls', async () => {
  const aws = new Fixture();
  const url = aws.sqs.createQueue('q', { VisibilityTimeout: '30' });
  await aws.send(url, 'x');
  await aws.send(url, 'y', { DelaySeconds: 60 });
  await aws.receive(url);
  assert.deepEqual(await aws.counts(url), [0, 1, 1]);
  assert.equal(aws.clock.pending, 0);
  await aws.clock.advance(30_000);
  assert.deepEqual(await aws.counts(url), [1, 0, 1]);
  await aws.clock.advance(30_000);
  assert.deepEqual(await aws.counts(url), [2, 0, 0]);
});

test('with a lag, counters are refreshed only so often', async () => {
  const aws = new Fixture({ counterError: { lagMs: 60_000 } });
  const url = aws.sqs.createQueue('q');
  assert.deepEqual(await aws.counts(url), [0, 0, 0]);
  await aws.send(url, 'x');
  await aws.clock.advance(59_999);
  assert.deepEqual(await aws.counts(url), [0, 0, 0]);
  await aws.clock.advance(1);
  assert.deepEqual(await aws.counts(url), [1, 0, 0]);
});

const dice: readonly [number, number, number][] = [
  [0, 100, 90],
  [0.5, 100, 100],
  [0.999, 100, 110],
  [0, 0, 0],
  [0.999, 0, 1],
];
for (const [die, exact, reported] of dice) {
  test(`with a noise of 10 % and a die of ${die}, ${exact} messages are reported as ${reported}`, () => {
    const counters = new Counters(new VirtualClock(), () => die, { noise: 0.1 });
    assert.equal(counters.report(counts(exact)).available, reported);
  });
}
