import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decide, scaleInWindowSeconds } from '../../../operator/scaling/decide.ts';
import type { Decision, Observation, Policy, State, Workers } from '../../../operator/scaling/types.ts';

const policy: Policy = {
  minReplicas: 0,
  maxReplicas: 20,
  slotsPerReplica: 50,
  drainTargetSeconds: 60,
  targetMessagesPerReplica: 500,
  idleAfterSeconds: 300,
};

const noWork: Workers = {
  delivered: 0,
  failed: 0,
  throttled: 0,
  busySlotSeconds: 0,
  deliveredSlotSeconds: 0,
  inFlight: 0,
  busyReplicas: 0,
  breakersOpen: 0,
  receiveAgeSeconds: 0,
};

function observe(visible: number, desired: number, more: Partial<Observation> = {}): Observation {
  return {
    timeSeconds: 1000,
    replicas: { desired, ready: desired, starting: 0 },
    queue: { visible, notVisible: 0, delayed: 0 },
    workers: noWork,
    ...more,
  };
}

const calm: State = {
  timeSeconds: 995,
  delivered: 0,
  busySlotSeconds: 0,
  replicaRate: null,
  workTimeSeconds: 995,
  surplus: null,
};

type Case = {
  readonly name: string;
  readonly state?: State;
  readonly observation: Observation;
  readonly policy?: Partial<Policy>;
  readonly expected: Partial<Decision>;
};

const cases: readonly Case[] = [
  {
    name: 'an empty queue leaves zero at zero',
    observation: observe(0, 0),
    expected: { replicas: 0, reason: 'Idle', limitedBy: 'None', explanation: '0 replicas: there is no work.' },
  },
  {
    name: 'one message wakes one replica',
    observation: observe(1, 0),
    expected: {
      replicas: 1,
      reason: 'Activated',
      explanation: '1 replica: 1 message waiting, no rate measured yet.',
    },
  },
  {
    name: 'zero goes to as many as the backlog needs in one step',
    observation: observe(6000, 0),
    expected: { replicas: 12, reason: 'Activated', limitedBy: 'Backlog' },
  },
  {
    name: 'the measured rate and the drain target replace the guess',
    state: { ...calm, replicaRate: 82 },
    observation: observe(12_840, 1),
    policy: { drainTargetSeconds: 45 },
    expected: {
      replicas: 4,
      reason: 'Backlog',
      explanation: '4 replicas: 12,840 messages waiting drain in 39 s at 82/s per replica.',
    },
  },
  {
    name: 'a rate from before a restart counts until there is a new one',
    observation: observe(12_000, 1, { lastReplicaRate: 40 }),
    expected: { replicas: 5 },
  },
  {
    name: 'never more slots than messages',
    state: { ...calm, replicaRate: 0.001 },
    observation: observe(60, 0),
    expected: { replicas: 2 },
  },
  {
    name: 'the maximum binds, and the sentence says what was wanted',
    observation: observe(50_000, 0),
    expected: {
      replicas: 20,
      reason: 'AtMaximum',
      limitedBy: 'MaxReplicas',
      explanation: '20 replicas, 100 wanted, limited by maxReplicas: 50,000 messages waiting, no rate measured yet.',
    },
  },
  {
    name: 'a step limit binds',
    observation: observe(6000, 2),
    policy: { maxScaleOutStep: 3 },
    expected: { replicas: 5, reason: 'StepLimited', limitedBy: 'Backlog' },
  },
  {
    name: 'a suspended fleet stays at zero whatever waits',
    observation: observe(6000, 0),
    policy: { maxReplicas: 0 },
    expected: { replicas: 0, reason: 'AtMaximum' },
  },
  {
    name: 'no more than activationMessages do not wake zero',
    observation: observe(5, 0),
    policy: { activationMessages: 5 },
    expected: { replicas: 0, reason: 'Idle' },
  },
  {
    name: 'messages in flight keep the replicas that hold them',
    state: calm,
    observation: observe(0, 4, { workers: { ...noWork, inFlight: 180, busyReplicas: 4 } }),
    expected: {
      replicas: 4,
      reason: 'BusyReplicas',
      explanation: '4 replicas: 180 messages in flight keep them busy.',
    },
  },
  {
    name: 'messages in flight ask for no more replicas, however many they are',
    state: calm,
    observation: observe(0, 2, { workers: { ...noWork, inFlight: 1000, busyReplicas: 2 } }),
    expected: {
      replicas: 2,
      reason: 'BusyReplicas',
      explanation: '2 replicas: 1,000 messages in flight keep them busy.',
    },
  },
  {
    name: 'messages out of sight do not wake zero: their workers are gone',
    observation: observe(0, 0, { queue: { visible: 0, notVisible: 400, delayed: 30 }, workers: null }),
    expected: { replicas: 0 },
  },
  {
    name: 'the last replica stays while the idle time runs',
    state: { ...calm, workTimeSeconds: 900 },
    observation: observe(0, 1),
    expected: {
      replicas: 1,
      reason: 'IdleWait',
      explanation: '1 replica: no work for 100 s, 200 s more before it is idle.',
    },
  },
  {
    name: 'after the idle time all leave at once',
    state: { ...calm, workTimeSeconds: 700 },
    observation: observe(0, 7),
    expected: { replicas: 0, reason: 'Idle' },
  },
  {
    name: 'after the idle time minReplicas stay',
    state: { ...calm, workTimeSeconds: 700 },
    observation: observe(0, 7),
    policy: { minReplicas: 2 },
    expected: { replicas: 2, reason: 'Idle', explanation: '2 replicas: there is no work, and 2 always stay.' },
  },
  {
    name: 'a delivery between two samples restarts the idle time',
    state: { ...calm, workTimeSeconds: 500 },
    observation: observe(0, 1, { workers: { ...noWork, delivered: 1 } }),
    expected: { replicas: 1, reason: 'IdleWait' },
  },
  {
    name: 'without a state nothing is lowered',
    observation: observe(0, 7),
    expected: { replicas: 7, reason: 'Stabilizing' },
  },
  {
    name: 'an unreadable queue holds',
    state: { ...calm, workTimeSeconds: 0 },
    observation: observe(0, 7, { queue: null }),
    expected: { replicas: 7, reason: 'QueueUnreachable', limitedBy: 'Source' },
  },
  {
    name: 'a negative or missing counter is an unreadable queue',
    state: { ...calm, workTimeSeconds: 0 },
    observation: observe(0, 7, { queue: { visible: Number.NaN, notVisible: 0, delayed: 0 } }),
    expected: { replicas: 7, reason: 'QueueUnreachable' },
  },
  {
    name: 'a lowered maximum is obeyed at once',
    state: calm,
    observation: observe(0, 30),
    expected: { replicas: 20 },
  },
];

