import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { geometricMean, ratioOf } from '../../simulator/comparison.ts';
import { countChanges, outcomeOf, quantile } from '../../simulator/outcome.ts';
import { run, tenMinutes } from './scenarios.ts';

const near = (value: number, expected: number, tolerance: number) =>
  assert.ok(Math.abs(value - expected) <= tolerance, `${value} is not ${expected}`);

describe('an outcome', () => {
  test('has quantiles by rank', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => index + 1);
    assert.equal(quantile(hundred, 0.5), 50);
    assert.equal(quantile(hundred, 0.99), 99);
    assert.equal(quantile([], 0.99), 0);
  });

  test('counts changes, and those that turn back', () => {
    assert.deepEqual(countChanges([1, 1, 3, 5, 5, 2, 4]), { changes: 4, reversals: 2 });
    assert.deepEqual(countChanges([]), { changes: 0, reversals: 0 });
  });

  test('counts what is left with its age, and not as drained', () => {
    const outcome = outcomeOf(run(tenMinutes(5, { recipient: [{ trouble: 'Down', fromSeconds: 0 }] })));
    assert.equal(outcome.left, outcome.sent);
    assert.equal(outcome.drainSeconds, null);
    near(outcome.waitMaxSeconds, 600, 5);
    near(outcome.waitP50Seconds, 300, 20);
  });

  test('costs a pod from its creation to its end', () => {
    assert.equal(outcomeOf(run(tenMinutes(1), 'static')).replicaSeconds, 100 * 600);
  });

  test('compares by means over the seeds, with a floor below the waits', () => {
    const outcome = outcomeOf(run(tenMinutes(1), 'static'));
    const of = (replicaSeconds: number, waitP99Seconds: number) => ({ ...outcome, replicaSeconds, waitP99Seconds });
    const ratio = ratioOf([of(99, 0), of(199, 1)], [of(599, 4)]);
    near(ratio.cost, 0.25, 1e-9);
    near(ratio.wait, 1 / 4.5, 1e-9);
    near(geometricMean([0.5, 2, 8]), 2, 1e-9);
  });
});
