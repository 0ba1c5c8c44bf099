import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { drawLatencyMs } from '../../../cli/harness/latency.ts';
import { acceptingScript, chooseReaction } from '../../../cli/harness/script.ts';

/** Dice that show these numbers in turn. */
function dice(...numbers: number[]): () => number {
  return () => numbers.shift() ?? 0.999;
}

/** Every number once, evenly. */
function evenDice(count: number): () => number {
  let index = 0;
  return () => ((index++ * 7919) % count) / count;
}

describe('a scripted recipient', () => {
  test('accepts when nothing else is asked for', () => {
    assert.deepEqual(chooseReaction(acceptingScript, dice(0.5, 0)), { kind: 'Answer', latencyMs: 20, status: 200 });
  });

  test('divides requests as the shares say, each kind exclusive of the others', () => {
    const script = { ...acceptingScript, resetShare: 0.1, throttleShare: 0.2, errorShare: 0.3, slowBodyShare: 0.1 };
    const reactions = Array.from({ length: 100 }, (_, index) => chooseReaction(script, dice(0, (index + 0.5) / 100)));
    const count = (match: (reaction: (typeof reactions)[number]) => boolean) => reactions.filter(match).length;
    assert.equal(
      count(({ kind }) => kind === 'Reset'),
      10,
    );
    assert.equal(
      count((reaction) => reaction.kind === 'Answer' && reaction.status === 429),
      20,
    );
    assert.equal(
      count((reaction) => reaction.kind === 'Answer' && reaction.status === 503),
      30,
    );
    assert.equal(
      count(({ kind }) => kind === 'SlowBody'),
      10,
    );
    assert.equal(
      count((reaction) => reaction.kind === 'Answer' && reaction.status === 200),
      30,
    );
  });

  test('a 429 says when to come back', () => {
    const script = { ...acceptingScript, throttleShare: 1, retryAfterSeconds: 3 };
    assert.deepEqual(chooseReaction(script, dice(0, 0)), {
      kind: 'Answer',
      latencyMs: 20,
      status: 429,
      retryAfterSeconds: 3,
    });
  });

  test('the tail replaces the latency', () => {
    const script = { ...acceptingScript, tail: { share: 0.01, latencyMs: 500 } };
    assert.equal(chooseReaction(script, dice(0.009)).latencyMs, 500);
    assert.equal(chooseReaction(script, dice(0.011)).latencyMs, 20);
  });

  test('a uniform latency lies between its ends', () => {
    const latency = { kind: 'Uniform', minMs: 20, maxMs: 80 } as const;
    assert.equal(drawLatencyMs(latency, dice(0)), 20);
    assert.equal(drawLatencyMs(latency, dice(0.5)), 50);
  });

  test('half of the lognormal latencies lie below the median', () => {
    const random = evenDice(10_007);
    const latency = { kind: 'Lognormal', medianMs: 20, sigma: 0.5 } as const;
    const drawn = Array.from({ length: 10_007 }, () => drawLatencyMs(latency, random));
    const below = drawn.filter((ms) => ms < 20).length / drawn.length;
    assert.ok(Math.abs(below - 0.5) < 0.02, `${below} below the median`);
    assert.ok(drawn.every((ms) => ms > 0 && Number.isFinite(ms)));
  });
});
