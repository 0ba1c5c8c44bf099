import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { exponential, logNormal, normal, poisson } from '../../simulator/distributions.ts';
import { randomStream } from '../../simulator/random.ts';

const near = (value: number, expected: number, tolerance: number) =>
  assert.ok(Math.abs(value - expected) <= tolerance, `${value} is not ${expected}`);

/** Mean and variance of 20,000 draws. */
function moments(draw: () => number): { mean: number; variance: number } {
  const values = Array.from({ length: 20_000 }, draw);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length };
}

describe('random numbers', () => {
  test('depend on the seed and on the name of the stream', () => {
    const first = (seed: number, name: string) => randomStream(seed, name)();
    assert.equal(first(1, 'arrivals'), first(1, 'arrivals'));
    assert.notEqual(first(1, 'arrivals'), first(2, 'arrivals'));
    assert.notEqual(first(1, 'arrivals'), first(1, 'pods'));
    near(moments(randomStream(1, 'uniform')).mean, 0.5, 0.01);
  });

  test('have the moments of their distributions', () => {
    const random = randomStream(1, 'moments');
    for (const mean of [0.3, 4, 60]) {
      const drawn = moments(() => poisson(random, mean));
      near(drawn.mean / mean, 1, 0.05);
      near(drawn.variance / mean, 1, 0.06);
    }
    near(moments(() => normal(random)).variance, 1, 0.03);
    near(moments(() => exponential(random, 7)).mean, 7, 0.2);
    const sample = logNormal(0.5);
    const drawn = moments(() => sample(random));
    near(drawn.mean, 1, 0.02);
    near(Math.sqrt(drawn.variance), 0.5, 0.03);
  });
});
