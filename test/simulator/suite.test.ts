import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { categories } from '../../simulator/scenario.ts';
import { suite } from '../../simulator/suite/suite.ts';
import { unseenScenario } from '../../simulator/suite/unseen.ts';

const near = (value: number, expected: number, tolerance: number) =>
  assert.ok(Math.abs(value - expected) <= tolerance, `${value} is not ${expected}`);

describe('the suite', () => {
  test('has every category, at least forty scenarios, two in three of them healthy, and no name twice', () => {
    assert.deepEqual(new Set(suite.map(({ category }) => category)), new Set(Object.keys(categories)));
    assert.equal(new Set(suite.map(({ name }) => name)).size, suite.length);
    const healthy = suite.filter(({ category }) => categories[category] === 'healthy').length;
    assert.ok(suite.length >= 40);
    near(healthy / suite.length, 2 / 3, 0.03);
  });

  test('has unseen companions that depend on their number only', () => {
    assert.deepEqual(unseenScenario(17), unseenScenario(17));
    const some = Array.from({ length: 60 }, (_, index) => unseenScenario(index));
    assert.ok(new Set(some.map(({ category }) => category)).size >= 12);
    assert.equal(new Set(some.map(({ arrivals }) => JSON.stringify(arrivals))).size, 60);
  });
});
