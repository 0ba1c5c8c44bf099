import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Backoff, reflectorBackoff } from '../../../operator/kube/backoff.ts';
import { defaultRateLimiter, ExponentialPerKey, TokenBucket } from '../../../operator/kube/rate-limiter.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

describe('the back-off of a key', () => {
  it('doubles from 5 ms to 1000 s, each key for itself, until it is forgotten', () => {
    const limiter = new ExponentialPerKey();
    const delays = Array.from({ length: 20 }, () => limiter.when('a'));
    assert.deepEqual(delays.slice(0, 4), [5, 10, 20, 40]);
    assert.deepEqual(delays.slice(-2), [1_000_000, 1_000_000]);
    assert.equal(limiter.when('b'), 5);
    assert.equal(limiter.failures('a'), 20);
    limiter.forget('a');
    assert.equal(limiter.failures('a'), 0);
    assert.equal(limiter.when('a'), 5);
  });
});

describe('the bucket of all keys', () => {
  it('lets a burst of 100 pass, then 10 a second, each later than the one before', async () => {
    const clock = new VirtualClock();
    const bucket = new TokenBucket(clock);
    const delays = Array.from({ length: 103 }, () => bucket.when());
    assert.deepEqual(delays.slice(0, 100), new Array(100).fill(0));
    assert.deepEqual(delays.slice(100), [100, 200, 300]);
    await clock.advance(1000);
    assert.equal(bucket.when(), 0);
  });

  it('never holds more than its burst', async () => {
    const clock = new VirtualClock();
    const bucket = new TokenBucket(clock, 1, 2);
    await clock.advance(3600_000);
    assert.deepEqual([bucket.take(), bucket.take(), bucket.take()], [true, true, false]);
  });

  it('delays a key together with its own back-off: the longer of the two counts', () => {
    const limiter = defaultRateLimiter(new VirtualClock());
    for (let key = 0; key < 100; key++) assert.equal(limiter.when(`k${key}`), 5);
    assert.equal(limiter.when('late'), 100);
  });
});

describe('the back-off of a reflector', () => {
  it('goes from 0.8 s to 30 s, doubled at most by chance', async () => {
    const low = new Backoff(reflectorBackoff, new VirtualClock(), () => 0);
    assert.deepEqual(
      Array.from({ length: 8 }, () => low.next()),
      [800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000],
    );
    const high = new Backoff(reflectorBackoff, new VirtualClock(), () => 0.5);
    assert.equal(high.next(), 1200);
  });

  it('starts anew after two minutes without a failure, not before', async () => {
    const clock = new VirtualClock();
    const backoff = new Backoff(reflectorBackoff, clock, () => 0);
    backoff.next();
    await clock.advance(120_000);
    assert.equal(backoff.next(), 1600);
    await clock.advance(120_001);
    assert.equal(backoff.next(), 800);
  });
});
