import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, describe, it } from 'node:test';
import { startEmbeddedAws } from '../../aws/embedded/server.ts';
import type { Deployment } from '../../operator/courier/objects.ts';
import { awsKeys, Couriers, inParallel } from './couriers.ts';
import { operatorAccount } from './operator-account.ts';
import { OperatorUnderTest, workerImage } from './operator-under-test.ts';
import { eventually, sharedCluster, testNamespace } from './suite.ts';

const cluster = await sharedCluster();
cluster.images.set(workerImage.reference, workerImage.image);
const { admin } = cluster.controlPlane;
const aws = await startEmbeddedAws();
after(() => aws.close());

/** More than there are slots for reconciles, so that these would stand in the way of others if they could. */
const broken = 20;
const well = 80;

describe('many Couriers', () => {
  it('are all reconciled while some can never be, and a change is applied soon all the same', async (test) => {
    const namespace = await testNamespace(cluster, test);
    const account = await operatorAccount(cluster, namespace);
    const couriers = new Couriers(cluster, namespace, aws.endpoint);
    const url = aws.sqs.createQueue(namespace);
    const configMaps = `/api/v1/namespaces/${namespace}/configmaps`;
    await inParallel(broken, 10, async (index) => {
      await admin.create(configMaps, { metadata: { name: `courier-broken-${index}` } });
      await couriers.create(couriers.manifest(`broken-${index}`, url));
    });
    await inParallel(well, 10, (index) => couriers.create(couriers.manifest(`well-${index}`, url)));
    const startMs = Date.now();
    const operator = OperatorUnderTest.start({ ...account, namespace, env: awsKeys });
    test.after(() => operator.end('SIGKILL'));
    await inParallel(well, 4, (index) => couriers.condition(`well-${index}`, 'Ready', 'True/Ready', 120_000));
    await inParallel(broken, 4, (index) =>
      couriers.condition(`broken-${index}`, 'Stalled', 'True/NameConflict', 60_000),
    );
    test.diagnostic(`${well + broken} Couriers after ${Date.now() - startMs} ms`);

    const latencies: number[] = [];
    for (let change = 0; change < 20; change++)
      latencies.push(await appliedAfterMs(couriers, `well-${change}`, change));
    latencies.sort((a, b) => a - b);
    test.diagnostic(`from a change to its Deployment: median ${latencies[10]} ms, at most ${latencies.at(-1)} ms`);
    // What was broken waits for minutes by now; a change that waited for it would too.
    assert.ok((latencies.at(-1) ?? 0) < 15_000, latencies.join());

    const status = await readFile(`/proc/${operator.child.pid}/status`, 'utf8');
    test.diagnostic(`${Math.round(Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1024)} MiB`);
    const overdue = await operator.get('/healthz');
    assert.match(overdue, /\[\+\]reconciles ok/);
    assert.equal(await operator.end(), 0, operator.log);
  });
});

/** Changes the recipient of a Courier. @returns the milliseconds until its Deployment has changed. */
async function appliedAfterMs(couriers: Couriers, name: string, change: number): Promise<number> {
  const generation = async () => {
    const deployment = await couriers.child<Deployment>('/apis/apps/v1', `deployments/courier-${name}`);
    return deployment?.metadata.generation ?? 0;
  };
  const before = await generation();
  const startMs = Date.now();
  await couriers.change(name, { spec: { recipient: { url: `http://127.0.0.1:9/${change}` } } });
  await eventually(`the Deployment of ${name} has changed`, async () => (await generation()) > before);
  return Date.now() - startMs;
}
