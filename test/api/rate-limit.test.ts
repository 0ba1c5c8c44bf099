import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fallbackRate, mostWorkers, rateOf } from '../../api/rate-limit.ts';

describe('a rate limit', () => {
  it('allows the messages of a second at once unless it says otherwise, and at least one', () => {
    assert.deepEqual(rateOf({ messages: 500, perSeconds: 1 }), { messagesPerSecond: 500, burst: 500 });
    assert.deepEqual(rateOf({ messages: 600, perSeconds: 60 }), { messagesPerSecond: 10, burst: 10 });
    assert.deepEqual(rateOf({ messages: 60, perSeconds: 3600 }), { messagesPerSecond: 1 / 60, burst: 1 });
    assert.deepEqual(rateOf({ messages: 500, perSeconds: 1, burst: 20 }), { messagesPerSecond: 500, burst: 20 });
  });

  it('is safe when as many workers as there can be fall back, a rollout included', () => {
    const limit = { messagesPerSecond: 100, burst: 50 };
    assert.equal(mostWorkers(10), 13);
    const { messagesPerSecond, burst } = fallbackRate(limit, 10);
    assert.ok(Math.abs(13 * messagesPerSecond - limit.messagesPerSecond) < 1e-9);
    assert.ok(13 * burst <= limit.burst + 1e-9);
  });

  it('leaves each worker the burst of one without which it could send nothing', () => {
    assert.equal(fallbackRate({ messagesPerSecond: 1, burst: 1 }, 10).burst, 1);
  });
});
