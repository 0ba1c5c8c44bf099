import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { backoffMs } from '../../worker/backoff.ts';
import { dispose } from '../../worker/disposition.ts';
import type { Attempt } from '../../worker/recipient.ts';
import { retryAfterSeconds } from '../../worker/retry-after.ts';

const backoff = { initialMs: 500, maxMs: 900_000 };
const now = Date.parse('2026-01-01T00:00:00Z');
const answered = (status: number, retryAfter?: string): Attempt => ({ status, retryAfter, durationMs: 20 });
const highest = () => 1 - Number.EPSILON;

describe('the disposition', () => {
  for (const status of [200, 201, 202, 204, 299]) {
    it(`acknowledges ${status}`, () => {
      assert.deepEqual(dispose(answered(status), 1, backoff, now, highest), { action: 'Acknowledge', status });
    });
  }
  for (const status of [199, 300, 301, 307, 400, 404, 408, 409, 410, 425, 429, 500, 503, 599]) {
    it(`retries ${status}`, () => {
      const disposition = dispose(answered(status), 1, backoff, now, highest);
      assert.deepEqual(disposition, { action: 'Retry', delaySeconds: 1, throttled: status === 429 });
    });
  }
  it('retries an attempt without a response', () => {
    const attempt: Attempt = { error: 'Timeout', detail: 'no complete response within 30 s', durationMs: 30_000 };
    assert.deepEqual(dispose(attempt, 1, backoff, now, highest), {
      action: 'Retry',
      delaySeconds: 1,
      throttled: false,
    });
  });
  it('waits longer with each receive of the message', () => {
    const delays = [1, 2, 3, 4, 5, 20].map((count) => dispose(answered(500), count, backoff, now, highest));
    assert.deepEqual(
      delays.map((each) => each.action === 'Retry' && each.delaySeconds),
      [1, 1, 2, 4, 8, 900],
    );
  });
  it('waits at least as long as Retry-After asks, in seconds or as a date', () => {
    const bySeconds = dispose(answered(429, '7'), 1, backoff, now, () => 0);
    const byDate = dispose(answered(503, 'Thu, 01 Jan 2026 00:01:00 GMT'), 1, backoff, now, () => 0);
    assert.deepEqual(bySeconds, { action: 'Retry', delaySeconds: 7, throttled: true });
    assert.deepEqual(byDate, { action: 'Retry', delaySeconds: 60, throttled: false });
  });
});

describe('Retry-After', () => {
  const cases: [string | undefined, number | undefined][] = [
    [undefined, undefined],
    ['', undefined],
    ['0', 0],
    [' 120 ', 120],
    ['-1', undefined],
    ['1.5', undefined],
    ['soon', undefined],
    ['9999999999', undefined],
    ['Thu, 01 Jan 2026 00:00:30 GMT', 30],
    ['Wed, 31 Dec 2025 23:59:59 GMT', 0],
    ['Thursday, 01-Jan-26 00:00:30 GMT', 30],
    ['Thu Jan  1 00:00:30 2026 GMT', 30],
  ];
  for (const [value, seconds] of cases) {
    it(`${JSON.stringify(value)} means ${seconds} seconds`, () => assert.equal(retryAfterSeconds(value, now), seconds));
  }
});

describe('the back-off', () => {
  it('is drawn from zero to the doubled limit, and never above the maximum', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (failures, dice) => {
          const delay = backoffMs(failures, backoff, () => dice);
          assert.ok(delay >= 0 && delay <= Math.min(backoff.maxMs, 500 * 2 ** (failures - 1)));
        },
      ),
    );
  });
});
