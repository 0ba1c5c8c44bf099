import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decide } from '../../../operator/scaling/decide.ts';
import type { Observation } from '../../../operator/scaling/types.ts';
import { FluidFleet } from './fluid-fleet.ts';
import { usualPolicy as policy, type Story, tell } from './story.ts';

const steady = [300, { arriving: 40 }] as const;

const stories: readonly Story[] = [
  {
    name: 'an empty queue leaves zero at zero',
    weathers: [[60, {}]],
    reason: 'Idle',
    limitedBy: 'None',
    sentence: '0 replicas: there is no work.',
  },
  {
    name: 'a message that one look alone has seen wakes nobody',
    weathers: [[5, { arriving: 0.2 }]],
    reason: 'AwaitingConfirmation',
    limitedBy: 'None',
    sentence: '0 replicas: 1 message seen once; the next look must confirm it.',
  },
  {
    name: 'two looks do',
    weathers: [[10, { arriving: 0.2 }]],
    reason: 'Activated',
    limitedBy: 'Backlog',
    sentence: '1 replica: 2 messages and 0.12/s arriving drain in 15 s at a guessed 17/s per replica.',
  },
  {
    name: 'more than counters invent wake as many as they need in one step, up to what a guessed rate may ask for',
    weathers: [[5, { arriving: 2000 }]],
    reason: 'StepLimited',
    limitedBy: 'Backlog',
    sentence:
      '10 replicas, 80 wanted: 10 more at once until the rate of a replica is known; 10,000 messages drain in 75 s at a guessed 17/s per replica.',
  },
  {
    name: 'arrivals alone are kept up with',
    weathers: [steady],
    reason: 'Steady',
    limitedBy: 'None',
    sentence: '6 replicas: 40/s arriving at 10/s per replica.',
  },
  {
    name: 'minReplicas are named where fewer would do',
    policy: { minReplicas: 8 },
    weathers: [steady],
    reason: 'Steady',
    limitedBy: 'None',
    sentence: '8 replicas: 40/s arriving at 10/s per replica; minReplicas is 8.',
  },
  {
    name: 'and not where the work needs them',
    policy: { minReplicas: 6 },
    weathers: [steady],
    reason: 'Steady',
    limitedBy: 'None',
    sentence: '6 replicas: 40/s arriving at 10/s per replica.',
  },
  {
    name: 'slow jobs get a slot each, and no more',
    weathers: [
      [900, { arriving: 0.2, ratePerReplica: 0.05 }],
      [5, { arriving: 20 }],
    ],
    reason: 'Backlog',
    limitedBy: 'Backlog',
    sentence:
      '38 replicas: 96 messages and 0.2/s arriving drain in 66 s at 0.05/s per replica, with a slot for each, so that more would not be faster.',
  },
  {
    name: 'a step of arrivals grows the fleet, and the slots are what is short while it starts',
    weathers: [steady, [15, { arriving: 60 }]],
    reason: 'ArrivalRate',
    limitedBy: 'WorkerConcurrency',
    sentence: '9 replicas: 57/s arriving at 10/s per replica.',
  },
  {
    name: 'a backlog is drained in time',
    weathers: [steady, [5, { arriving: 200 }]],
    reason: 'Backlog',
    limitedBy: 'Backlog',
    sentence: '21 replicas: 700 messages and 64/s arriving drain in 22 s at 10/s per replica.',
  },
  {
    name: 'the maximum binds, and the sentence says what was wanted',
    policy: { maxReplicas: 5 },
    weathers: [steady, [60, { arriving: 100 }]],
    reason: 'AtMaximum',
    limitedBy: 'MaxReplicas',
    sentence:
      '5 replicas, 60 wanted: maxReplicas is 5; 3,000 messages and 100/s arriving at 10/s per replica do not drain.',
  },
  {
    name: 'a step limit binds',
    policy: { maxScaleOutStep: 2 },
    weathers: [steady, [15, { arriving: 200 }]],
    reason: 'StepLimited',
    limitedBy: 'WorkerConcurrency',
    sentence:
      '12 replicas, 90 wanted: maxScaleOutStep allows 2 more at once; 2,100 messages and 190/s arriving at 10/s per replica do not drain.',
  },
  {
    name: 'fewer messages shrink the fleet only after a while',
    weathers: [steady, [20, { arriving: 10 }]],
    reason: 'Stabilizing',
    limitedBy: 'None',
    sentence: '6 replicas: 12/s arriving at 10/s per replica; 2 would do, if that lasts.',
  },
  {
    name: 'a small difference is left alone',
    weathers: [
      [600, { arriving: 200 }],
      [200, { arriving: 190 }],
    ],
    reason: 'WithinTolerance',
    limitedBy: 'None',
    sentence: '26 replicas: 190/s arriving at 10/s per replica.',
  },
  {
    name: 'the last replica stays while the idle time runs',
    weathers: [
      [300, { arriving: 4 }],
      [50, { arriving: 0 }],
    ],
    reason: 'IdleWait',
    limitedBy: 'None',
    sentence: '1 replica: no work for 50 s, 10 s more before it is idle.',
  },
  {
    name: 'what was delivered between two looks is work',
    weathers: [[300, { arriving: 0.4 }]],
    reason: 'Steady',
    limitedBy: 'None',
    sentence: '1 replica: 0.4/s arriving at 10/s per replica.',
  },
  {
    name: 'after the idle time minReplicas stay',
    policy: { minReplicas: 2 },
    weathers: [
      [300, { arriving: 4 }],
      [100, { arriving: 0 }],
    ],
    reason: 'Idle',
    limitedBy: 'None',
    sentence: '2 replicas: there is no work; minReplicas is 2.',
  },
  {
    name: 'a rate limit keeps only so many busy',
    policy: { rateLimitPerSecond: 50 },
    weathers: [steady, [100, { arriving: 90 }]],
    reason: 'RateLimited',
    limitedBy: 'RateLimit',
    sentence: '6 replicas, 55 wanted: the rate limit of 50/s keeps no more busy at 10/s per replica.',
  },
  {
    name: 'a queue that cannot be read leaves the number',
    weathers: [steady, [5, { queue: 'Failed' }]],
    reason: 'QueueUnreachable',
    limitedBy: 'Source',
    sentence: '6 replicas: the queue cannot be read, so the number stays.',
  },
  {
    name: 'a queue that could not be read for long is said to be so',
    weathers: [steady, [20, { queue: 'Failed' }]],
    reason: 'QueueUnreachable',
    limitedBy: 'Source',
    sentence: '6 replicas: the queue cannot be read (4 looks in a row), so the number stays.',
  },
  {
    name: 'a fallback beyond the maximum is bounded by it',
    policy: { fallbackReplicas: 90 },
    weathers: [steady, [15, { queue: 'Failed' }]],
    reason: 'QueueUnreachableFallback',
    limitedBy: 'Source',
    sentence: '50 replicas: the queue could not be read 3 times in a row; fallbackReplicas is 90, and maxReplicas 50.',
  },
  {
    name: 'the fallback comes into force after three looks',
    policy: { fallbackReplicas: 9 },
    weathers: [steady, [15, { queue: 'Failed' }]],
    reason: 'QueueUnreachableFallback',
    limitedBy: 'Source',
    sentence: '9 replicas: the queue could not be read 3 times in a row; fallbackReplicas is 9.',
  },
  {
    name: 'busy replicas with late messages show a backlog that cannot be read',
    weathers: [steady, [5, { queue: 'Failed', arriving: 100, receiveAgeSeconds: 24 }]],
    reason: 'QueueUnreachableAge',
    limitedBy: 'Source',
    sentence: '8 replicas: the queue cannot be read, every slot is busy and messages wait 24 s.',
  },
  {
    name: 'silent workers are said to be silent',
    weathers: [steady, [5, { workers: 'Silent' }]],
    reason: 'Steady',
    limitedBy: 'None',
    sentence: '6 replicas: 40/s arriving at 10/s per replica; too few replicas report.',
  },
];

