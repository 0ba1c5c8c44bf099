import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { AwsError } from '../../aws/errors.ts';
import type { ReceivedMessage } from '../../aws/ports.ts';
import { Receiver, type ReceiverOptions } from '../../worker/receiver.ts';
import { checkProperty } from '../support/properties.ts';
import { ScriptedQueue } from '../support/scripted-queue.ts';
import { settle, VirtualClock } from '../support/virtual-clock.ts';
import { recordingLog } from '../support/worker-log.ts';

const network = new AwsError('Network', 'SQS cannot be reached');

function messages(count: number): ReceivedMessage[] {
  return Array.from({ length: count }, (_, n) => ({
    ...{ messageId: `m${n}`, receiptHandle: `r${n}`, body: '', attributes: {}, messageAttributes: {} },
  }));
}

/** A receiver whose back-offs are as long as they can be. `hold` messages are held: there is room for the others. */
function receiverUnderTest(options: Partial<ReceiverOptions> & { readonly slots?: number } = {}) {
  const { slots = 100, ...rest } = options;
  const clock = new VirtualClock();
  const queue = new ScriptedQueue();
  const { log, lines } = recordingLog(clock);
  const under = { clock, queue, lines, received: 0, held: 0 };
  const receiver: Receiver = new Receiver({
    ...{ queue, fifo: false, visibilityTimeoutSeconds: 60, waitTimeSeconds: 20, clock, random: () => 0.9999, log },
    room: () => slots - under.held - receiver.reserved,
    largestRoom: () => slots,
    lingerMs: () => 50,
    received: (batch) => {
      under.received += batch.length;
      under.held += batch.length;
    },
    ...rest,
  });
  const answer = async (call: number, count: number) => {
    queue.receives[call]?.succeed(messages(count));
    await settle();
  };
  const asked = () => queue.receives.map((call) => call.input.maxMessages);
  return Object.assign(under, { receiver, answer, asked });
}

describe('the receiver', () => {
  it('keeps one long poll for ten messages open on an idle queue', async () => {
    const { receiver, queue, answer } = receiverUnderTest();
    receiver.pump();
    receiver.pump();
    assert.deepEqual(
      queue.receives.map((call) => call.input),
      [{ maxMessages: 10, waitTimeSeconds: 20, visibilityTimeoutSeconds: 60 }],
    );
    for (let call = 0; call < 5; call++) await answer(call, 0);
    assert.deepEqual([queue.receives.length, receiver.open, receiver.reserved], [6, 1, 10]);
  });

  it('opens one more for each that comes back full, and is back to one when one finds nothing', async () => {
    const { receiver, answer } = receiverUnderTest({ slots: 1000 });
    receiver.pump();
    const open: number[] = [];
    for (let call = 0; call < 4; call++) {
      await answer(call, 10);
      open.push(receiver.open);
    }
    assert.deepEqual(open, [2, 3, 4, 5]);
    await answer(4, 0);
    assert.equal(receiver.open, 4, 'open polls are left to end');
    for (let call = 5; call < 8; call++) await answer(call, 0);
    assert.equal(receiver.open, 1);
  });

  it('closes one for each that finds less than half of what it asked for', async () => {
    const { receiver, answer } = receiverUnderTest({ slots: 1000 });
    receiver.pump();
    for (let call = 0; call < 3; call++) await answer(call, 10);
    await answer(3, 5);
    assert.equal(receiver.open, 4);
    await answer(4, 4);
    assert.equal(receiver.open, 3);
  });

  it('has no more than 32 polls open', async () => {
    const { receiver, answer } = receiverUnderTest({ slots: 10_000 });
    receiver.pump();
    for (let call = 0; call < 60; call++) await answer(call, 10);
    assert.equal(receiver.open, 32);
  });

  it('asks for no more than there is room for', async () => {
    const { receiver, queue, answer, asked } = receiverUnderTest({ slots: 7 });
    receiver.pump();
    assert.deepEqual(asked(), [7]);
    await answer(0, 7);
    assert.deepEqual([queue.receives.length, receiver.open], [1, 0]);
  });

  it('waits a little for room for ten before it asks for fewer', async () => {
    const under = receiverUnderTest({ slots: 20 });
    under.held = 17;
    under.receiver.pump();
    await under.clock.advance(49);
    assert.deepEqual(under.asked(), []);
    under.held = 15;
    under.receiver.pump();
    await under.clock.advance(1);
    assert.deepEqual(under.asked(), [5]);
  });

  it('asks for ten as soon as there is room for them', async () => {
    const under = receiverUnderTest({ slots: 20 });
    under.held = 17;
    under.receiver.pump();
    await under.clock.advance(10);
    under.held = 10;
    under.receiver.pump();
    assert.deepEqual(under.asked(), [10]);
    under.held = 0;
    await under.clock.advance(1000);
    assert.deepEqual(under.asked(), [10]);
  });

  it('measures how long full receives take, not how long idle ones wait', async () => {
    const { receiver, clock, answer } = receiverUnderTest();
    receiver.pump();
    await clock.advance(20_000);
    await answer(0, 0);
    assert.equal(receiver.latencyMs, undefined);
    await clock.advance(12);
    await answer(1, 10);
    assert.equal(receiver.latencyMs, 12);
  });
});

