import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CourierStatus } from '../../../api/v1alpha1.gen.ts';
import { computeStatus } from '../../../operator/courier/status.ts';
import { shouldWriteStatus, statusWriteDelayMs } from '../../../operator/courier/status-write.ts';
import { decision, deploymentOf, inputWith, now, seen } from './fixtures.ts';

const status = computeStatus(inputWith());
const writtenMs = 1_000_000;
const delay = (next: CourierStatus, elapsedMs: number) =>
  statusWriteDelayMs(status, next, writtenMs, writtenMs + elapsedMs);
const next = (fields: Parameters<typeof inputWith>[0]) =>
  computeStatus(inputWith({ previous: status, nowTimeMs: now + 1000, ...fields }));

describe('a status', () => {
  it('is not written while it is as it was written', () => {
    assert.equal(delay(status, 0), undefined);
    assert.equal(delay(next({}), 3_600_000), undefined);
    assert.equal(shouldWriteStatus(status, next({}), writtenMs, writtenMs + 3_600_000), false);
  });

  it('is written at once when it never was', () => {
    assert.equal(statusWriteDelayMs(undefined, status, undefined, 0), 0);
    assert.equal(statusWriteDelayMs({ observedGeneration: -1 }, status, undefined, 0), 0);
  });

  const atOnce: Readonly<Record<string, CourierStatus>> = {
    'a condition changes': next({ deployment: deploymentOf(3, 3, { replicas: 5 }) }),
    'another number of workers is wanted': next({ deployment: deploymentOf(4) }),
    'another generation is meant': { ...status, observedGeneration: 3 },
    'the workers are no longer as many as there should be': next({ deployment: deploymentOf(3, 2) }),
  };
  for (const [name, changed] of Object.entries(atOnce)) {
    it(`is written at once when ${name}`, () => assert.equal(delay(changed, 1), 0));
  }

  it('waits for thirty seconds with counters and words', () => {
    const counters = { ...seen, counters: { ...seen.counters, visible: 121 } };
    const said = { ...decision, explanation: 'Something else.' };
    for (const changed of [next({ queue: counters }), next({ decision: said })]) {
      assert.equal(delay(changed, 1_000), 29_000);
      assert.equal(delay(changed, 30_000), 0);
      assert.equal(delay(changed, 99_000), 0);
    }
  });

  it('waits for five seconds with workers that come or go', () => {
    const starting = { ...status, replicas: 2, readyReplicas: 1 };
    const more = { ...status, replicas: 2, readyReplicas: 2 };
    assert.equal(statusWriteDelayMs(starting, more, writtenMs, writtenMs + 1_000), 4_000);
    assert.equal(statusWriteDelayMs(starting, status, writtenMs, writtenMs + 1_000), 0);
  });
});