describe('decide', () => {
  tell(stories, (changes) => new FluidFleet({ ...policy, ...changes }));

  const observation: Observation = {
    timeSeconds: 1000,
    replicas: { desired: 20, ready: 20, starting: 0 },
    queue: { visible: 0, notVisible: 0, delayed: 0 },
    workers: null,
  };

  test('without a state nothing is lowered but to the maximum', () => {
    assert.equal(decide(null, observation, policy).replicas, 20);
    assert.equal(decide(null, observation, { ...policy, maxReplicas: 12 }).replicas, 12);
  });

  test('a rate from before a restart takes the place of the guess', () => {
    const waiting = { ...observation, replicas: { desired: 0, ready: 0, starting: 0 } };
    const queue = { visible: 300, notVisible: 0, delayed: 0 };
    const { explanation } = decide(null, { ...waiting, queue, lastReplicaRate: 5 }, policy);
    assert.equal(explanation, '8 replicas: 300 messages drain in 23 s at 5/s per replica.');
  });

  test('counters that cannot be are a queue that cannot be read', () => {
    for (const visible of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
      const decision = decide(null, { ...observation, queue: { visible, notVisible: 0, delayed: 0 } }, policy);
      assert.equal(decision.reason, 'QueueUnreachable');
    }
  });

  test('a clock that stands still leaves the number, unless a bound has moved', () => {
    const { state } = decide(null, observation, policy);
    const explained = (bounds: object) => decide(state, observation, { ...policy, ...bounds }).explanation;
    assert.equal(explained({}), '20 replicas: no time has passed since the last look, so the number stays.');
    assert.equal(
      explained({ maxReplicas: 12 }),
      '12 replicas: no time has passed since the last look; maxReplicas is 12.',
    );
    assert.equal(
      explained({ minReplicas: 30 }),
      '30 replicas: no time has passed since the last look; minReplicas is 30.',
    );
  });

  test('a bound that moves while the queue cannot be read is named', () => {
    const explained = (bounds: object) =>
      decide(null, { ...observation, queue: null }, { ...policy, ...bounds }).explanation;
    assert.match(explained({}), /^20 replicas: the queue cannot be read, so the number stays; too few/);
    assert.match(explained({ maxReplicas: 12 }), /^12 replicas: the queue cannot be read; maxReplicas is 12; too few/);
    assert.match(explained({ minReplicas: 30 }), /^30 replicas: the queue cannot be read; minReplicas is 30; too few/);
  });

  test('one message, and one replica, are spoken of as one', () => {
    const workers = {
      ...{ delivered: 40, failed: 0, throttled: 0, busySlotSeconds: 40, deliveredSlotSeconds: 40 },
      ...{ inFlight: 1, busyReplicas: 1, breakersOpen: 0, receiveAgeSeconds: 0 },
    };
    const look = (timeSeconds: number): Observation => {
      return { ...observation, timeSeconds, workers, replicas: { desired: 1, ready: 0, starting: 1 } };
    };
    let decision = decide(null, look(1000), policy);
    for (let seconds = 1005; seconds < 1100; seconds += 5) decision = decide(decision.state, look(seconds), policy);
    assert.equal(decision.explanation, '1 replica: 1 message in flight keeps it busy.');
  });

  test('long deliveries keep the replicas that make them', () => {
    const workers = {
      ...{ delivered: 40, failed: 0, throttled: 0, busySlotSeconds: 4800, deliveredSlotSeconds: 4800 },
      ...{ inFlight: 9, busyReplicas: 7, breakersOpen: 0, receiveAgeSeconds: 0 },
    };
    let state = decide(
      null,
      { ...observation, workers: { ...workers, delivered: 0, deliveredSlotSeconds: 0 } },
      policy,
    ).state;
    let decision = decide(state, { ...observation, timeSeconds: 1005, workers }, policy);
    for (let timeSeconds = 1010; timeSeconds < 1400; timeSeconds += 5) {
      state = decision.state;
      decision = decide(
        state,
        {
          ...observation,
          timeSeconds,
          workers,
          replicas: { desired: decision.replicas, ready: decision.replicas, starting: 0 },
        },
        policy,
      );
    }
    assert.equal(decision.explanation, '7 replicas: 9 messages in flight keep them busy.');
  });

  test('counts that were scaled up for silent replicas, and steps, may be fractions; a number of replicas is whole', () => {
    const workers = {
      ...{ delivered: 0, failed: 0, throttled: 0, busySlotSeconds: 0, deliveredSlotSeconds: 0 },
      ...{ inFlight: 12.5, busyReplicas: 3.75, breakersOpen: 0, receiveAgeSeconds: 0 },
    };
    const limited = { ...policy, rateLimitPerSecond: 1 };
    assert.equal(decide(null, { ...observation, workers, lastReplicaRate: 10 }, limited).replicas, 4);
    const waiting = { ...observation, replicas: { desired: 2, ready: 2, starting: 0 }, workers: null };
    const queue = { visible: 5000, notVisible: 0, delayed: 0 };
    const stepped = decide(null, { ...waiting, queue, lastReplicaRate: 10 }, { ...policy, maxScaleOutStep: 2.5 });
    assert.equal(stepped.replicas, 5);
  });

  test('a fleet that went to zero under a guard wakes although nobody is there to report', () => {
    const fleet = new FluidFleet(policy);
    fleet.live(300, { arriving: 40 });
    fleet.live(60, { failing: 1, breakersOpen: 1 });
    fleet.live(900, { arriving: 0, workers: 'Silent', queue: 'Seen' });
    fleet.visible = 0;
    assert.equal(fleet.live(600).replicas, 0);
    fleet.visible = 5000;
    assert.ok(fleet.live(30).replicas > 0);
  });

  test('a state of another version is as good as none', () => {
    assert.deepEqual(decide({ version: 0 }, observation, policy), decide(null, observation, policy));
  });
});

describe('a fleet under constant load', () => {
  for (const ratePerReplica of [2, 10, 80]) {
    for (const need of [0.4, 1, 2.5, 9, 33]) {
      for (const replicas of [0, 2]) {
        test(`settles from ${replicas} where ${need} replicas of ${ratePerReplica}/s are needed`, () => {
          const fleet = new FluidFleet({ ...policy, maxReplicas: 200 }, replicas);
          fleet.live(600, { arriving: need * ratePerReplica, ratePerReplica });
          const settled = fleet.sizes.at(-1) ?? 0;
          fleet.live(1800);
          const outs = fleet.sizes.filter((size, index) => size > (fleet.sizes[index - 1] ?? replicas)).length;
          assert.ok(settled >= need && settled <= (1.11 * need) / 0.87 + 1, `${settled} replicas`);
          assert.ok(outs <= 5, `${outs} scale-outs: ${fleet.sizes.slice(0, 120)}`);
          assert.deepEqual(new Set(fleet.sizes.slice(120)), new Set([settled]));
        });
      }
    }
  }
});
