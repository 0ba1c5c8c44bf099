import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { QueueCounts } from '../../operator/scaling/types.ts';
import type { View } from '../../simulator/autoscaler.ts';
import { Hpa } from '../../simulator/autoscalers/hpa.ts';
import { KedaAutoscaler } from '../../simulator/autoscalers/keda.ts';
import { TargetTrackingAutoscaler, trackTarget } from '../../simulator/autoscalers/target-tracking.ts';

/** What an autoscaler sees of a queue and pods that are all ready. */
function view(nowSeconds: number, desired: number, queue: QueueCounts | null): View {
  return {
    nowSeconds,
    replicas: { desired, ready: desired, starting: 0 },
    startupSeconds: null,
    slotsPerReplica: 4,
    readQueue: () => queue,
    readWorkers: () => null,
  };
}

const messages = (visible: number, notVisible = 0): QueueCounts => ({ visible, notVisible, delayed: 0 });

/** Asks when due, until `untilSeconds`; the queue may depend on time. @returns the times and sizes of its orders. */
function drive(
  autoscaler: KedaAutoscaler | TargetTrackingAutoscaler,
  queueAt: (seconds: number) => QueueCounts | null,
  untilSeconds: number,
): readonly (readonly [number, number])[] {
  let desired = autoscaler.firstReplicas;
  const changes: [number, number][] = [];
  while (autoscaler.nextSeconds < untilSeconds) {
    const seconds = autoscaler.nextSeconds;
    const replicas = autoscaler.act(view(seconds, desired, queueAt(seconds)))?.replicas ?? desired;
    if (replicas !== desired) changes.push([seconds, replicas]);
    desired = replicas;
  }
  return changes;
}

describe('the HPA', () => {
  const settings = { target: 5, minReplicas: 1, maxReplicas: 100 };
  const once = (metric: number, desired: number, current = desired) =>
    new Hpa(settings).sync({ nowSeconds: 0, desired, current, metric });

  test('wants the metric by the target, rounded up, within a tolerance of a tenth', () => {
    assert.equal(once(50, 10), 10);
    assert.equal(once(54, 10), 10); // 1.08: within
    assert.equal(once(56, 10), 12); // 1.12: ceil(11.2)
    assert.equal(once(45, 10), 10); // 0.9: within
    assert.equal(once(44, 10), 9);
    assert.equal(once(0, 10), 1); // at least minReplicas
  });

  test('grows to twice the desired size, or to four, and to the maximum', () => {
    assert.equal(once(1000, 1), 4);
    assert.equal(once(1000, 3), 6);
    assert.equal(once(1000, 30), 60);
    assert.equal(once(10_000, 80), 100);
  });

  test('compares with the pods that exist, and limits by those that are desired', () => {
    // 60 messages for 12 pods are on target, so it recommends the 12 that exist.
    assert.equal(once(60, 10, 12), 12);
    assert.equal(once(1000, 10, 12), 20);
  });

  test('shrinks to the highest recommendation of the last 300 s', () => {
    const hpa = new Hpa(settings);
    const sync = (nowSeconds: number, desired: number, metric: number) =>
      hpa.sync({ nowSeconds, desired, current: desired, metric });
    assert.equal(sync(0, 10, 100), 20);
    assert.equal(sync(15, 20, 40), 20);
    assert.equal(sync(150, 20, 60), 20);
    assert.equal(sync(299, 20, 10), 20);
    assert.equal(sync(300, 20, 10), 20);
    assert.equal(sync(315, 20, 10), 12); // the 20 of 0 s is forgotten, the 12 of 150 s is not
    assert.equal(sync(450, 12, 10), 12);
    assert.equal(sync(465, 12, 10), 2);
  });

  test('remembers what it recommended, not what the limits left of it', () => {
    const hpa = new Hpa(settings);
    assert.equal(hpa.sync({ nowSeconds: 0, desired: 1, current: 1, metric: 200 }), 4);
    assert.equal(hpa.sync({ nowSeconds: 15, desired: 4, current: 4, metric: 20 }), 8); // 40 is remembered
  });
});

describe('KEDA with the HPA', () => {
  /** It polls at 15, 45, ... and syncs at 7.5, 22.5, ... seconds. */
  const keda = (minReplicas = 0) => new KedaAutoscaler({ minReplicas, maxReplicas: 100 }, () => 0.5);

  test('wakes at a poll with one replica, and grows by the syncs after it', () => {
    const changes = drive(keda(), (seconds) => messages(seconds >= 20 ? 500 : 0), 100);
    assert.deepEqual(changes, [
      [45, 1],
      [52.5, 4],
      [67.5, 8],
      [82.5, 16],
      [97.5, 32],
    ]);
  });

  test('counts messages in flight', () => {
    assert.deepEqual(
      drive(keda(), () => messages(0, 3), 30),
      [[15, 1]],
    );
  });

  test('goes from any size to zero when a poll has seen nothing for more than 300 s', () => {
    const changes = drive(keda(), (seconds) => messages(seconds < 60 ? 40 : 0), 400);
    assert.deepEqual(changes.slice(0, 3), [
      [15, 1],
      [22.5, 4],
      [37.5, 8],
    ]);
    // Last active at 45 s; 345 s is not more than 300 s later, 375 s is. The HPA has gone to 1 by 367.5 s.
    assert.deepEqual(changes.slice(3), [
      [367.5, 1],
      [375, 0],
    ]);
  });

  test('does nothing while the queue cannot be read', () => {
    const changes = drive(keda(), (seconds) => (seconds < 100 ? messages(100) : null), 2000);
    assert.deepEqual(changes.at(-1), [67.5, 20]);
  });

  test('keeps at least the minimum', () => {
    const changes = drive(keda(3), (seconds) => messages(seconds < 30 ? 50 : 0), 1000);
    assert.deepEqual(changes, [
      [7.5, 6],
      [22.5, 10],
      [337.5, 3],
    ]);
  });
});

describe('AWS target tracking', () => {
  const target = 150;

  test('scales out in proportion after three points above the target', () => {
    assert.equal(trackTarget([400, 400], target, 2, true), undefined);
    assert.equal(trackTarget([100, 400, 400], target, 2, true), undefined);
    assert.equal(trackTarget([200, 300, 400], target, 2, true), 6); // ceil(2 x 400 / 150)
  });

  test('scales in by the highest of fifteen points below nine tenths, at most by half', () => {
    const points = (value: number, count = 15) => Array.from({ length: count }, () => value);
    assert.equal(trackTarget(points(100, 14), target, 10, true), undefined);
    assert.equal(trackTarget(points(140), target, 10, true), undefined);
    assert.equal(trackTarget([...points(60, 14), 100], target, 10, true), 7); // ceil(10 x 100 / 150)
    assert.equal(trackTarget(points(0), target, 10, true), 5);
    assert.equal(trackTarget(points(0), target, 1, true), 1);
    assert.equal(trackTarget(points(0), target, 10, false), undefined);
  });

  test('sees each minute 15 s late, and scales in once in 300 s', () => {
    const autoscaler = new TargetTrackingAutoscaler({ minReplicas: 0, maxReplicas: 100 }, target, () => 0);
    const changes = drive(autoscaler, (seconds) => messages(seconds < 170 ? 1200 : 0), 2000);
    assert.deepEqual(changes, [
      [135, 8], // points of 0, 60 and 120 s
      [1035, 4], // fifteen points, of 180 to 1020 s, are below
      [1335, 2],
      [1635, 1],
    ]);
  });
});
