import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Autoscaler } from '../../simulator/autoscaler.ts';
import { StaticAutoscaler } from '../../simulator/autoscalers/static.ts';
import { outcomeOf } from '../../simulator/outcome.ts';
import type { Run } from '../../simulator/simulation.ts';
import { suite } from '../../simulator/suite/suite.ts';
import { unseenScenario } from '../../simulator/suite/unseen.ts';
import { run, tenMinutes } from './scenarios.ts';

const mean = (values: ArrayLike<number>) => Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;

/** All that can differ between two runs. */
function traceOf({ orders, visible, living, tallies }: Run): unknown {
  return [orders, visible, living, tallies.waitTicks];
}

/** Orders another size at 200 s, once. */
function shrinksTo(replicas: number, { from, drains }: { from: number; drains: boolean }): Autoscaler {
  let nextSeconds = 200;
  return {
    ...{ name: 'shrinks', drains, firstReplicas: from },
    get nextSeconds() {
      return nextSeconds;
    },
    act() {
      nextSeconds = Number.POSITIVE_INFINITY;
      return { replicas, why: 'Less.', reason: 'Test', limitedBy: 'None' };
    },
  };
}

describe('a simulation', () => {
  test('is the same again with the same seed, and another with another', () => {
    const scenario = tenMinutes(30, { recipient: [{ trouble: 'Failing', share: 0.2 }] });
    assert.deepEqual(traceOf(run(scenario)), traceOf(run(scenario)));
    assert.notDeepEqual(traceOf(run(scenario)), traceOf(run(scenario, 'courier', 2)));
  });

  test('sends every autoscaler the same messages', () => {
    const scenario = tenMinutes(30);
    assert.deepEqual(run(scenario, 'keda').traffic, run(scenario, 'courier').traffic);
  });

  test('keeps Little’s law: requests open are arrivals per second times seconds of service', () => {
    const scenario = tenMinutes(40);
    const { notVisible, tallies, traffic } = run(scenario, new StaticAutoscaler(30));
    // Half a tick late on the average: attempts end at the next tick, and the count is taken after the starts.
    const open = mean(notVisible.subarray(600));
    const expected = (traffic.messages / 600) * (tallies.busySlotSeconds / tallies.receives);
    assert.ok(Math.abs(open / expected - 1) < 0.03, `${open} open, ${expected} expected`);
    assert.ok(Math.abs(tallies.busySlotSeconds / tallies.receives / 0.4 - 1) < 0.05);
  });

  for (const scenario of [...suite, ...[1, 2, 3, 4, 5, 6].map(unseenScenario)]) {
    test(`${scenario.name} loses no message`, () => {
      const short = { ...scenario, durationSeconds: Math.min(1300, scenario.durationSeconds) };
      const whole = run(short);
      const { tallies, traffic, visible, notVisible } = whole;
      const outcome = outcomeOf(whole);
      assert.equal(outcome.sent, outcome.delivered + outcome.deadLettered + outcome.left);
      assert.equal((visible.at(-1) ?? 0) + (notVisible.at(-1) ?? 0), traffic.messages - tallies.settled);
      assert.ok(outcome.sent > 0 && outcome.replicaSeconds > 0);
    });
  }
});

describe('a recipient', () => {
  test('that is down gets few requests: breakers open', () => {
    const scenario = tenMinutes(20, { recipient: [{ trouble: 'Down' }] });
    const { tallies } = run(scenario, new StaticAutoscaler(10));
    assert.equal(tallies.delivered, 0);
    // Five failures of each pod and those in flight with them, then one probe each 5, 10, 20 and 30 s.
    assert.ok(tallies.failed > 10 * 20 && tallies.failed < 10 * 35, String(tallies.failed));
  });

  test('with a token bucket accepts what it says and answers the rest with 429', () => {
    const scenario = tenMinutes(50, { recipient: [{ trouble: 'Throttling', perSecond: 20 }] });
    const { tallies } = run(scenario, new StaticAutoscaler(30));
    assert.ok(Math.abs(tallies.delivered / 600 / 20 - 1) < 0.05, String(tallies.delivered));
    assert.ok(tallies.throttled > 1000);
  });

  test('that saturates has one throughput, whatever the number of workers', () => {
    const scenario = tenMinutes(200, { recipient: [{ trouble: 'Saturating', concurrency: 20, exponent: 1 }] });
    const few = run(scenario, new StaticAutoscaler(10)).tallies.delivered;
    const many = run(scenario, new StaticAutoscaler(40)).tallies.delivered;
    assert.ok(Math.abs(few / 600 / 50 - 1) < 0.1, String(few));
    assert.ok(Math.abs(many / few - 1) < 0.1, `${many} of ${few}`);
  });
});