describe('the receiver while SQS fails', () => {
  it('backs off ever longer, never for more than half a minute, and says why', async () => {
    const { receiver, clock, queue, lines } = receiverUnderTest();
    receiver.pump();
    const startedMs: number[] = [];
    for (let call = 0; call < 10; call++) {
      startedMs.push(clock.monotonic());
      queue.receives[call]?.fail(network);
      await settle();
      receiver.pump();
      assert.equal(queue.receives.length, call + 1, 'nothing opens a receive in the meantime');
      await clock.advanceUntil(() => queue.receives.length > call + 1, 60_000);
    }
    const pausesMs = startedMs.slice(1).map((at, index) => Math.round((at - (startedMs[index] ?? 0)) / 50) * 50);
    assert.deepEqual(pausesMs, [250, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
    assert.match(receiver.failure ?? '', /SQS cannot be reached/);
    assert.ok(lines.every((line) => line.level === 'error' && line.message === 'a receive failed'));
  });

  it('forgets the failure with the first receive that works, and says so', async () => {
    const { receiver, clock, queue, lines, answer } = receiverUnderTest();
    receiver.pump();
    queue.receives[0]?.fail(network);
    await clock.advance(250);
    await answer(1, 0);
    assert.equal(receiver.failure, undefined);
    assert.equal(lines.at(-1)?.message, 'receiving works again');
    queue.receives[2]?.fail(network);
    await clock.advance(250);
    assert.equal(queue.receives.length, 4, 'the next back-off begins anew');
  });

  it('is back to one poll', async () => {
    const { receiver, clock, queue, answer } = receiverUnderTest({ slots: 1000 });
    receiver.pump();
    for (let call = 0; call < 3; call++) await answer(call, 10);
    for (const call of queue.receives.slice(3)) call.fail(network);
    await clock.advance(60_000);
    assert.equal(receiver.open, 1);
  });
});

describe('the receiver on a FIFO queue', () => {
  const fifo = { fifo: true, slots: 1000 };

  it('gives each receive an attempt id of its own', async () => {
    const { receiver, queue, answer } = receiverUnderTest(fifo);
    receiver.pump();
    await answer(0, 10);
    await answer(1, 10);
    const ids = queue.receives.map((call) => call.input.attemptId);
    assert.ok(ids.every((id) => id !== undefined));
    assert.equal(new Set(ids).size, ids.length);
  });

  it('repeats the attempt id of every call that broke off, so that SQS hands out the same messages again', async () => {
    const { receiver, clock, queue, answer } = receiverUnderTest(fifo);
    receiver.pump();
    await answer(0, 10);
    await answer(1, 10);
    const broken = queue.receives.slice(2);
    assert.equal(broken.length, 3);
    broken[0]?.fail(network);
    broken[1]?.fail(new AwsError('Timeout', 'no answer'));
    broken[2]?.succeed(messages(10));
    await clock.advance(10_000);
    await answer(5, 10);
    assert.deepEqual(
      queue.receives.slice(5, 7).map((call) => call.input.attemptId),
      broken.slice(0, 2).map((call) => call.input.attemptId),
    );
    await answer(6, 10);
    const ids = queue.receives.map((call) => call.input.attemptId);
    assert.equal(new Set(ids).size, ids.length - 2, 'and each of them once');
  });

  it('does not repeat the attempt id of a call that SQS answered, if only with an error', async () => {
    const { receiver, clock, queue } = receiverUnderTest(fifo);
    receiver.pump();
    queue.receives[0]?.fail(new AwsError('OverLimit', 'too many in flight', { status: 400 }));
    await clock.advance(1000);
    assert.notEqual(queue.receives[1]?.input.attemptId, queue.receives[0]?.input.attemptId);
  });

  it('asks again for as many messages as the call that broke off did', async () => {
    const under = receiverUnderTest({ fifo: true, slots: 4 });
    under.receiver.pump();
    under.queue.receives[0]?.fail(network);
    await under.clock.advance(1000);
    assert.deepEqual(under.asked(), [4, 4]);
  });
});

describe('the receiver that is stopped', () => {
  it('waits for its open polls, hands over what they bring, and opens no more', async () => {
    const under = receiverUnderTest({ slots: 1000 });
    under.receiver.pump();
    await under.answer(0, 10);
    let closed = false;
    const stopped = under.receiver.stop().then(() => {
      closed = true;
    });
    await under.answer(1, 10);
    assert.deepEqual([closed, under.received], [false, 20]);
    await under.answer(2, 3);
    await stopped;
    under.receiver.pump();
    await under.clock.advance(60_000);
    assert.deepEqual([under.received, under.queue.receives.length], [23, 3]);
  });

  it('is closed at once when none is open, and when the last one fails', async () => {
    const idle = receiverUnderTest();
    await idle.receiver.stop();
    const failing = receiverUnderTest();
    failing.receiver.pump();
    const stopped = failing.receiver.stop();
    failing.queue.receives[0]?.fail(network);
    await stopped;
    await failing.clock.advance(60_000);
    assert.equal(failing.queue.receives.length, 1);
  });

  it('does not go on when a back-off or a wait for room ends', async () => {
    const failing = receiverUnderTest();
    failing.receiver.pump();
    failing.queue.receives[0]?.fail(network);
    await settle();
    await failing.receiver.stop();
    const waiting = receiverUnderTest({ slots: 20 });
    waiting.held = 17;
    waiting.receiver.pump();
    await waiting.receiver.stop();
    await Promise.all([failing.clock.advance(60_000), waiting.clock.advance(60_000)]);
    assert.deepEqual([failing.queue.receives.length, waiting.queue.receives.length], [1, 0]);
  });
});

describe("the receiver's sign of life", () => {
  it('is each receive that comes back, also with nothing and with a failure', async () => {
    const { receiver, clock, queue, answer } = receiverUnderTest();
    receiver.pump();
    await clock.advance(20_000);
    await answer(0, 0);
    assert.equal(receiver.lastEndedMs, 20_000);
    await clock.advance(5000);
    queue.receives[1]?.fail(network);
    await settle();
    assert.equal(receiver.lastEndedMs, 25_000);
  });

  it('stays away while a receive hangs, whatever else happens', async () => {
    const { receiver, clock } = receiverUnderTest();
    receiver.pump();
    await clock.advance(100_000);
    receiver.pump();
    assert.equal(receiver.lastEndedMs, 0);
  });

  it('stays away too while others that came back have nothing to do', async () => {
    const under = receiverUnderTest({ slots: 30 });
    under.receiver.pump();
    await under.answer(0, 10);
    await under.answer(1, 10);
    assert.equal(under.receiver.open, 1);
    under.held = 15;
    await under.clock.advance(100_000);
    under.receiver.pump();
    await under.clock.advance(100_000);
    assert.equal(under.receiver.lastEndedMs, 0);
  });

  it('is not missed after a time without room: the silence begins when there is room again', async () => {
    const under = receiverUnderTest({ slots: 20 });
    under.held = 20;
    under.receiver.pump();
    await under.clock.advance(3_600_000);
    under.held = 15;
    under.receiver.pump();
    assert.equal(under.receiver.lastEndedMs, 3_600_000);
    await under.clock.advance(50);
    assert.deepEqual([under.asked(), under.receiver.lastEndedMs], [[5], 3_600_050]);
    await under.clock.advance(60_000);
    assert.equal(under.receiver.lastEndedMs, 3_600_050);
  });
});

describe('the receiver, whatever happens', () => {
  it('never has more reserved and held than there is room for, and never stands still while there is room', async () => {
    const step = fc.record({
      waitMs: fc.nat(400),
      brings: fc.nat(10),
      fails: fc.boolean(),
      releases: fc.nat(20),
      which: fc.nat(40),
    });
    await checkProperty(
      fc.asyncProperty(fc.integer({ min: 1, max: 80 }), fc.array(step, { maxLength: 40 }), async (slots, steps) => {
        const under = receiverUnderTest({ slots });
        const ended = new Set<number>();
        under.receiver.pump();
        for (const { waitMs, brings, fails, releases, which } of steps) {
          await under.clock.advance(waitMs);
          const open = under.queue.receives.map((_, index) => index).filter((index) => !ended.has(index));
          const index = open[which % Math.max(1, open.length)];
          if (index !== undefined) {
            ended.add(index);
            const call = under.queue.receives[index];
            if (fails && brings % 2 === 0) call?.fail(network);
            else call?.succeed(messages(Math.min(brings, call.input.maxMessages)));
            await settle();
          }
          under.held = Math.max(0, under.held - releases);
          under.receiver.pump();
          assert.ok(under.receiver.reserved + under.held <= slots);
          const reserved = under.queue.receives.reduce(
            (sum, call, n) => (ended.has(n) ? sum : sum + call.input.maxMessages),
            0,
          );
          assert.equal(under.receiver.reserved, reserved);
        }
        under.held = 0;
        under.receiver.pump();
        await under.clock.advance(30_000);
        assert.ok(under.receiver.open >= 1);
      }),
      { numRuns: 60 },
    );
  });
});
