import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { newCounters } from '../../../worker/counters.ts';
import type { Disposition } from '../../../worker/disposition.ts';
import type { Attempt } from '../../../worker/recipient.ts';
import { RecipientLimits } from '../../../worker/recipient-limits/recipient-limits.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { recordingLog } from '../../support/worker-log.ts';
import { message } from '../support.ts';

const retried: Disposition = { action: 'Retry', decidedBy: 'default' };
const accepted: Disposition = { action: 'Acknowledge', decidedBy: 'default' };
const holding = { received: 0, posting: 1, waiting: 0, delivered: 0, audited: 0, deadLettering: 0, deadLettered: 0 };
const answered = (status: number): Attempt => ({ status, headers: {}, durationMs: 10 });

function limitsUnderTest() {
  const clock = new VirtualClock();
  const changes: number[] = [];
  const limits: RecipientLimits = new RecipientLimits({
    ...{ maxConcurrency: 64, adaptive: true, counters: newCounters(), clock, random: () => 0.5 },
    log: recordingLog(clock).log,
    changed: () => {
      changes.push(clock.monotonic());
      limits.mayStart(0);
    },
  });
  const fail = () => limits.ended(message(), answered(503), retried, holding);
  return { clock, limits, changes, fail };
}

describe('what the recipient bears', () => {
  it('wakes whoever waits when a probe is due, and with each step of the recovery', async () => {
    const { clock, limits, changes, fail } = limitsUnderTest();
    for (let n = 0; n < 5; n++) {
      await clock.advance(300);
      fail();
    }
    assert.equal(limits.mayStart(0), false);
    await clock.advance(5_000);
    assert.deepEqual(changes, [6_500]);
    const probe = message();
    assert.equal(limits.mayStart(0), true);
    limits.started(probe);
    limits.ended(probe, answered(200), accepted, holding);
    await clock.advance(20_000);
    const steps = Array.from({ length: 12 }, (_, step) => 6_500 + step * 1_000);
    assert.deepEqual(changes, [6_500, ...steps]);
  });

  it('keeps messages that failed for probes, as many as it takes and no more', async () => {
    const { clock, limits, fail } = limitsUnderTest();
    for (let n = 0; n < 4; n++) {
      await clock.advance(300);
      assert.equal(fail(), undefined);
    }
    await clock.advance(300);
    assert.equal(fail(), 'ForProbes');
    const full = { ...holding, received: 2, waiting: 1 };
    assert.equal(limits.ended(message(), answered(503), retried, full), undefined);
    assert.equal(limits.probesToHold, 3);
    await clock.advance(10 * 60_000);
    assert.equal(limits.probesToHold, 10);
  });

  it('pauses for as long as a recipient asks that answers 429 too often, and for a second where it does not say', async () => {
    const { clock, limits } = limitsUnderTest();
    const throttle = (headers = {}) =>
      limits.ended(message(), { ...answered(429), headers } as Attempt, retried, holding);
    for (let n = 0; n < 3; n++) throttle();
    assert.equal(limits.pauseMs, 1_000);
    assert.equal(limits.mayStart(0), false);
    await clock.advance(1_000);
    assert.equal(limits.mayStart(0), true);
    for (let n = 0; n < 3; n++) throttle({ 'retry-after': '7' });
    assert.equal(limits.pauseMs, 7_000);
    await clock.advance(7_000);
    for (let n = 0; n < 3; n++) throttle({ 'retry-after': '3600' });
    assert.equal(limits.pauseMs, 60_000);
  });
});
