import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RateShare } from '../../../api/exchange.ts';
import { beginHolding, takeShare, termAt } from '../../../worker/rate/share.ts';

const fallback = { messagesPerSecond: 2, burst: 1 };
const share: RateShare = { id: 'a', messagesPerSecond: 50, burst: 20, ttlSeconds: 15, fallback };

/** What is in force at a second, as `basis rate`. */
function inForce(holding: Parameters<typeof termAt>[0], seconds: number): string {
  const { basis, rate } = termAt(holding, seconds * 1000);
  return `${basis} ${rate.messagesPerSecond}`;
}

describe('the share of a rate limit', () => {
  it('is nothing for the time of a lease where there is an operator, then the fallback', () => {
    const holding = beginHolding(fallback, true, 0);
    assert.deepEqual(
      [0, 14.9, 15, 1000].map((seconds) => inForce(holding, seconds)),
      ['None 0', 'None 0', 'Fallback 2', 'Fallback 2'],
    );
  });

  it('is the fallback at once where there is none', () => {
    assert.equal(inForce(beginHolding(fallback, false, 0), 0), 'Fallback 2');
  });

  it('is the lease while it runs, then the smaller of it and the fallback, then the fallback', () => {
    const large = takeShare(share, 10_000);
    const small = takeShare({ ...share, messagesPerSecond: 0.5 }, 10_000);
    const seconds = [10, 24.9, 25, 39.9, 40];
    assert.deepEqual(
      seconds.map((at) => inForce(large, at)),
      ['Lease 50', 'Lease 50', 'Lapsed 2', 'Lapsed 2', 'Fallback 2'],
    );
    assert.deepEqual(
      seconds.map((at) => inForce(small, at)),
      ['Lease 0.5', 'Lease 0.5', 'Lapsed 0.5', 'Lapsed 0.5', 'Fallback 2'],
    );
  });

  it('falls back to what the operator said last', () => {
    const told = takeShare({ ...share, fallback: { messagesPerSecond: 1, burst: 1 } }, 0);
    assert.equal(inForce(told, 60), 'Fallback 1');
  });
});