describe('decide', () => {
  for (const { name, state, observation, policy: changes, expected } of cases) {
    test(name, () => {
      const decision = decide(state ?? null, observation, { ...policy, ...changes });
      const actual = Object.fromEntries(Object.keys(expected).map((key) => [key, decision[key as keyof Decision]]));
      assert.deepEqual(actual, expected);
    });
  }

  test('measures the rate per replica from deliveries and busy slot seconds', () => {
    const first = decide(null, observe(9000, 3), policy);
    const workers = { ...noWork, delivered: 1000, busySlotSeconds: 500, deliveredSlotSeconds: 500, inFlight: 150 };
    const second = decide(first.state, observe(8000, 3, { timeSeconds: 1005, workers }), policy);
    assert.equal(second.inputs.mu, 100);
    assert.equal(
      second.explanation,
      '3 replicas: 150 messages in flight keep them busy, 8,000 messages waiting drain in 27 s at 100/s per replica.',
    );
  });

  test('scales in only when fewer were enough for a whole window, to the most that was wanted in it', () => {
    let state: State | null = { ...calm, timeSeconds: 0 };
    const at = (timeSeconds: number, visible: number, desired: number) => {
      const decision = decide(state, observe(visible, desired, { timeSeconds }), policy);
      state = decision.state;
      return decision;
    };
    assert.equal(at(0, 900, 10).reason, 'Stabilizing');
    assert.equal(at(10, 1900, 10).reason, 'Stabilizing');
    assert.equal(at(scaleInWindowSeconds - 1, 100, 10).replicas, 10);
    const lowered = at(scaleInWindowSeconds, 100, 10);
    assert.equal(lowered.replicas, 4);
    assert.equal(lowered.reason, 'LessWork');
    assert.equal(
      at(scaleInWindowSeconds + 1, 100, 4).reason,
      'Stabilizing',
      'the next step waits for a window of its own',
    );
  });

  test('a burst within the window starts it anew', () => {
    const surplus = { sinceSeconds: 975, peak: 2 };
    const busy = decide({ ...calm, surplus }, observe(5000, 10), policy);
    assert.equal(busy.state.surplus, null);
  });
});
