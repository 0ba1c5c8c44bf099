import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  type DrainCandidate,
  type DrainOptions,
  type Drains,
  deletionCosts,
  planDrains,
} from '../../../operator/draining/plan-drains.ts';
import { checkProperty } from '../../support/properties.ts';

const none: Drains = new Map();
const timeoutMs = 120_000;

function worker(id: string, fields: Partial<DrainCandidate> = {}): DrainCandidate {
  return { id, ready: true, held: 0, drained: false, createdTimeMs: 0, ...fields };
}

function options(fields: Partial<DrainOptions>): DrainOptions {
  return { target: 0, live: 0, nowMs: 0, timeoutMs, ...fields };
}

describe('who leaves when fewer workers are wanted', () => {
  it('is nobody while as many or more are wanted', () => {
    const workers = [worker('a'), worker('b')];
    assert.deepEqual(planDrains(none, workers, options({ target: 2, live: 2 })), {
      ...{ drains: new Map(), done: new Set(), replicas: 2 },
    });
    assert.equal(planDrains(none, workers, options({ target: 5, live: 2 })).replicas, 5);
  });

  it('is the least busy; nobody is removed before it has finished', () => {
    const workers = [worker('busy', { held: 8 }), worker('idle'), worker('half', { held: 3 })];
    const plan = planDrains(none, workers, options({ target: 1, live: 3, nowMs: 7 }));
    assert.deepEqual(plan, {
      drains: new Map([
        ['idle', 7],
        ['half', 7],
      ]),
      done: new Set(),
      replicas: 3,
    });
  });

  it('is removed when it is drained, each by itself', () => {
    const drains = new Map([
      ['a', 0],
      ['b', 0],
    ]);
    const workers = [worker('a', { drained: true }), worker('b', { held: 2 }), worker('c', { held: 9 })];
    const plan = planDrains(drains, workers, options({ target: 1, live: 3, nowMs: 5_000 }));
    assert.deepEqual(plan.done, new Set(['a']));
    assert.equal(plan.replicas, 2);
    assert.deepEqual(
      [...deletionCosts(workers, plan)],
      [
        ['a', 0],
        ['b', 3],
        ['c', 10],
      ],
    );
  });

  it('is removed when its time is over, whatever it holds', () => {
    const drains = new Map([['a', 0]]);
    const workers = [worker('a', { held: 2 }), worker('b', { held: 9 })];
    const at = (nowMs: number) => planDrains(drains, workers, options({ target: 1, live: 2, nowMs })).replicas;
    assert.equal(at(timeoutMs - 1), 2);
    assert.equal(at(timeoutMs), 1);
  });

  it('is who is not there yet, at once', () => {
    const workers = [worker('a'), worker('new', { ready: false, held: undefined })];
    const plan = planDrains(none, workers, options({ target: 1, live: 2 }));
    assert.deepEqual(plan.done, new Set(['new']));
    assert.equal(plan.replicas, 1);
  });

  it('stays, before anybody new is started, when more are wanted again', () => {
    const drains = new Map([
      ['a', 0],
      ['b', 0],
    ]);
    const workers = [worker('a', { held: 1 }), worker('b', { held: 6 }), worker('c', { held: 9 })];
    const some = planDrains(drains, workers, options({ target: 2, live: 3 }));
    assert.deepEqual([...some.drains.keys()], ['a'], 'the busier of the two goes on');
    const all = planDrains(drains, workers, options({ target: 4, live: 3 }));
    assert.equal(all.drains.size, 0);
    assert.equal(all.replicas, 4);
  });

  it('stays chosen until it is gone, also after fewer are asked for', () => {
    const drains = new Map([['a', 0]]);
    const workers = [worker('a', { drained: true }), worker('b')];
    const plan = planDrains(drains, workers, options({ target: 1, live: 1 }));
    assert.deepEqual([...plan.drains.keys()], ['a']);
    assert.equal(plan.replicas, 1);
  });

  it('is nobody because of the workers that a rollout adds', () => {
    const workers = ['a', 'b', 'c', 'new'].map((id) => worker(id));
    assert.equal(planDrains(none, workers, options({ target: 3, live: 3 })).drains.size, 0);
  });
});

const candidate = fc.record({
  ready: fc.boolean(),
  held: fc.option(fc.nat(20), { nil: undefined }),
  drained: fc.boolean(),
  createdTimeMs: fc.nat(1000),
});

describe('any plan of who leaves', () => {
  it('removes nobody who still finishes, asks for no more than before or than are wanted, and is stable', () => {
    const fleets = fc
      .array(candidate, { maxLength: 12 })
      .map((all) => all.map((one, at) => ({ ...one, id: `w${at}` })));
    const before = fc.uniqueArray(fc.nat(11)).map((all) => new Map(all.map((at) => [`w${at}`, at * 20_000])));
    checkProperty(
      fc.property(fleets, before, fc.nat(12), fc.nat(12), (workers, drains, target, live) => {
        const at = options({ target, live, nowMs: 200_000 });
        const plan = planDrains(drains, workers, at);
        assert.ok(plan.replicas >= target && plan.replicas <= Math.max(target, live));
        assert.ok(plan.drains.size <= Math.max(0, workers.length - target));
        for (const id of plan.done) assert.ok(plan.drains.has(id));
        const costs = deletionCosts(workers, plan);
        for (const { id } of workers) assert.equal(costs.get(id) === 0, plan.done.has(id));
        const again = planDrains(plan.drains, workers, at);
        assert.deepEqual(new Set(again.drains.keys()), new Set(plan.drains.keys()));
        assert.equal(again.replicas, plan.replicas);
      }),
    );
  });
});
