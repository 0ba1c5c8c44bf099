import assert from 'node:assert/strict';
import type { Scenario } from './scenario.ts';
import { World } from './world.ts';

const tickMs = 5_000;
/** Two hours of virtual time: whatever is drawn, all is delivered long before. */
const maxTicks = 1_440;

/** Runs a scenario to its end, and asserts what must hold of every one. */
export async function play(scenario: Scenario): Promise<void> {
  const world = new World(scenario);
  const { ledger } = world;
  await world.send();
  world.startWorker();
  for (let ticks = 0; ticks < maxTicks && (await world.left()) > 0; ticks++) {
    await world.clock.advance(tickMs);
    assert.ok(!world.hasSpun, 'a worker goes round in a circle');
    if (!world.isRunning) continue;
    const { alive, explanation } = world.pipeline.liveness;
    assert.ok(alive, `the worker is not alive: ${explanation}`);
    if (world.pipeline.waiting.for === 'Pause') world.restart();
  }
  assert.equal(await world.left(), 0, 'messages are left in the queue');
  assert.equal(await world.stop(), true, 'the last worker has left something behind');
  assert.deepEqual(ledger.violations, []);
  for (let n = 0; n < scenario.messages; n++) assert.ok(ledger.mayBeDeleted(n), `message ${n} ended nowhere`);
  if (scenario.recipient.finals === 0 && scenario.maxAttempts === 0)
    assert.deepEqual([...ledger.copied], [], 'dead-lettered without a reason');
  assert.equal(world.allowance.exceeded(ledger.posts.map(({ atMs }) => atMs)), undefined);
}
