import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type SendBatch, sendMessages } from '../../../cli/harness/sender.ts';
import { makeTestMessage, messagesPerCall, type SendPlan } from '../../../cli/harness/test-message.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const plan: SendPlan = { count: 25, sizeBytes: 200, groups: 0, attributes: {}, runId: 'r' };
const never = new AbortController().signal;

/** A queue that takes everything and remembers when it came. */
function recorder(clock: VirtualClock) {
  const batches: { atMs: number; sequences: number[] }[] = [];
  const sendBatch: SendBatch = async (messages) => {
    batches.push({ atMs: clock.monotonic(), sequences: messages.map(({ sequence }) => sequence) });
    return messages.map(({ sequence }) => `id-${sequence}`);
  };
  return { batches, sendBatch };
}

describe('harness send', () => {
  test('sends in batches of ten as fast as it can', async () => {
    const clock = new VirtualClock();
    const { batches, sendBatch } = recorder(clock);
    const summary = await sendMessages(plan, { sendBatch, clock, random: () => 0.5, parallel: 2 }, never);
    assert.deepEqual(
      batches.map(({ sequences }) => sequences.length),
      [10, 10, 5],
    );
    assert.equal(summary.sent, 25);
  });

  test('keeps to its rate, also below one a second', async () => {
    const clock = new VirtualClock();
    const { batches, sendBatch } = recorder(clock);
    const slow = { ...plan, count: 3, ratePerSecond: 0.5 };
    const sending = sendMessages(slow, { sendBatch, clock, random: () => 0.5, parallel: 2 }, never);
    await clock.advance(4000);
    assert.equal((await sending).sent, 3);
    assert.deepEqual(
      batches.map(({ atMs, sequences }) => [atMs, ...sequences]),
      [
        [0, 0],
        [2000, 1],
        [4000, 2],
      ],
    );
  });

  test('sends again only what failed', async () => {
    const clock = new VirtualClock();
    const sent: number[] = [];
    let calls = 0;
    const sendBatch: SendBatch = async (messages) =>
      messages.map(({ sequence }) => {
        calls++;
        if (sequence % 5 === 0 && calls <= 10)
          return { code: 'InternalError', message: 'try again', senderFault: false };
        return `id-${sequence}`;
      });
    const onSent = (_: string, { sequence }: { sequence: number }) => sent.push(sequence);
    const sending = sendMessages(
      { ...plan, count: 10 },
      { sendBatch, clock, random: () => 0.5, parallel: 1, onSent },
      never,
    );
    await clock.advance(1000);
    const summary = await sending;
    assert.equal(calls, 12);
    assert.equal(summary.sent, 10);
    assert.equal(summary.failed, 0);
    assert.deepEqual(
      sent.toSorted((a, b) => a - b),
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    );
  });

  test('does not repeat what the queue will never take, and says why', async () => {
    const clock = new VirtualClock();
    let calls = 0;
    const sendBatch: SendBatch = async (messages) => {
      calls++;
      return messages.map(() => ({ code: 'InvalidMessageContents', message: 'no', senderFault: true }));
    };
    const dependencies = { sendBatch, clock, random: () => 0.5, parallel: 1 };
    const summary = await sendMessages({ ...plan, count: 10 }, dependencies, never);
    assert.equal(calls, 1);
    assert.equal(summary.failed, 10);
    assert.equal(summary.firstFailure?.code, 'InvalidMessageContents');
  });

  test('gives up on a message after five attempts', async () => {
    const clock = new VirtualClock();
    let calls = 0;
    const sendBatch: SendBatch = async (messages) => {
      calls++;
      return messages.map(() => undefined);
    };
    const sending = sendMessages({ ...plan, count: 1 }, { sendBatch, clock, random: () => 0.5, parallel: 1 }, never);
    await clock.advance(10_000);
    assert.equal((await sending).failed, 1);
    assert.equal(calls, 5);
  });

  test('stops when it is interrupted', async () => {
    const clock = new VirtualClock();
    const { sendBatch } = recorder(clock);
    const stop = new AbortController();
    const slow = { ...plan, ratePerSecond: 1 };
    const sending = sendMessages(slow, { sendBatch, clock, random: () => 0.5, parallel: 1 }, stop.signal);
    await clock.advance(2500);
    stop.abort();
    assert.equal((await sending).sent, 3);
  });

  test('a body is JSON of exactly the size asked for', () => {
    const { body } = makeTestMessage({ ...plan, sizeBytes: 500 }, 7, Date.parse('2026-01-01T00:00:00Z'));
    assert.equal(Buffer.byteLength(body), 500);
    const { sequence, run, sentTime } = JSON.parse(body);
    assert.deepEqual([sequence, run, sentTime], [7, 'r', '2026-01-01T00:00:00.000Z']);
  });

  test('groups are taken in turn', () => {
    const groups = [0, 1, 2, 3].map((sequence) => makeTestMessage({ ...plan, groups: 3 }, sequence, 0).groupId);
    assert.deepEqual(groups, ['group-0', 'group-1', 'group-2', 'group-0']);
  });

  test('large messages share a call only as far as they fit', () => {
    assert.equal(messagesPerCall({ ...plan, sizeBytes: 1_048_576 }), 1);
    assert.equal(messagesPerCall({ ...plan, sizeBytes: 300_000 }), 3);
    assert.equal(messagesPerCall({ ...plan, sizeBytes: 300_000, attributes: { note: 'x'.repeat(60_000) } }), 2);
  });
});
