import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { eventually } from '../suite.ts';
import { converged, madeAndRemoved, stays, undisturbed } from './oracles.ts';
import { faultyCluster, Stage } from './stage.ts';

const cluster = await faultyCluster();
/** Starting an operator is work for a processor: more at once would only be slower. */
const atOnce = 3;
/** Leases and events are left out: they are written at times that no reconcile decides. */
const counted = /^(?!.*\/(leases|events)\b)/;

describe('an operator that dies (faults 1, 2)', () => {
  it('is followed by one that ends what it began, whichever write was its last', async (test) => {
    const all = await undisturbedWrites(test);
    assert.ok(all >= 6, `only ${all} writes`);
    const crashes = Array.from({ length: all }, (_, index) => index + 1).flatMap((write) => [
      () => diesAfterAnswer(test, write),
      () => diesBeforeAnswer(test, write),
    ]);
    await inTurns(crashes);
  });
});

/** How many writes the first reconcile of a Courier takes. */
async function undisturbedWrites(test: TestContext): Promise<number> {
  const stage = await Stage.set(cluster, test);
  await stage.apply();
  const operator = await stage.startOperator();
  await converged(stage, 0);
  await stays(stage);
  assert.deepEqual(await madeAndRemoved(stage), undisturbed('orders'));
  await operator.end('SIGKILL');
  // Up to the first status: whether its words change once more is a matter of time.
  const paths = stage.proxy.writes.map(({ path }) => path).filter((path) => counted.test(path));
  return paths.findIndex((path) => path.includes('/status')) + 1;
}

/** Fault 1: it knows that its write number `last` succeeded, and nothing comes after it. */
async function diesAfterAnswer(test: TestContext, last: number): Promise<void> {
  const stage = await Stage.set(cluster, test);
  stage.proxy.rule({ write: true, path: counted, from: last + 1, times: 1000, action: { do: 'hang' } });
  await stage.apply();
  const operator = await stage.startOperator();
  const written = () => stage.proxy.writes.filter(({ path }) => counted.test(path));
  await eventually(
    `write ${last} is over`,
    () => written().length > last || hasSettled(stage, written().length === last),
  );
  await operator.end('SIGKILL');
  stage.proxy.heal();
  await recovers(stage, `dies after write ${last}`);
}

/** The last write of all is followed by none. */
async function hasSettled(stage: Stage, writtenAll: boolean): Promise<boolean> {
  if (!writtenAll) return false;
  const { status } = await stage.courier();
  return status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
}

/** Fault 2: its write number `last` has reached the server, and it never hears of it. */
async function diesBeforeAnswer(test: TestContext, last: number): Promise<void> {
  const stage = await Stage.set(cluster, test);
  const died = Promise.withResolvers<void>();
  const run = async () => {
    await operator.end('SIGKILL');
    died.resolve();
  };
  stage.proxy.rule({ write: true, path: counted, from: last, action: { do: 'run after send', run } });
  await stage.apply();
  const operator = await stage.startOperator();
  await died.promise;
  stage.proxy.heal();
  await recovers(stage, `dies before the answer to write ${last}`);
}

async function recovers(stage: Stage, what: string): Promise<void> {
  await stage.dropLease();
  const operator = await stage.startOperator({ podName: 'operator-1' });
  try {
    await converged(stage, 0);
    await stays(stage);
    assert.deepEqual(await madeAndRemoved(stage), undisturbed('orders'));
  } catch (error) {
    throw new Error(`${what}: ${error instanceof Error ? error.message : error}\n${operator.log}`, { cause: error });
  } finally {
    await operator.end('SIGKILL');
  }
}

async function inTurns(tasks: readonly (() => Promise<void>)[]): Promise<void> {
  const left = [...tasks];
  const turn = async () => {
    for (let task = left.shift(); task !== undefined; task = left.shift()) await task();
  };
  await Promise.all(Array.from({ length: atOnce }, turn));
}
