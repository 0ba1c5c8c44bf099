import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AttemptLog } from '../../worker/attempt-log.ts';
import { newCounters } from '../../worker/counters.ts';
import { Holdings } from '../../worker/holdings.ts';
import type { Message } from '../../worker/message.ts';
import { Releaser } from '../../worker/releaser.ts';
import { internalError, outcome, receiptLost, ScriptedQueue } from '../support/scripted-queue.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { recordingLog } from '../support/worker-log.ts';
import { message } from './support.ts';

function releaserUnderTest() {
  const clock = new VirtualClock();
  const queue = new ScriptedQueue();
  const [holdings, counters] = [new Holdings(), newCounters()];
  const { log, lines } = recordingLog(clock);
  let settled = 0;
  const attempts = new AttemptLog();
  const releaser = new Releaser({ ...{ queue, holdings, counters, attempts, clock, log }, settled: () => settled++ });
  const held = (overrides: Partial<Message> = {}): Message => {
    const received = message(overrides);
    holdings.add(received);
    return received;
  };
  return { clock, queue, holdings, counters, attempts, lines, releaser, held, settled: () => settled };
}

describe('the releaser', () => {
  it('remembers the attempts of all that it gives back, and calls only those unattempted that were not attempted', () => {
    const { counters, attempts, releaser, held } = releaserUnderTest();
    releaser.giveBack(held({ id: 'behind' }), 3);
    releaser.giveBack(held({ id: 'posted', attempt: 2, earlierAttempts: 1 }), 3);
    releaser.giveBack(held({ id: 'earlier', attempt: 4, earlierAttempts: 4 }), 3);
    releaser.retryIn(held({ id: 'refused', attempt: 1 }), 3);
    assert.deepEqual([counters.released, counters.unattempted], [2, 2]);
    assert.deepEqual(
      ['behind', 'posted', 'earlier', 'refused'].map((id) => attempts.of(id)),
      [0, 2, 4, 1],
    );
  });

  it('gives back what was refused with its delay, and what was not attempted at once, in one call', async () => {
    const { clock, queue, holdings, counters, releaser, held, settled } = releaserUnderTest();
    const [refused, unattempted] = [held(), held()];
    releaser.retryIn(refused, 7);
    releaser.giveBack(unattempted, 0);
    assert.equal(holdings.size, 0, 'what is released is held no more');
    assert.deepEqual([refused.state, unattempted.state], ['released', 'released']);
    assert.deepEqual([counters.released, counters.unattempted], [1, 1]);
    await clock.advance(20);
    assert.deepEqual(queue.changes[0]?.input, [
      { receiptHandle: refused.receiptHandle, visibilityTimeoutSeconds: 7 },
      { receiptHandle: unattempted.receiptHandle, visibilityTimeoutSeconds: 0 },
    ]);
    assert.deepEqual([releaser.pending, settled()], [2, 0]);
    queue.changes[0]?.succeed(outcome(2));
    await clock.advance(0);
    assert.deepEqual([releaser.pending, settled()], [0, 2]);
  });

  const delays: [sentence: string, ageSeconds: number, delaySeconds: number, asked: number][] = [
    ['of a fresh message is at most the 12 hours of SQS, less a second', 0, 86_400, 43_199],
    ['counts the 12 hours from the receive', 3600, 86_400, 39_599],
    ['is nothing where nothing is left of them', 43_200, 60, 0],
    ['is nothing past them, not less', 50_000, 60, 0],
  ];
  for (const [sentence, ageSeconds, delaySeconds, asked] of delays) {
    it(`asks for a delay that ${sentence}`, async () => {
      const { clock, queue, releaser, held } = releaserUnderTest();
      const refused = held();
      await clock.advance(ageSeconds * 1000 - 20);
      releaser.retryIn(refused, delaySeconds);
      await clock.advance(20);
      assert.equal(queue.changes[0]?.input[0]?.visibilityTimeoutSeconds, asked);
    });
  }

  it('does not try a release again that failed, since the message returns by itself, but says so', async () => {
    const { clock, queue, lines, releaser, held, settled } = releaserUnderTest();
    releaser.retryIn(held(), 1);
    await clock.advance(20);
    queue.changes[0]?.succeed(outcome(1, { 0: internalError }));
    await clock.advance(60_000);
    assert.deepEqual([queue.changes.length, settled(), releaser.pending], [1, 1, 0]);
    assert.equal(lines[0]?.message, 'a release failed; the message returns when its visibility ends');
  });

  it('has nothing to say of a message that is back in the queue already', async () => {
    const { clock, queue, lines, releaser, held } = releaserUnderTest();
    releaser.retryIn(held(), 1);
    await clock.advance(20);
    queue.changes[0]?.succeed(outcome(1, { 0: receiptLost }));
    await clock.advance(0);
    assert.deepEqual(lines, []);
  });
});
