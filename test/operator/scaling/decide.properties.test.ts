import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { decide } from '../../../operator/scaling/decide.ts';
import { isMemory } from '../../../operator/scaling/memory-check.ts';
import type { Decision, Observation, Policy, State } from '../../../operator/scaling/types.ts';
import { checkProperty } from '../../support/properties.ts';
import { happenings, Plant, policies } from './plant.ts';

/** One decision of a walk, with all that it was made of. */
type Step = {
  readonly state: State | null;
  readonly observation: Observation;
  readonly policy: Policy;
  readonly decision: Decision;
};

const walks = fc.tuple(policies, fc.array(happenings, { minLength: 1, maxLength: 30 }));

/** Checks every decision of walks through what can happen to a fleet. */
function checkWalks(check: (step: Step) => void): void {
  const property = fc.property(walks, ([policy, happened]) => {
    const plant = new Plant(policy);
    let state: State | null = null;
    let desired = 0;
    for (const happening of happened) {
      if (happening.meddling === 'StateLost') state = null;
      if (happening.meddling === 'ScaledToZero') desired = 0;
      if (happening.meddling === 'ScaledUp') desired += 20;
      const observation = plant.live(desired, happening);
      const decision: Decision = decide(state, observation, policy);
      check({ state, observation, policy, decision });
      state = JSON.parse(JSON.stringify(decision.state));
      desired = decision.replicas;
    }
  });
  checkProperty(property, { numRuns: 200 });
}

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) freeze(inner);
  }
  return Object.freeze(value);
}

/** Never more than there are while the recipient is down, or while a guard holds and nobody is heard. */
function checkGuarded({ observation, policy }: Step, { replicas, inputs, explanation }: Decision): void {
  const isBlind = observation.workers === null && inputs.guard !== null;
  if (inputs.guard !== 'Open' && !isBlind) return;
  assert.ok(replicas <= Math.max(observation.replicas.desired, policy.minReplicas), explanation);
}

function checkWellFormed({ policy }: Step, decision: Decision): void {
  const { replicas, explanation } = decision;
  assert.ok(Number.isInteger(replicas) && replicas >= policy.minReplicas && replicas <= policy.maxReplicas);
  assert.match(explanation, /^\d[\d,]* replicas?(, \d[\d,]* wanted)?: [^.].*[^.]\.$/);
  const json = JSON.stringify(decision);
  assert.doesNotMatch(json, /NaN|undefined|Infinity|∞/);
  assert.deepEqual(JSON.parse(json), decision, 'something in it is not JSON');
  assert.ok(JSON.stringify(decision.state).length <= 8192);
  assert.ok(isMemory(decision.state), 'the next decision takes it for damaged');
}

describe('decide, whatever happens', () => {
  test('stays an integer within the bounds, in plain JSON of a bounded size, and with numbers in its sentence', () => {
    checkWalks((step) => checkWellFormed(step, step.decision));
  });

  test('is deterministic, changes nothing it is given, and survives JSON', () => {
    checkWalks(({ state, observation, policy, decision }) => {
      assert.deepEqual(decide(freeze(state), freeze(observation), freeze(policy)), decision);
    });
  });

  test('never wants fewer for more visible messages', () => {
    const more = [1, 3, 100, 10_000];
    checkWalks(({ state, observation, policy, decision }) => {
      const { queue } = observation;
      if (queue === null || !(queue.visible >= 0)) return;
      let before = decision;
      for (const added of more) {
        const after = decide(state, { ...observation, queue: { ...queue, visible: queue.visible + added } }, policy);
        assert.ok(after.replicas >= before.replicas, `${before.explanation} / ${after.explanation}`);
        before = after;
      }
    });
  });

  test('never lowers while the queue cannot be read', () => {
    checkWalks(({ state, observation, policy }) => {
      const { replicas } = decide(state, { ...observation, queue: null }, policy);
      assert.ok(replicas >= Math.min(observation.replicas.desired, policy.maxReplicas));
    });
  });

  test('leaves zero at zero for messages that are out of sight or delayed', () => {
    checkWalks(({ state, observation, policy }) => {
      const asleep = { desired: 0, ready: 0, starting: 0 };
      const queue = { visible: 0, notVisible: 500, delayed: 500 };
      const awake = { ...policy, minReplicas: 0 };
      assert.equal(decide(state, { ...observation, replicas: asleep, queue }, awake).replicas, 0);
    });
  });

  test('keeps one replica for work that is certain, and for messages in flight', () => {
    checkWalks(({ observation, policy, decision }) => {
      const { queue, workers, replicas } = observation;
      if (policy.maxReplicas === 0) return;
      const isCertain = queue !== null && queue.visible > (policy.activationMessages ?? 0) + 2 && queue.notVisible >= 0;
      if (isCertain && decision.inputs.guard === null) assert.ok(decision.replicas >= 1, decision.explanation);
      const holds = workers !== null && workers.inFlight > 0 && workers.delivered >= 0;
      if (holds && replicas.desired > 0) assert.ok(decision.replicas >= 1, decision.explanation);
    });
  });

  test('adds nothing while the recipient is down, or while a guard holds and the workers are silent', () => {
    checkWalks((step) => checkGuarded(step, step.decision));
  });

  test('obeys a cap in the decision that sets it', () => {
    checkWalks(({ observation, policy, decision: { replicas, inputs, explanation } }) => {
      if (typeof inputs.cap !== 'number' || inputs.B === null || observation.queue === null) return;
      assert.ok(replicas <= Math.max(inputs.cap, policy.minReplicas), explanation);
    });
  });

  test('without its state it takes away no busy replica, and still guards', () => {
    checkWalks((step) => {
      const { observation, policy } = step;
      const lost = decide(null, observation, policy);
      const { desired } = observation.replicas;
      const busy = Math.min(desired, observation.workers?.busyReplicas ?? 0, policy.maxReplicas);
      assert.ok(lost.replicas >= busy, lost.explanation);
      if (Math.min(desired, policy.maxReplicas) > 0) assert.ok(lost.replicas > 0, lost.explanation);
      checkGuarded(step, lost);
    });
  });

  test('holds to all that when its bounds change, and when the clock stands still or jumps', () => {
    checkWalks((step) => {
      const { state, observation, policy } = step;
      const tighter = { ...policy, maxReplicas: Math.max(policy.minReplicas, Math.floor(policy.maxReplicas / 3)) };
      const bounded = decide(state, observation, tighter);
      checkWellFormed({ ...step, policy: tighter }, bounded);
      checkGuarded(step, bounded);
      for (const seconds of [-10, 0, 3600]) {
        const moved = decide(state, { ...observation, timeSeconds: observation.timeSeconds + seconds }, policy);
        checkWellFormed(step, moved);
        checkGuarded(step, moved);
      }
    });
  });
});
