import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AwsError } from '../../aws/errors.ts';
import { newCounters } from '../../worker/counters.ts';
import { Heartbeat } from '../../worker/heartbeat.ts';
import { Holdings } from '../../worker/holdings.ts';
import { type Message, maxVisibilitySeconds } from '../../worker/message.ts';
import { internalError, outcome, receiptLost, ScriptedQueue } from '../support/scripted-queue.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { recordingLog } from '../support/worker-log.ts';
import { message } from './support.ts';

const second = 1000;
const hour = 3600 * second;

/** A heartbeat for a visibility timeout of 60 s, which looks every 10 s for what is due. */
function heartbeatUnderTest() {
  const clock = new VirtualClock();
  const queue = new ScriptedQueue();
  const [holdings, counters] = [new Holdings(), newCounters()];
  const { log, lines } = recordingLog(clock);
  const heartbeat = new Heartbeat({ ...{ queue, holdings, counters, clock, log }, visibilityTimeoutSeconds: 60 });
  heartbeat.start();
  const held = (overrides: Partial<Message> = {}): Message => {
    const received = message(overrides);
    holdings.add(received);
    return received;
  };
  /** Moves time on and lets every call succeed, as a queue in good order does. */
  const beatFor = async (ms: number) => {
    for (let passedMs = 0; passedMs < ms; passedMs += 10 * second) {
      const calls = queue.changes.length;
      await clock.advance(10 * second);
      for (const { input, succeed } of queue.changes.slice(calls)) succeed(outcome(input.length));
    }
    await clock.advance(0);
  };
  return { clock, queue, holdings, counters, lines, heartbeat, held, beatFor };
}

describe('the heartbeat', () => {
  it('extends the visibility of a message when a third of it is gone, and not before', async () => {
    const { clock, queue, held } = heartbeatUnderTest();
    const posting = held();
    await clock.advance(20 * second - 1);
    assert.equal(queue.changes.length, 0);
    await clock.advance(1);
    assert.deepEqual(queue.changes[0]?.input, [{ receiptHandle: posting.receiptHandle, visibilityTimeoutSeconds: 60 }]);
    queue.changes[0]?.succeed(outcome(1));
    await clock.advance(20 * second - 1);
    assert.equal(posting.visibleMs, 80 * second);
    assert.equal(queue.changes.length, 1);
    await clock.advance(1);
    assert.equal(queue.changes.length, 2);
  });

  it('extends every state that is held, in calls of ten, and what is released no more', async () => {
    const { clock, queue, holdings, held } = heartbeatUnderTest();
    const messages = Array.from({ length: 23 }, () => held());
    for (const [index, state] of (['received', 'posting', 'delivered', 'audited'] as const).entries()) {
      holdings.move(messages[index] ?? held(), state);
    }
    holdings.move(messages[22] ?? held(), 'released');
    await clock.advance(20 * second);
    assert.deepEqual(
      queue.changes.map((call) => call.input.length),
      [10, 10, 2],
    );
  });

  it('counts the new visibility from the moment at which the extension was sent', async () => {
    const { clock, queue, held } = heartbeatUnderTest();
    const posting = held();
    await clock.advance(28 * second);
    queue.changes[0]?.succeed(outcome(1));
    await clock.advance(0);
    assert.equal(posting.visibleMs, 80 * second);
  });

  it('has one extension of a message under way at a time', async () => {
    const { clock, queue, held } = heartbeatUnderTest();
    held();
    await clock.advance(50 * second);
    assert.equal(queue.changes.length, 1);
  });

  it('tries again at the next look when an extension failed, entry or call, long before the visibility ends', async () => {
    const { clock, queue, lines, held } = heartbeatUnderTest();
    const posting = held();
    await clock.advance(20 * second);
    queue.changes[0]?.succeed(outcome(1, { 0: internalError }));
    await clock.advance(10 * second);
    queue.changes[1]?.fail(new AwsError('Network', 'down'));
    await clock.advance(10 * second);
    queue.changes[2]?.succeed(outcome(1));
    await clock.advance(0);
    assert.equal(posting.visibleMs, 100 * second);
    assert.deepEqual(
      lines.map((line) => line.fields.code),
      ['InternalError', 'Network'],
    );
  });

  it('notes a lost receipt, and stops beating for it', async () => {
    const { clock, queue, lines, held } = heartbeatUnderTest();
    const [lost, kept] = [held(), held()];
    await clock.advance(20 * second);
    queue.changes[0]?.succeed(outcome(2, { 0: receiptLost }));
    await clock.advance(20 * second);
    assert.deepEqual([lost.receiptLost, kept.receiptLost], [true, false]);
    assert.deepEqual(
      queue.changes[1]?.input.map((change) => change.receiptHandle),
      [kept.receiptHandle],
    );
    assert.deepEqual(lines, []);
  });

  it('never asks for more than the 12 hours that SQS grants from the receive, and uses them to their last minute', async () => {
    const { queue, held, beatFor } = heartbeatUnderTest();
    const posting = held();
    await beatFor(13 * hour);
    const calls = queue.changes.length;
    assert.ok(posting.visibleMs > (maxVisibilitySeconds - 2) * second, `visible after ${posting.visibleMs} ms`);
    assert.ok(posting.visibleMs < maxVisibilitySeconds * second);
    assert.ok(calls <= 12 * 180 - 2, `${calls} extensions in 12 hours, one every 20 s`);
    for (const { input } of queue.changes) {
      assert.ok((input[0]?.visibilityTimeoutSeconds ?? 0) >= 1);
    }
    await beatFor(hour);
    assert.equal(queue.changes.length, calls, 'past the ceiling an extension is of no use');
  });

  it('counts a delivered message that the 12 hours have passed as a forced redelivery, once', async () => {
    const { counters, holdings, lines, held, beatFor } = heartbeatUnderTest();
    holdings.move(held(), 'delivered');
    holdings.move(held(), 'posting');
    await beatFor(13 * hour);
    assert.equal(counters.auditForcedRedeliveries, 1);
    assert.equal(lines.length, 1);
  });

  it('is silent once stopped', async () => {
    const { clock, queue, heartbeat, held } = heartbeatUnderTest();
    held();
    heartbeat.stop();
    await clock.advance(hour);
    assert.equal(queue.changes.length, 0);
    assert.equal(clock.pending, 0);
  });
});
