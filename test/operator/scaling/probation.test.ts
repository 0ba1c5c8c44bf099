import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { nextGuard, noGuard } from '../../../operator/scaling/guard/guard.ts';
import { continueProbation, enterProbation } from '../../../operator/scaling/guard/probation.ts';
import type { Signals } from '../../../operator/scaling/guard/signals.ts';

/** Twelve busy replicas at a recipient that takes 120 messages a second, where each could deliver 30. */
const crowded: Signals = {
  ...{ now: 100, intervalSeconds: 5, desired: 12, ready: 12, maxReplicas: 12, wanted: 40 },
  ...{ isBusy: true, occupancy: 1, waitingPerSlot: 9, busyReplicas: 12, breakersOpen: 0, auditBlockedShare: 0 },
  ...{ delivered: 600, failed: 0, throttled: 0, failedShare: 0, throttledShare: 0, acceptedPerSecond: 120 },
  ...{ ratePerReplica: 10, freeRatePerReplica: 10, rateLimitPerSecond: Number.POSITIVE_INFINITY },
};

describe('growth on probation', () => {
  for (const perSecond of [60, 5]) {
    test(`does not pay at a recipient that is full, where two replicas had just delivered ${perSecond}/s`, () => {
      const moment = { at: 60, replicas: 2, ratePerReplica: 30, perSecond, error: 0.05 };
      let guard = enterProbation([moment], 30, crowded);
      assert.equal(guard?.kind, 'Probation');
      const kinds: string[] = [];
      for (let now = 105; now <= 160 && guard?.kind === 'Probation'; now += 5) {
        const next = continueProbation(guard, { ...crowded, now });
        kinds.push(next?.kind ?? 'None');
        guard = next?.kind === 'Probation' ? next : null;
      }
      assert.equal(kinds.at(-1), 'Saturated', kinds.join());
    });
  }

  test('begins when replicas slow down, also of a fleet that was larger at every look', () => {
    const looks = [
      { now: 5, ready: 2, delivered: 80, acceptedPerSecond: 8, ratePerReplica: 30 },
      { now: 10, ready: 4, delivered: 300, acceptedPerSecond: 40, ratePerReplica: 30 },
      { now: 15, ready: 12, delivered: 600, acceptedPerSecond: 90, ratePerReplica: 20 },
    ];
    const { guard } = looks.reduce((memory, look) => nextGuard(memory, { ...crowded, ...look }), noGuard);
    assert.equal(guard?.kind, 'Probation');
  });

  test('takes no fleet that is becoming smaller for a fast one: what it delivered, it delivered when it was larger', () => {
    const looks = [
      { now: 5, ready: 12 },
      { now: 10, ready: 12 },
      { now: 15, ready: 4, ratePerReplica: 28 },
      { now: 20, ready: 12 },
    ];
    const { guard } = looks.reduce((memory, look) => nextGuard(memory, { ...crowded, ...look }), noGuard);
    assert.equal(guard, null);
  });
});
