import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Rate } from '../../../api/rate-limit.ts';
import { TokenBucket } from '../../../worker/rate/token-bucket.ts';
import { checkProperty } from '../../support/properties.ts';

describe('the token bucket', () => {
  it('begins empty, fills at its rate, and keeps no more than its burst', () => {
    const bucket = new TokenBucket({ messagesPerSecond: 10, burst: 4 }, 0);
    assert.equal(bucket.available(0), 0);
    assert.equal(bucket.available(99), 0);
    assert.equal(bucket.available(100), 1);
    assert.equal(bucket.available(60_000), 4);
    bucket.take(3, 60_000);
    assert.equal(bucket.available(60_000), 1);
  });

  it('says how long tokens take, and that more than the burst never come', () => {
    const bucket = new TokenBucket({ messagesPerSecond: 2, burst: 3 }, 0);
    assert.equal(bucket.msUntil(1, 0), 500);
    assert.equal(bucket.msUntil(3, 500), 1000);
    assert.equal(bucket.msUntil(1, 500), 0);
    assert.equal(bucket.msUntil(4, 0), Number.POSITIVE_INFINITY);
    assert.equal(new TokenBucket({ messagesPerSecond: 0, burst: 3 }, 0).msUntil(1, 0), Number.POSITIVE_INFINITY);
  });

  it('keeps at a smaller share what that allows, and makes nothing of a larger one', () => {
    const bucket = new TokenBucket({ messagesPerSecond: 10, burst: 10 }, 0);
    bucket.change({ messagesPerSecond: 1, burst: 2 }, 1000);
    assert.equal(bucket.available(1000), 2);
    bucket.change({ messagesPerSecond: 100, burst: 100 }, 1000);
    assert.equal(bucket.available(1000), 2);
    assert.equal(bucket.available(1100), 12);
  });

  it('gives a token that is nearly there, and no more of them for that however long it lasts', () => {
    const bucket = new TokenBucket({ messagesPerSecond: 1, burst: 5 }, 0);
    const nearlyMs = 1000 - 5e-4;
    let taken = 0;
    for (let steps = 1; steps <= 10_000; steps++) {
      const tokens = bucket.available(steps * nearlyMs);
      bucket.take(tokens, steps * nearlyMs);
      taken += tokens;
      const grown = (steps * nearlyMs) / 1000;
      assert.ok(taken <= grown + 1.001e-6, `${taken} tokens, ${grown} have grown`);
      assert.ok(taken > grown - 1.001);
    }
  });

  it('never gives more than burst + rate x time in any window, by the largest rate and burst of that window', () => {
    const rate: fc.Arbitrary<Rate> = fc.record({
      messagesPerSecond: fc.double({ min: 0, max: 500, noNaN: true }),
      burst: fc.double({ min: 0, max: 50, noNaN: true }),
    });
    const step = fc.record({ afterMs: fc.nat(2000), change: fc.option(rate, { freq: 5 }), greed: fc.nat(80) });
    checkProperty(
      fc.property(rate, fc.array(step, { maxLength: 40 }), (first, steps) => {
        const bucket = new TokenBucket(first, 0);
        let nowMs = 0;
        let inForce = first;
        const events: { atMs: number; taken: number; inForce: Rate }[] = [];
        for (const { afterMs, change, greed } of steps) {
          nowMs += afterMs;
          if (change !== null) {
            bucket.change(change, nowMs);
            events.push({ atMs: nowMs, taken: 0, inForce });
            inForce = change;
          }
          const taken = Math.min(greed, bucket.available(nowMs));
          bucket.take(taken, nowMs);
          events.push({ atMs: nowMs, taken, inForce });
        }
        for (const [from, first] of events.entries()) {
          let taken = 0;
          let most: Rate = { messagesPerSecond: 0, burst: 0 };
          for (const event of events.slice(from)) {
            taken += event.taken;
            most = {
              messagesPerSecond: Math.max(most.messagesPerSecond, event.inForce.messagesPerSecond),
              burst: Math.max(most.burst, event.inForce.burst),
            };
            const seconds = (event.atMs - first.atMs) / 1000;
            assert.ok(taken <= most.burst + most.messagesPerSecond * seconds + 1e-3, `${taken} in ${seconds} s`);
          }
        }
      }),
    );
  });
});
