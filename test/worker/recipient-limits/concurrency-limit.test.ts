import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ConcurrencyLimit } from '../../../worker/recipient-limits/concurrency-limit.ts';
import { checkProperty } from '../../support/properties.ts';
import { about, type Behaviour, SimulatedRecipient } from './simulated-recipient.ts';

const healthy: Behaviour = (_open, random) => ({ latencyMs: about(20, random) });
/** Serves so many at a time; the others wait in its queue. */
const queueing =
  (workers: number, ms = 20): Behaviour =>
  (open, random) => ({ latencyMs: about(ms, random) * Math.max(1, open / workers) });
/** Refuses what exceeds so many at a time. */
const refusing =
  (most: number, signal: 'Failed' | 'Throttled'): Behaviour =>
  (open, random) =>
    random() < 1 - most / open ? { latencyMs: 5, signal } : { latencyMs: about(20, random) };

describe('the concurrency limit', () => {
  it('doubles up to the maximum with a recipient that bears it, within a second', () => {
    const recipient = new SimulatedRecipient(healthy);
    assert.equal(recipient.limit.ramping, true);
    recipient.run(1);
    assert.equal(recipient.limit.limit, 64);
    assert.equal(recipient.limit.ramping, false);
    assert.ok(recipient.run(60).meanLimit > 63);
  });

  it('does not take a tail of slow answers for a slow recipient', () => {
    const tail: Behaviour = (_open, random) => ({ latencyMs: random() < 0.05 ? 500 : about(20, random) });
    const recipient = new SimulatedRecipient(tail, 100);
    recipient.run(2);
    const { meanLimit } = recipient.run(60);
    assert.ok(meanLimit > 95, `${meanLimit}`);
  });

  it('finds how many a recipient serves whose answers slow down beyond that, and keeps it busy', () => {
    for (const workers of [8, 16, 24]) {
      const recipient = new SimulatedRecipient(queueing(workers, 50));
      recipient.run(20);
      const { meanLimit, acceptedPerSecond } = recipient.run(120);
      assert.ok(meanLimit <= 2.3 * workers, `${meanLimit} for ${workers}`);
      assert.ok(acceptedPerSecond > 0.9 * (workers / 0.05), `${acceptedPerSecond}/s by ${workers}`);
    }
  });

  for (const signal of ['Failed', 'Throttled'] as const) {
    it(`finds how many a recipient bears that refuses the rest (${signal})`, () => {
      const recipient = new SimulatedRecipient(refusing(12, signal));
      recipient.run(20);
      const { meanLimit } = recipient.run(120);
      assert.ok(meanLimit > 5 && meanLimit < 18, `${meanLimit}`);
      assert.ok(recipient.refused < 0.15 * recipient.accepted, `${recipient.refused} of ${recipient.accepted}`);
    });
  }

  it('takes it as it is when a recipient has become slower at any load', () => {
    const recipient = new SimulatedRecipient(healthy);
    recipient.run(5);
    recipient.behaviour = (_open, random) => ({ latencyMs: about(100, random) });
    recipient.run(30);
    const { meanLimit, least } = recipient.run(60);
    assert.ok(meanLimit > 60 && least > 20, `${meanLimit}, at least ${least}`);
  });

  it('takes it as it is when a recipient fails now and then at any load', () => {
    const flaky: Behaviour = (_open, random) => ({
      latencyMs: about(20, random),
      signal: random() < 0.25 ? 'Failed' : 'Well',
    });
    const recipient = new SimulatedRecipient(flaky);
    recipient.run(20);
    const { meanLimit } = recipient.run(60);
    assert.ok(meanLimit > 30, `${meanLimit}`);
  });

  it('spares one that fails more often than not', () => {
    const sick: Behaviour = (_open, random) => ({
      latencyMs: about(20, random),
      signal: random() < 0.8 ? 'Failed' : 'Well',
    });
    const recipient = new SimulatedRecipient(sick);
    recipient.run(10);
    assert.equal(recipient.run(30).meanLimit, 1);
  });

  it('goes up again when the recipient bears more', () => {
    const recipient = new SimulatedRecipient(queueing(4));
    recipient.run(30);
    recipient.behaviour = healthy;
    recipient.run(30);
    assert.equal(recipient.limit.limit, 64);
  });

  it('is the maximum where it is not to adapt, whatever happens', () => {
    const recipient = new SimulatedRecipient(refusing(2, 'Failed'), 30, false);
    assert.deepEqual([recipient.run(5).meanLimit, recipient.limit.ramping], [30, false]);
  });

  it('grows only with what was tried', () => {
    const limit = new ConcurrencyLimit(64, true);
    for (let n = 0; n < 1000; n++) limit.ended('Well', 20, 1);
    assert.equal(limit.limit, 10);
    assert.equal(limit.ramping, true);
  });

  it('never leaves 1 to its maximum, also when that changes', () => {
    const step = fc.record({
      signal: fc.constantFrom('Well', 'Failed', 'Throttled'),
      latencyMs: fc.double({ min: 0, max: 60_000, noNaN: true }),
      open: fc.integer({ min: 1, max: 1024 }),
      max: fc.option(fc.integer({ min: 1, max: 1024 }), { freq: 20 }),
      restore: fc.boolean(),
    });
    checkProperty(
      fc.property(
        fc.integer({ min: 1, max: 64 }),
        fc.boolean(),
        fc.array(step, { maxLength: 400 }),
        (first, adaptive, steps) => {
          const limit = new ConcurrencyLimit(first, adaptive);
          let most = first;
          for (const { signal, latencyMs, open, max, restore } of steps) {
            if (max !== null) {
              limit.setMax(max);
              most = max;
            }
            limit.ended(signal, latencyMs, open);
            if (restore) limit.restore();
            assert.ok(Number.isInteger(limit.limit) && limit.limit >= 1 && limit.limit <= most);
          }
        },
      ),
      { numRuns: 50 },
    );
  });
});
