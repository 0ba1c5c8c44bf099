import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AwsError } from '../../aws/errors.ts';
import type { EntryFailure } from '../../aws/ports.ts';
import { newCounters } from '../../worker/counters.ts';
import { Deleter } from '../../worker/deleter.ts';
import { Holdings } from '../../worker/holdings.ts';
import type { Message } from '../../worker/message.ts';
import { internalError, outcome, receiptLost, ScriptedQueue } from '../support/scripted-queue.ts';
import { settle, VirtualClock } from '../support/virtual-clock.ts';
import { recordingLog } from '../support/worker-log.ts';
import { message } from './support.ts';

/** A deleter whose back-offs are as long as they can be, and what it works on. */
function deleterUnderTest() {
  const clock = new VirtualClock();
  const queue = new ScriptedQueue();
  const [holdings, counters] = [new Holdings(), newCounters()];
  const { log, lines } = recordingLog(clock);
  let settled = 0;
  const deleter = new Deleter({
    ...{ queue, holdings, counters, clock, log },
    random: () => 0.999,
    settled: () => settled++,
  });
  const deleteAudited = (count: number): Message[] =>
    Array.from({ length: count }, () => {
      const audited = message();
      holdings.add(audited);
      holdings.move(audited, 'audited');
      deleter.delete(audited);
      return audited;
    });
  return { clock, queue, holdings, counters, lines, deleteAudited, settled: () => settled };
}

describe('the deleter', () => {
  it('deletes by receipt handle, ten at once, and holds the messages no more', async () => {
    const { queue, holdings, counters, deleteAudited, settled } = deleterUnderTest();
    const messages = deleteAudited(10);
    assert.deepEqual(
      queue.deletes[0]?.input,
      messages.map((each) => each.receiptHandle),
    );
    assert.equal(holdings.counts.audited, 10);
    queue.deletes[0]?.succeed(outcome(10));
    await settle();
    assert.deepEqual([holdings.size, counters.deleted, settled()], [0, 10, 10]);
    assert.ok(messages.every((each) => each.state === 'deleted'));
  });

  it('sends fewer than ten after 20 ms', async () => {
    const { clock, queue, deleteAudited } = deleterUnderTest();
    deleteAudited(3);
    await clock.advance(19);
    assert.equal(queue.deletes.length, 0);
    await clock.advance(1);
    assert.equal(queue.deletes[0]?.input.length, 3);
  });

  it('tries only what failed again, and holds it meanwhile', async () => {
    const { clock, queue, holdings, counters, lines, deleteAudited } = deleterUnderTest();
    const messages = deleteAudited(10);
    queue.deletes[0]?.succeed(outcome(10, { 4: internalError }));
    await settle();
    assert.deepEqual([holdings.size, counters.deleted], [1, 9]);
    assert.equal(lines[0]?.fields.code, 'InternalError');
    await clock.advance(300);
    assert.deepEqual(queue.deletes[1]?.input, [messages[4]?.receiptHandle]);
    queue.deletes[1]?.succeed(outcome(1));
    await settle();
    assert.deepEqual([holdings.size, counters.deleted, counters.deletedLate], [0, 10, 0]);
  });

  it('tries a call that failed as a whole again at once, and ever more slowly while that fails', async () => {
    const { clock, queue, deleteAudited } = deleterUnderTest();
    deleteAudited(10);
    const attemptsMs: number[] = [];
    for (let call = 0; call < 9; call++) {
      attemptsMs.push(clock.monotonic());
      queue.deletes[call]?.fail(new AwsError('Network', 'down'));
      await clock.advanceUntil(() => queue.deletes.length > call + 1);
      assert.equal(queue.deletes[call + 1]?.input.length, 10);
    }
    const pausesMs = attemptsMs.slice(1).map((at, index) => Math.round((at - (attemptsMs[index] ?? 0)) / 100) * 100);
    assert.deepEqual(pausesMs, [200, 400, 800, 1600, 3200, 6400, 10_000, 10_000]);
  });

  const hopeless: [sentence: string, failure: EntryFailure][] = [
    ['whose receipt is lost', { ...receiptLost, senderFault: false }],
    ['that SQS calls the fault of the sender', { code: 'InvalidAddress', message: 'no', senderFault: true }],
  ];
  for (const [sentence, failure] of hopeless) {
    it(`gives up on a message ${sentence}, counts it as deleted late, and says so`, async () => {
      const { clock, queue, holdings, counters, lines, deleteAudited, settled } = deleterUnderTest();
      deleteAudited(10);
      queue.deletes[0]?.succeed(outcome(10, { 0: failure }));
      await clock.advance(60_000);
      assert.deepEqual([counters.deleted, counters.deletedLate, holdings.size, settled()], [9, 1, 0, 10]);
      assert.equal(queue.deletes.length, 1);
      assert.deepEqual(
        lines.map((line) => line.message),
        ['a delivered message could not be deleted and may be delivered again'],
      );
    });
  }
});
