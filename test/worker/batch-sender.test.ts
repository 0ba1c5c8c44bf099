import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { AwsError } from '../../aws/errors.ts';
import type { BatchOutcome, EntryFailure } from '../../aws/ports.ts';
import { BatchSender, isReceiptLost } from '../../worker/batch-sender.ts';
import { checkProperty } from '../support/properties.ts';
import { internalError, outcome } from '../support/scripted-queue.ts';
import { settle, VirtualClock } from '../support/virtual-clock.ts';

type SentCall = {
  readonly entries: readonly number[];
  readonly succeed: (outcome: BatchOutcome) => void;
  readonly fail: (error: unknown) => void;
};

/** A sender of numbers that lingers for 20 ms, the calls it has made, and what became of each number. */
function senderUnderTest(maxParallel = 2) {
  const clock = new VirtualClock();
  const calls: SentCall[] = [];
  const settled: [entry: number, code: string | undefined][] = [];
  const sender = new BatchSender<number>({
    clock,
    lingerMs: 20,
    maxParallel,
    send: (entries) => new Promise((succeed, fail) => calls.push({ entries, succeed, fail })),
    settled: (entry, failure) => settled.push([entry, failure?.code]),
  });
  const add = (from: number, to: number) => {
    for (let entry = from; entry <= to; entry++) sender.add(entry);
  };
  return { clock, calls, settled, sender, add, sizes: () => calls.map((call) => call.entries.length) };
}

describe('a batch sender', () => {
  it('sends ten entries at once, in the order in which they came', () => {
    const { calls, add } = senderUnderTest();
    add(1, 10);
    assert.deepEqual(calls[0]?.entries, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it('sends fewer after the linger, counted from the first of them', async () => {
    const { clock, add, sizes } = senderUnderTest();
    add(1, 2);
    await clock.advance(15);
    add(3, 3);
    await clock.advance(4);
    assert.deepEqual(sizes(), []);
    await clock.advance(1);
    assert.deepEqual(sizes(), [3]);
  });

  it('lingers anew for what comes after a full call', async () => {
    const { clock, add, sizes } = senderUnderTest();
    add(1, 9);
    await clock.advance(15);
    add(10, 11);
    await clock.advance(19);
    assert.deepEqual(sizes(), [10]);
    await clock.advance(1);
    assert.deepEqual(sizes(), [10, 1]);
  });

  it('sends at once what is flushed', () => {
    const { add, sender, sizes } = senderUnderTest();
    add(1, 3);
    sender.flush();
    assert.deepEqual(sizes(), [3]);
  });

  it('has no more calls under way than it may, and sends what lingered when one ends', async () => {
    const { clock, calls, add, sender, sizes } = senderUnderTest();
    add(1, 34);
    await clock.advance(1000);
    assert.deepEqual(sizes(), [10, 10]);
    assert.equal(sender.pending, 34);
    calls[0]?.succeed(outcome(10));
    await settle();
    assert.deepEqual(sizes(), [10, 10, 10]);
    calls[1]?.succeed(outcome(10));
    await settle();
    assert.deepEqual(sizes(), [10, 10, 10, 4]);
    assert.equal(sender.pending, 14);
  });

  it('gives each entry its own outcome', async () => {
    const { calls, add, settled, sender } = senderUnderTest();
    add(1, 3);
    sender.flush();
    calls[0]?.succeed(outcome(3, { 1: internalError }));
    await settle();
    assert.deepEqual(settled, [
      [1, undefined],
      [2, 'InternalError'],
      [3, undefined],
    ]);
    assert.equal(sender.pending, 0);
  });

  const wholeCalls: [sentence: string, error: unknown, code: string][] = [
    ['by the name that AWS gave it', new AwsError('RequestThrottled', 'slow down'), 'RequestThrottled'],
    ['that is none of AWS as an unknown one', new TypeError('a defect'), 'Unknown'],
  ];
  for (const [sentence, error, code] of wholeCalls) {
    it(`reports a call that failed as a whole for each of its entries, ${sentence}`, async () => {
      const { calls, add, settled, sender } = senderUnderTest();
      add(1, 2);
      sender.flush();
      calls[0]?.fail(error);
      await settle();
      assert.deepEqual(settled, [
        [1, code],
        [2, code],
      ]);
      assert.equal(sender.pending, 0);
    });
  }

  it('settles every entry exactly once, keeps to ten and to its parallel calls, whatever comes and fails', async () => {
    const step = fc.record({ adds: fc.nat(25), waitMs: fc.nat(30), flush: fc.boolean() });
    const call = fc.record({ latencyMs: fc.nat(60), fails: fc.boolean(), failures: fc.array(fc.nat(9)) });
    const scripts = fc.record({
      maxParallel: fc.integer({ min: 1, max: 4 }),
      steps: fc.array(step, { maxLength: 20 }),
      calls: fc.infiniteStream(call),
    });
    await checkProperty(
      fc.asyncProperty(scripts, async ({ maxParallel, steps, calls }) => {
        const clock = new VirtualClock();
        const settled: number[] = [];
        let [open, added] = [0, 0];
        const sender = new BatchSender<number>({
          clock,
          lingerMs: 20,
          maxParallel,
          send: (entries) => {
            assert.ok(entries.length >= 1 && entries.length <= 10);
            assert.ok(++open <= maxParallel);
            const { value } = calls.next();
            return new Promise((succeed, fail) => {
              clock.setTimeout(() => {
                open--;
                if (value.fails) fail(new Error('failed'));
                else succeed(entries.map((_, index) => (value.failures.includes(index) ? internalError : undefined)));
              }, value.latencyMs);
            });
          },
          settled: (entry: number, _failure: EntryFailure | undefined) => settled.push(entry),
        });
        for (const { adds, waitMs, flush } of steps) {
          for (let n = 0; n < adds; n++) sender.add(added++);
          if (flush) sender.flush();
          await clock.advance(waitMs);
        }
        await clock.advanceUntil(() => sender.pending === 0, 60_000);
        assert.deepEqual(
          settled.sort((a, b) => a - b),
          Array.from({ length: added }, (_, index) => index),
        );
      }),
      { numRuns: 40 },
    );
  });
});

describe('a lost receipt', () => {
  const cases: [code: string, lost: boolean][] = [
    ['ReceiptHandleIsInvalid', true],
    ['MessageNotInflight', true],
    ['InvalidParameterValue', true],
    ['InternalError', false],
    ['AccessDenied', false],
  ];
  for (const [code, lost] of cases) {
    it(`is ${lost ? '' : 'not '}what ${code} means`, () => {
      assert.equal(isReceiptLost({ code, message: '', senderFault: true }), lost);
    });
  }
});
