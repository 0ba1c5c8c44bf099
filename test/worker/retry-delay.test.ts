import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { backoffMs } from '../../worker/backoff.ts';
import type { Attempt } from '../../worker/recipient.ts';
import { retryAfterSeconds } from '../../worker/retry-after.ts';
import { retryDelayMs } from '../../worker/retry-delay.ts';
import { checkProperty } from '../support/properties.ts';

const backoff = { initialMs: 500, maxMs: 900_000 };
const now = Date.parse('2026-01-01T00:00:00Z');
const answered = (retryAfter?: string | string[]): Attempt => ({
  status: 503,
  headers: { 'retry-after': retryAfter },
  durationMs: 20,
});
const highest = () => 1 - Number.EPSILON;

describe('the delay before the next attempt', () => {
  it('is the back-off, which grows with each failure', () => {
    const delays = [1, 2, 3, 4, 5, 20].map((failures) =>
      Math.ceil(retryDelayMs(answered(), failures, undefined, backoff, now, highest)),
    );
    assert.deepEqual(delays, [500, 1000, 2000, 4000, 8000, 900_000]);
  });
  it('is at least what Retry-After asks for, in seconds or as a date', () => {
    const asked = ['7', 'Thu, 01 Jan 2026 00:01:00 GMT', ['9', '5']].map((retryAfter) =>
      retryDelayMs(answered(retryAfter), 1, undefined, backoff, now, () => 0),
    );
    assert.deepEqual(asked, [7000, 60_000, 9000]);
    assert.equal(Math.ceil(retryDelayMs(answered('1'), 5, undefined, backoff, now, highest)), 8000);
  });
  it('is what the rule says, whatever the back-off would be, and Retry-After where that asks for more', () => {
    assert.equal(retryDelayMs(answered(), 20, 5, backoff, now, highest), 5000);
    assert.equal(retryDelayMs(answered('3'), 1, 5, backoff, now, highest), 5000);
    assert.equal(retryDelayMs(answered('30'), 1, 5, backoff, now, highest), 30_000);
  });
  it('follows the back-off where nobody answered', () => {
    const attempt: Attempt = { error: 'Reset', detail: 'injected', durationMs: 20 };
    assert.equal(Math.ceil(retryDelayMs(attempt, 3, undefined, backoff, now, highest)), 2000);
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
    checkProperty(
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
