import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Breaker } from '../../../worker/recipient-limits/breaker.ts';

/** A breaker whose waits are as long as they may be on average. */
const breaker = () => new Breaker(() => 0.5);

/** One that has opened at 2000 ms. */
function opened(): Breaker {
  const under = breaker();
  for (let n = 1; n <= 5; n++) under.ended('Failed', 10, n * 400);
  assert.equal(under.state, 'Open');
  return under;
}

/** Lets a probe begin at `atMs` and end 10 ms later. */
function probe(under: Breaker, atMs: number, signal: 'Well' | 'Failed' | 'Throttled', retryAfterMs = 0): void {
  assert.equal(under.permit(atMs).starts, 1, `a probe is due at ${atMs}`);
  assert.equal(under.permit(atMs - 1).starts, 0, `and not before ${atMs}`);
  assert.equal(under.started(atMs), true);
  assert.equal(under.permit(atMs + 5).starts, 0, 'one at a time');
  under.probed(signal, retryAfterMs, atMs + 10);
}

describe('the breaker', () => {
  it('opens for failures in a row that last a second', () => {
    const under = breaker();
    for (const atMs of [0, 250, 500, 750]) assert.equal(under.ended('Failed', 0, atMs), false);
    assert.equal(under.ended('Failed', 0, 999), false);
    assert.equal(under.ended('Failed', 0, 1000), true);
    assert.equal(under.state, 'Open');
  });

  it('counts the time from when the first of them began', () => {
    const under = breaker();
    const ended = Array.from({ length: 5 }, (_, n) => under.ended('Failed', 30_000, 30_000 + n));
    assert.deepEqual(ended, [false, false, false, false, true]);
  });

  it('opens at once for many failures at once', () => {
    const under = breaker();
    for (let n = 1; n < 30; n++) assert.equal(under.ended('Failed', 1, 1), false);
    assert.equal(under.ended('Failed', 1, 1), true);
  });

  it('stays closed as long as anything gets through, be it refused for itself or for haste', () => {
    for (const life of ['Well', 'Throttled'] as const) {
      const under = breaker();
      for (let n = 0; n < 1000; n++) under.ended(n % 25 === 24 ? life : 'Failed', 1, n * 10);
      assert.equal(under.state, 'Closed');
    }
  });

  it('lets one probe through after 5, 10, 20 and then every 30 seconds', () => {
    const under = opened();
    let atMs = 2_000;
    for (const waitMs of [5_000, 10_000, 20_000, 30_000, 30_000]) {
      atMs += waitMs;
      probe(under, atMs, 'Failed');
      atMs += 10;
    }
    assert.equal(under.openForMs(atMs), atMs - 2_000);
  });

  it('waits a fifth more or less by chance', () => {
    const waits = [0, 0.999].map((chance) => {
      const under = new Breaker(() => chance);
      for (let n = 1; n <= 5; n++) under.ended('Failed', 10, n * 400);
      return under.permit(2_000).changeMs - 2_000;
    });
    assert.deepEqual(
      waits.map((waitMs) => Math.round(waitMs)),
      [4_000, 5_998],
    );
  });

  it('waits as long as the recipient asks, up to five minutes', () => {
    const under = opened();
    probe(under, 7_000, 'Failed', 120_000);
    probe(under, 127_010, 'Failed', 3600_000);
    assert.equal(under.permit(127_020).changeMs, 127_020 + 300_000);
  });

  it('does not listen to what began before it opened', () => {
    const under = opened();
    under.ended('Well', 30_000, 2_500);
    assert.equal(under.state, 'Open');
  });

  it('lets 1, 2, 4, ... requests begin in the seconds after a probe that has answered, and then any number', () => {
    const under = opened();
    probe(under, 7_000, 'Well');
    assert.equal(under.state, 'Recovering');
    assert.deepEqual(under.permit(7_500), { open: 1, starts: 0, changeMs: 8_000 });
    for (let step = 1; step <= 10; step++) {
      const atMs = 7_000 + step * 1_000;
      const most = 2 ** step;
      assert.deepEqual(under.permit(atMs), { open: most, starts: most, changeMs: atMs + 1_000 });
      for (let n = 0; n < most; n++) under.started(atMs);
      assert.equal(under.permit(atMs + 999).starts, 0);
    }
    assert.equal(under.permit(18_000).starts, Number.POSITIVE_INFINITY);
    assert.equal(under.state, 'Closed');
  });

  it('gives a second after a probe that took long', () => {
    const under = opened();
    under.permit(7_000);
    under.started(7_000);
    under.probed('Well', 0, 27_000);
    assert.deepEqual(under.permit(27_000), { open: 2, starts: 2, changeMs: 28_000 });
  });

  it('opens again while it recovers, and goes on with longer waits', () => {
    const under = opened();
    probe(under, 7_000, 'Failed');
    probe(under, 17_010, 'Well');
    for (let n = 0; n < 5; n++) under.ended('Failed', 10, 18_100 + n * 300);
    assert.equal(under.state, 'Open');
    assert.equal(under.permit(19_300).changeMs, 19_300 + 10_000);
  });

  it('closed in doubt, it opens at the next failure', () => {
    const under = opened();
    under.closeInDoubt();
    assert.equal(under.state, 'Closed');
    assert.equal(under.ended('Failed', 10, 60_000), true);
  });
});
