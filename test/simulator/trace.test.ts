import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Autoscaler, View } from '../../simulator/autoscaler.ts';
import { replay } from '../../simulator/trace.ts';
import { tenMinutes } from './scenarios.ts';

describe('a replay', () => {
  test('shows depths on straight lines between the readings, and no workers', () => {
    const seen: (readonly [number, number, unknown])[] = [];
    let nextSeconds = 0;
    const watcher: Autoscaler = {
      ...{ name: 'watcher', drains: true, firstReplicas: 0 },
      get nextSeconds() {
        return nextSeconds;
      },
      act({ nowSeconds, readQueue, readWorkers }: View) {
        nextSeconds += 30;
        const { visible = -1, notVisible = -1 } = readQueue() ?? {};
        seen.push([visible, notVisible, readWorkers()]);
        return { replicas: nowSeconds < 60 ? 0 : 2, why: 'Test.', reason: 'Test', limitedBy: 'None' };
      },
    };
    const readings = [
      { seconds: 0, visible: 0, notVisible: 4 },
      { seconds: 60, visible: 100, notVisible: 8 },
    ];
    const { living, visible, orders } = replay({ ...tenMinutes(1), durationSeconds: 100 }, readings, 1, watcher);
    assert.deepEqual(seen, [
      [0, 4, null],
      [50, 6, null],
      [100, 8, null],
      [100, 8, null],
    ]);
    assert.equal(visible[150], 25);
    assert.deepEqual([living[599], living[600]], [0, 2]);
    assert.deepEqual(
      orders.map(({ seconds, replicas }) => [seconds, replicas]),
      [
        [0, 0],
        [60, 2],
      ],
    );
  });
});
