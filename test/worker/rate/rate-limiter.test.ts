import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RateShare } from '../../../api/exchange.ts';
import { RateLimiter } from '../../../worker/rate/rate-limiter.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const fallback = { messagesPerSecond: 2, burst: 4 };
const share: RateShare = { id: 'a', messagesPerSecond: 10, burst: 10, ttlSeconds: 15, fallback };

function limiter(options: { limited?: boolean; hasOperator?: boolean } = {}) {
  const { limited = true, hasOperator = true } = options;
  const clock = new VirtualClock();
  const refills: number[] = [];
  const rate = new RateLimiter({
    fallback: limited ? fallback : undefined,
    hasOperator,
    clock,
    refilled: () => refills.push(clock.monotonic()),
  });
  return { clock, rate, refills };
}

describe('the rate limiter', () => {
  it('allows everything and says nothing where there is no limit', () => {
    const { rate } = limiter({ limited: false });
    assert.equal(rate.mayTake(), true);
    assert.equal(rate.tokens, Number.POSITIVE_INFINITY);
    assert.equal(rate.msUntil(10), 0);
    assert.equal(rate.status, null);
  });

  it('calls when a token has come that was missing', async () => {
    const { clock, rate, refills } = limiter({ hasOperator: false });
    assert.equal(rate.mayTake(), false);
    assert.equal(rate.mayTake(), false);
    await clock.advance(10_000);
    assert.deepEqual(refills, [500]);
    assert.equal(rate.mayTake(), true);
  });

  it('calls for the first of those who wait, whoever came first', async () => {
    const { clock, rate, refills } = limiter({ hasOperator: false });
    rate.awaitTokens(4);
    rate.awaitTokens(1);
    await clock.advance(500);
    assert.deepEqual(refills, [500]);
  });

  it('calls when a share comes into force that allows what the one before did not', async () => {
    const { clock, rate, refills } = limiter();
    assert.equal(rate.mayTake(), false);
    await clock.advance(15_000);
    assert.deepEqual(refills, [15_000]);
    assert.equal(rate.mayTake(), false);
    await clock.advance(500);
    assert.deepEqual(refills, [15_000, 15_500]);
    assert.equal(rate.mayTake(), true);
  });

  it('says what is in force, by which grant and for how long', async () => {
    const { clock, rate } = limiter();
    const said = () => {
      const { basis, shareId, messagesPerSecond, remainingSeconds, tokens } = rate.status ?? assert.fail();
      return [basis, shareId, messagesPerSecond, remainingSeconds, tokens];
    };
    assert.deepEqual(said(), ['None', null, 0, 0, 0]);
    rate.grant(share);
    await clock.advance(500);
    assert.deepEqual(said(), ['Lease', 'a', 10, 14.5, 5]);
    await clock.advance(14_500);
    assert.deepEqual(said(), ['Lapsed', 'a', 2, 0, 4]);
    await clock.advance(15_000);
    assert.deepEqual(said(), ['Fallback', 'a', 2, 0, 4]);
  });

  it('looks at the term in force whatever it is asked first', async () => {
    const { clock, rate } = limiter();
    rate.grant(share);
    await clock.advance(14_999);
    rate.take(10);
    await clock.advance(101);
    assert.equal(rate.msUntil(1), 395);
    const other = limiter();
    other.rate.grant(share);
    await other.clock.advance(15_100);
    assert.equal(other.rate.burst, fallback.burst);
  });

  it('counts the tokens of terms that have passed unseen at the rate of each', async () => {
    const { clock, rate } = limiter();
    rate.grant({ ...share, burst: 1000 });
    rate.grant({ ...share, messagesPerSecond: 0, burst: 1000 });
    await clock.advance(15_000 + 15_000 + 1_000);
    assert.equal(rate.tokens, 2, 'a second of the fallback, and nothing before it');
  });

  it('begins and ends to limit when the operator says so', () => {
    const { rate } = limiter({ limited: false });
    rate.grant(share);
    assert.equal(rate.tokens, 0);
    rate.grant(null);
    assert.equal(rate.tokens, Number.POSITIVE_INFINITY);
  });

  it('leaves a share that a newer one has overtaken, and takes it once that has run out', async () => {
    const { clock, rate } = limiter();
    rate.grant({ ...share, id: 'b', messagesPerSecond: 2 });
    rate.grant({ ...share, id: 'a', messagesPerSecond: 8 });
    assert.equal(rate.status?.messagesPerSecond, 2);
    await clock.advance(15_000);
    rate.grant({ ...share, id: 'a', messagesPerSecond: 8 });
    assert.equal(rate.status?.messagesPerSecond, 8);
  });
});
