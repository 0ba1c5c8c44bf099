import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { arrivalRates } from '../../simulator/arrivals.ts';
import { randomStream } from '../../simulator/random.ts';
import { type Arrivals, usual } from '../../simulator/scenario.ts';

const near = (value: number, expected: number, tolerance: number) =>
  assert.ok(Math.abs(value - expected) <= tolerance, `${value} is not ${expected}`);

describe('arrivals', () => {
  const at = (part: Arrivals, seconds: number) => {
    const scenario = { ...usual, name: 'x', durationSeconds: 400, arrivals: [part] };
    return arrivalRates(scenario, randomStream(1, 'x'), 4000).perSecond[seconds * 10] ?? Number.NaN;
  };

  test('have the rate of their shape at each time', () => {
    const both = { perSecond: 10, toPerSecond: 30 };
    assert.equal(at({ shape: 'Constant', perSecond: 10, fromSeconds: 100, toSeconds: 200 }, 99), 0);
    assert.equal(at({ shape: 'Constant', perSecond: 10, fromSeconds: 100, toSeconds: 200 }, 100), 10);
    assert.equal(at({ shape: 'Constant', perSecond: 10, fromSeconds: 100, toSeconds: 200 }, 200), 0);
    near(at({ shape: 'Ramp', ...both, fromSeconds: 100, toSeconds: 300 }, 200), 20, 1e-9);
    near(at({ shape: 'Wave', ...both, periodSeconds: 200 }, 100), 30, 1e-9);
    near(at({ shape: 'Wave', ...both, periodSeconds: 200 }, 200), 10, 1e-9);
    near(at({ shape: 'Sawtooth', ...both, periodSeconds: 200 }, 150), 25, 1e-9);
    const points = [
      [0, 0],
      [100, 40],
    ] as const;
    near(at({ shape: 'Trace', points }, 25), 10, 1e-9);
    assert.equal(at({ shape: 'Trace', points }, 300), 40);
  });

  test('in bursts spend their mean times in both rates', () => {
    const part: Arrivals = { shape: 'Bursts', perSecond: 0, toPerSecond: 1, meanSeconds: 30, toMeanSeconds: 10 };
    const scenario = { ...usual, name: 'x', durationSeconds: 40_000, arrivals: [part] };
    const { perSecond } = arrivalRates(scenario, randomStream(1, 'x'), 400_000);
    near(perSecond.reduce((sum, rate) => sum + rate, 0) / perSecond.length, 0.25, 0.02);
  });

  test('in batches come at once, again and again', () => {
    const part: Arrivals = { shape: 'Batch', messages: 7, fromSeconds: 50, periodSeconds: 100 };
    const { batches } = arrivalRates(
      { ...usual, name: 'x', durationSeconds: 300, arrivals: [part] },
      Math.random,
      3000,
    );
    const times = [...batches.entries()].filter(([, messages]) => messages > 0);
    assert.deepEqual(times, [
      [500, 7],
      [1500, 7],
      [2500, 7],
    ]);
  });
});
