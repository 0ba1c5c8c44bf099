import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { lowPriority, WorkQueue } from '../../../operator/kube/workqueue.ts';
import { checkProperty } from '../../support/properties.ts';
import { settle, VirtualClock } from '../../support/virtual-clock.ts';

function given() {
  const clock = new VirtualClock();
  return { clock, queue: new WorkQueue({ clock }) };
}

/** Takes what is ready, without waiting for more. */
async function takeReady(queue: WorkQueue): Promise<string[]> {
  const taken: string[] = [];
  for (let size = readyCount(queue); size > 0; size = readyCount(queue)) {
    const next = await queue.get();
    if (next !== undefined) taken.push(next.key);
  }
  return taken;
}

function readyCount(queue: WorkQueue): number {
  return [...queue.depths().values()].reduce((sum, depth) => sum + depth, 0);
}

describe('a work queue', () => {
  it('runs a key once that was added often', async () => {
    const { queue } = given();
    for (let i = 0; i < 10; i++) queue.add('a');
    assert.deepEqual(await takeReady(queue), ['a']);
  });

  it('runs a key once more that was added while it ran, and not at the same time', async () => {
    const { queue } = given();
    queue.add('a');
    await queue.get();
    queue.add('a');
    queue.add('a');
    assert.deepEqual(await takeReady(queue), []);
    queue.done('a');
    assert.deepEqual(await takeReady(queue), ['a']);
  });

  it('hands a key to whoever waits for one', async () => {
    const { queue } = given();
    const first = queue.get();
    const second = queue.get();
    queue.add('a');
    queue.add('b');
    assert.deepEqual([(await first)?.key, (await second)?.key], ['a', 'b']);
  });

  for (const delays of [
    [500, 1000, 5000],
    [5000, 1000, 500],
    [1000, 500, 5000],
  ])
    it(`keeps the earliest of several delays: ${delays.join(', ')} ms`, async () => {
      const { clock, queue } = given();
      for (const delayMs of delays) queue.addAfter('a', delayMs);
      await clock.advance(499);
      assert.deepEqual(await takeReady(queue), []);
      await clock.advance(1);
      assert.deepEqual(await takeReady(queue), ['a']);
      await clock.advance(10_000);
      assert.deepEqual(await takeReady(queue), []);
    });

  it('forgets a delay when the key is added without one', async () => {
    const { clock, queue } = given();
    queue.addAfter('a', 1000);
    queue.add('a');
    assert.deepEqual(await takeReady(queue), ['a']);
    queue.done('a');
    await clock.advance(2000);
    assert.deepEqual(await takeReady(queue), []);
  });

  it('waits for the end of a key whose delay has passed while it ran', async () => {
    const { clock, queue } = given();
    queue.add('a');
    await queue.get();
    queue.addAfter('a', 100);
    await clock.advance(200);
    assert.deepEqual(await takeReady(queue), []);
    queue.done('a');
    assert.deepEqual(await takeReady(queue), ['a']);
  });

  it('waits out delays longer than a timer can be', async () => {
    const { clock, queue } = given();
    queue.addAfter('a', 2 ** 31 + 1000);
    await clock.advance(2 ** 31);
    assert.deepEqual(await takeReady(queue), []);
    await clock.advance(1000);
    assert.deepEqual(await takeReady(queue), ['a']);
  });

  it('runs higher priorities first, and within one priority the first come', async () => {
    const { queue } = given();
    queue.add('backlog 1', { priority: lowPriority });
    queue.add('backlog 2', { priority: lowPriority });
    queue.add('user 1');
    queue.add('user 2');
    queue.add('urgent', { priority: 10 });
    assert.deepEqual(await takeReady(queue), ['urgent', 'user 1', 'user 2', 'backlog 1', 'backlog 2']);
  });

  it('raises the priority of a key that is added again, and never lowers it', async () => {
    const { queue } = given();
    queue.add('a', { priority: lowPriority });
    queue.add('b', { priority: lowPriority });
    queue.add('b');
    queue.add('b', { priority: lowPriority });
    assert.deepEqual(await queue.get(), { key: 'b', priority: 0 });
    assert.deepEqual(await queue.get(), { key: 'a', priority: lowPriority });
  });

  it('backs off longer with each failure until the key is forgotten', async () => {
    const { clock, queue } = given();
    for (const delayMs of [5, 10, 20]) {
      queue.addRateLimited('a');
      await clock.advance(delayMs - 1);
      assert.deepEqual(await takeReady(queue), []);
      await clock.advance(1);
      assert.deepEqual(await takeReady(queue), ['a']);
      queue.done('a');
    }
    assert.equal(queue.failures('a'), 3);
    queue.forget('a');
    queue.addRateLimited('a');
    await clock.advance(5);
    assert.deepEqual(await takeReady(queue), ['a']);
  });

  it('waits at least as long as a server has asked for', async () => {
    const { clock, queue } = given();
    queue.addRateLimited('a', { minimumMs: 3000 });
    await clock.advance(2999);
    assert.deepEqual(await takeReady(queue), []);
    await clock.advance(1);
    assert.deepEqual(await takeReady(queue), ['a']);
  });

  it('gives nobody anything after it was shut down', async () => {
    const { clock, queue } = given();
    const waiting = queue.get();
    queue.addAfter('late', 10);
    queue.shutDown();
    queue.add('a');
    await clock.advance(100);
    assert.deepEqual([await waiting, await queue.get()], [undefined, undefined]);
    assert.equal(clock.pending, 0);
  });

  it('never loses a key, never runs one twice at a time, and never runs one that nobody added since', async () => {
    const key = fc.constantFrom('a', 'b', 'c');
    const priority = fc.constantFrom(0, lowPriority);
    const step = fc.oneof(
      fc.record({ do: fc.constant('add' as const), key, priority }),
      fc.record({ do: fc.constant('addAfter' as const), key, priority, delayMs: fc.nat(50) }),
      fc.record({ do: fc.constant('addRateLimited' as const), key, priority }),
      fc.record({ do: fc.constant('take' as const) }),
      fc.record({ do: fc.constant('done' as const), key }),
      fc.record({ do: fc.constant('wait' as const), ms: fc.nat(60) }),
    );
    await checkProperty(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const { clock, queue } = given();
        const running = new Set<string>();
        const owed = new Set<string>();
        const take = async () => {
          const next = await queue.get();
          assert.ok(next !== undefined && !running.has(next.key) && owed.has(next.key));
          owed.delete(next.key);
          running.add(next.key);
        };
        for (const each of steps) {
          if (each.do === 'take') {
            if (readyCount(queue) > 0) await take();
          } else if (each.do === 'wait') await clock.advance(each.ms);
          else if (each.do === 'done') {
            if (running.delete(each.key)) queue.done(each.key);
          } else {
            owed.add(each.key);
            if (each.do === 'add') queue.add(each.key, each);
            else if (each.do === 'addAfter') queue.addAfter(each.key, each.delayMs, each);
            else queue.addRateLimited(each.key, each);
          }
          assert.equal(queue.size, owed.size);
          assert.equal(queue.processing, running.size);
        }
        for (const left of running) queue.done(left);
        running.clear();
        await clock.advance(2_000_000);
        while (readyCount(queue) > 0) await take();
        assert.deepEqual([...owed], []);
        await settle();
      }),
      { numRuns: 300 },
    );
  });
});
