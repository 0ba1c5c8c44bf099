import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { decide } from '../../../operator/scaling/decide.ts';
import { isMemory } from '../../../operator/scaling/memory-check.ts';
import type { Observation, Policy, State } from '../../../operator/scaling/types.ts';
import { checkProperty } from '../../support/properties.ts';
import { FluidFleet } from './fluid-fleet.ts';

const policy: Policy = { minReplicas: 1, maxReplicas: 50, slotsPerReplica: 4, drainTargetSeconds: 30 };

const observation: Observation = {
  timeSeconds: 5_000,
  replicas: { desired: 20, ready: 20, starting: 0 },
  queue: { visible: 300, notVisible: 40, delayed: 0 },
  workers: {
    ...{ delivered: 9_000, failed: 800, throttled: 100, busySlotSeconds: 8_000, deliveredSlotSeconds: 6_000 },
    ...{ inFlight: 40, busyReplicas: 18, breakersOpen: 0.1, receiveAgeSeconds: 2 },
  },
};

/** States with every guard in them. */
const states: readonly State[] = [
  {},
  { failing: 1, breakersOpen: 1 },
  { acceptsAtMost: 60, arriving: 100 },
  { arriving: 80, failing: 0.4 },
  { arriving: 100, saturatesAt: 60 },
  { auditsAtMost: 15 },
  { arriving: 100, handsOut: 0.3 },
].flatMap((weather) =>
  [20, 60, 200].map((seconds) => {
    const fleet = new FluidFleet({ ...policy, idleAfterSeconds: 60 });
    fleet.live(300, { arriving: 40 });
    return fleet.live(seconds, weather).state;
  }),
);

/** Every part of a state, as the names that lead to it. */
function partsOf(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([name, part]) => partsOf(part, [...path, name]))];
}

/** A copy in which a part is another, or missing where that is undefined. */
function damaged(value: unknown, [name, ...rest]: readonly string[], part: unknown): unknown {
  if (name === undefined) return part;
  const copy: Record<string, unknown> = Object.assign(Array.isArray(value) ? [] : {}, value);
  copy[name] = damaged(copy[name], rest, part);
  return JSON.parse(JSON.stringify(copy));
}

/** Decides twice by a state, the second time by what the first left. */
function checkSane(state: State): void {
  let decision = decide(state, observation, policy);
  for (const timeSeconds of [5_005, 5_010]) {
    const { replicas, explanation } = decision;
    assert.ok(Number.isInteger(replicas) && replicas >= 1 && replicas <= 50, `${replicas}`);
    assert.doesNotMatch(explanation, /NaN|undefined/);
    decision = decide(JSON.parse(JSON.stringify(decision.state)), { ...observation, timeSeconds }, policy);
  }
}

describe('a state that was damaged', () => {
  test('is not one that the engine gives', () => {
    const kinds = new Set(states.map((state) => (isMemory(state) ? state.guards.guard?.kind : assert.fail())));
    assert.deepEqual(
      [...kinds].map(String).sort(),
      ['AuditBlocked', 'Open', 'Probation', 'Saturated', 'Starved', 'Throttled', 'undefined'],
      'every kind of guard is in the states that follow',
    );
  });

  test('is as good as none when any part is missing, or of another kind', () => {
    const none = decide(null, observation, policy);
    for (const state of states) {
      for (const path of partsOf(state).filter((parts) => parts.length > 0)) {
        for (const part of [undefined, 'x', [{}]]) {
          const worse = damaged(state, path, part);
          // A guard that ends, and a list that is shorter, are whole again.
          if (isMemory(worse)) checkSane(worse);
          else assert.deepEqual(decide(worse as State, observation, policy), none, `${path.join('.')}: ${part}`);
        }
      }
    }
  });

  test('gives a number within the bounds, whatever has become of its numbers', () => {
    const property = fc.property(
      fc.constantFrom(...states),
      fc.array(fc.tuple(fc.nat(), fc.oneof(fc.double(), fc.integer(), fc.constantFrom(0, -1, 1e300, null)))),
      (state, changes) => {
        const paths = partsOf(state);
        const worse = changes.reduce<unknown>(
          (current, [index, value]) => damaged(current, paths[index % paths.length] ?? [], value),
          state,
        );
        checkSane(worse as State);
      },
    );
    checkProperty(property, { numRuns: 400 });
  });

  test('gives one even when it is any JSON at all', () => {
    const json = fc.jsonValue().map((value) => ({ ...Object(value), version: 1 }));
    checkProperty(fc.property(json, checkSane), { numRuns: 300 });
  });
});
