import { randomUUID } from 'node:crypto';
import { glob } from 'node:fs/promises';
import { join } from 'node:path';
import { after, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { type Cluster, startCluster } from './cluster.ts';

const project = join(import.meta.dirname, '..', '..');

let shared: Promise<Cluster> | undefined;

/**
 * The cluster that all test files of one process share, started by the first that asks: ask at the top of the file, outside
 * of any test's time. It knows the project's CRDs, and it stops after the last test. COURIER_CLUSTER_DIRECTORY keeps its
 * data and logs.
 */
export function sharedCluster(): Promise<Cluster> {
  shared ??= start();
  return shared;
}

async function start(): Promise<Cluster> {
  const directory = process.env.COURIER_CLUSTER_DIRECTORY;
  const cluster = await startCluster({
    users: [{ name: 'system:node:unprivileged', groups: ['system:nodes'] }],
    crds: await Array.fromAsync(glob(join(project, 'crds', '*.yaml'))),
    backOff: { initialMs: 500, maxMs: 4_000, resetAfterMs: 60_000 },
    ...(directory === undefined ? {} : { directory }),
  });
  after(() => cluster.stop());
  return cluster;
}

/** Makes a namespace for one test. Its deletion begins when the test ends, and nobody waits for it. */
export async function testNamespace({ controlPlane }: Cluster, test: TestContext): Promise<string> {
  const name = `test-${randomUUID().slice(0, 8)}`;
  await controlPlane.createNamespace(name);
  test.after(() => controlPlane.admin.delete(`/api/v1/namespaces/${name}`));
  return name;
}

/**
 * Waits until `look` finds what it looks for.
 * @param look returns undefined or false as long as it does not; what it throws counts as that, and is told at the end.
 * @throws Error when it has not after `withinMs` milliseconds.
 */
export async function eventually<T>(
  what: string,
  look: () => T | Promise<T>,
  withinMs = 30_000,
): Promise<Exclude<T, undefined | false>> {
  let problem: unknown;
  for (const deadline = Date.now() + withinMs; Date.now() < deadline; await delay(50)) {
    try {
      const found = await look();
      if (found !== undefined && found !== false) return found as Exclude<T, undefined | false>;
      problem = undefined;
    } catch (error) {
      problem = error;
    }
  }
  throw new Error(`not within ${withinMs} ms: ${what}`, { cause: problem });
}
