import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { decide } from '../../../operator/scaling/decide.ts';
import type { Observation, Policy, State } from '../../../operator/scaling/types.ts';

const count = fc.oneof(fc.nat(20), fc.nat(100_000));
const seconds = fc.double({ min: 0, max: 1e6, noNaN: true });

const policies: fc.Arbitrary<Policy> = fc
  .record({
    minReplicas: fc.nat(5),
    extra: fc.nat(50),
    slotsPerReplica: fc.integer({ min: 1, max: 256 }),
    drainTargetSeconds: fc.integer({ min: 1, max: 600 }),
    targetMessagesPerReplica: fc.integer({ min: 1, max: 5000 }),
    idleAfterSeconds: fc.nat(600),
    maxScaleOutStep: fc.nat(10),
    activationMessages: fc.nat(10),
  })
  .map(({ extra, ...policy }) => ({ ...policy, maxReplicas: policy.minReplicas + extra }));

const queues = fc.record({ visible: count, notVisible: count, delayed: count });
const workers = fc.record({
  delivered: count,
  failed: count,
  throttled: count,
  busySlotSeconds: seconds,
  deliveredSlotSeconds: seconds,
  inFlight: count,
  busyReplicas: fc.nat(50),
  breakersOpen: fc.double({ min: 0, max: 1, noNaN: true }),
  receiveAgeSeconds: seconds,
});

const observations = fc.record({
  timeSeconds: fc.oneof(fc.nat(100), seconds),
  replicas: fc.record({ desired: fc.nat(60), ready: fc.nat(60), starting: fc.nat(10) }),
  queue: fc.option(queues, { nil: null }),
  workers: fc.option(workers, { nil: null }),
  lastReplicaRate: fc.option(fc.double({ min: 0, max: 1e5 }), { nil: null }),
});

/** States as they really come about: what a walk of decisions has left behind, through JSON. */
const walks = fc.record({ policy: policies, past: fc.array(observations, { maxLength: 6 }), last: observations });

function walk(policy: Policy, past: readonly Observation[]): State | null {
  let state: State | null = null;
  for (const observation of past) {
    state = JSON.parse(JSON.stringify(decide(state, observation, policy).state));
  }
  return state;
}

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) freeze(inner);
  }
  return Object.freeze(value);
}

describe('decide, whatever it sees', () => {
  test('stays an integer within the bounds, and its sentence holds numbers only', () => {
    fc.assert(
      fc.property(walks, ({ policy, past, last }) => {
        const decision = decide(walk(policy, past), last, policy);
        assert.ok(Number.isInteger(decision.replicas));
        assert.ok(decision.replicas >= policy.minReplicas && decision.replicas <= policy.maxReplicas);
        assert.match(decision.explanation, /^\d[\d,]* replicas?.*\.$/);
        assert.doesNotMatch(JSON.stringify(decision), /NaN|undefined|Infinity|∞/);
        assert.ok(JSON.stringify(decision.state).length < 8192);
      }),
    );
  });

  test('is deterministic and changes nothing it is given', () => {
    fc.assert(
      fc.property(walks, ({ policy, past, last }) => {
        const state = freeze(walk(policy, past));
        const first = decide(state, freeze(last), freeze(policy));
        assert.deepEqual(decide(state, last, policy), first);
      }),
    );
  });

  test('never lowers while the queue cannot be read', () => {
    fc.assert(
      fc.property(walks, ({ policy, past, last }) => {
        const decision = decide(walk(policy, past), { ...last, queue: null }, policy);
        assert.ok(decision.replicas >= Math.min(last.replicas.desired, policy.maxReplicas));
      }),
    );
  });

  test('never leaves zero for messages that are out of sight or delayed', () => {
    fc.assert(
      fc.property(walks, queues, ({ policy, past, last }, queue) => {
        const asleep = { ...last, replicas: { ...last.replicas, desired: 0 }, queue: { ...queue, visible: 0 } };
        const decision = decide(walk(policy, past), asleep, policy);
        assert.equal(decision.replicas, policy.minReplicas);
      }),
    );
  });

  test('never wants fewer for more visible messages', () => {
    fc.assert(
      fc.property(walks, queues, count, ({ policy, past, last }, queue, more) => {
        const state = walk(policy, past);
        const few = decide(state, { ...last, queue }, policy);
        const many = decide(state, { ...last, queue: { ...queue, visible: queue.visible + more } }, policy);
        assert.ok(many.replicas >= few.replicas, `${few.explanation} / ${many.explanation}`);
      }),
    );
  });

  test('never goes to zero with work at hand', () => {
    fc.assert(
      fc.property(walks, queues, ({ policy, past, last }, queue) => {
        const desired = Math.max(1, last.replicas.desired);
        const busy = {
          ...last,
          replicas: { ...last.replicas, desired },
          queue: { ...queue, visible: queue.visible + 1 },
        };
        const decision = decide(walk(policy, past), busy, policy);
        assert.ok(decision.replicas >= Math.min(1, policy.maxReplicas));
      }),
    );
  });
});