describe('workers', () => {
  test('keep a rate limit together', () => {
    const scenario = tenMinutes(100, { scaling: { rateLimitPerSecond: 30 } });
    const { tallies } = run(scenario, new StaticAutoscaler(8));
    assert.ok(tallies.delivered <= 30 * 600 && tallies.delivered > 0.9 * 30 * 560, String(tallies.delivered));
  });

  test('stop receiving while the audit is down, and lose nothing of what they hold', () => {
    const audit = { perSecond: 1000, outages: [{ fromSeconds: 200, toSeconds: 400 }], bufferMessages: 10 };
    const { tallies, notVisible } = run(tenMinutes(10, { audit }), new StaticAutoscaler(5));
    assert.equal(notVisible[3900], 50);
    assert.ok(tallies.auditBlockedSeconds > 5 * 150, String(tallies.auditBlockedSeconds));
    assert.equal(tallies.redelivered, 0);
  });

  test('that are killed after their grace leave their messages to others, after the visibility timeout', () => {
    const scenario = tenMinutes(0.2, {
      workers: { serviceSeconds: 100, serviceVariation: 0.01, timeoutSeconds: 600, slots: 1 },
    });
    const shrinks = shrinksTo(10, { from: 30, drains: false });
    const { tallies, living, notVisible } = run(scenario, shrinks);
    assert.ok(tallies.redelivered > 0 && tallies.redelivered <= 20, String(tallies.redelivered));
    // Those that leave are there until their grace is over.
    assert.ok((living[2290] ?? 0) > 10);
    assert.equal(living[2310], 10);
    // What they held stays invisible for 30 s more; then at most one message a worker is.
    assert.ok((notVisible[2310] ?? 0) >= tallies.redelivered && (notVisible[2590] ?? 0) > 10);
    assert.ok((notVisible[2610] ?? 0) <= 10);
  });

  test('that drain have all of it delivered and audited first, however slow the audit is', () => {
    // Fifteen workers have up to 240 messages for an audit that takes four a second.
    const audit = { perSecond: 4, outages: [], bufferMessages: 16 };
    const drained = run(tenMinutes(40, { audit }), shrinksTo(1, { from: 15, drains: true }));
    assert.equal(drained.tallies.redelivered, 0);
    assert.equal(drained.living[3600], 1);
    const stopped = run(tenMinutes(40, { audit }), shrinksTo(1, { from: 15, drains: false }));
    assert.ok(stopped.tallies.redelivered > 50, String(stopped.tallies.redelivered));
  });

  test('of a FIFO queue work on one message of a group at a time', () => {
    const scenario = tenMinutes(40, { queue: { fifoGroups: 3 } });
    const { notVisible } = run(scenario, new StaticAutoscaler(20));
    assert.equal(Math.max(...notVisible), 3);
  });

  test('of a poisoned queue end what nobody accepts by its receive count', () => {
    const scenario = tenMinutes(10, { queue: { poisonShare: 0.1, maxReceiveCount: 2 } });
    const { tallies, traffic } = run(scenario, new StaticAutoscaler(5));
    const poison = traffic.poison.reduce((sum, value) => sum + value, 0);
    assert.ok(tallies.deadLettered > 0.9 * poison && tallies.deadLettered <= poison);
    assert.equal(tallies.failed, 0);
  });
});
