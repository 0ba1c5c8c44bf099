import assert from 'node:assert/strict';
import { after, describe, it, type TestContext } from 'node:test';
import { startCluster } from './cluster.ts';
import { CourierStage } from './courier-stage.ts';
import { Release, type ReleaseOptions } from './release.ts';
import { eventually } from './suite.ts';
import { helm3 } from './tools.ts';

/** A cluster of its own: what is installed here looks after the Couriers of all namespaces. */
const cluster = await startCluster({ nodes: ['node-1', 'node-2'] });
after(() => cluster.stop());
const { controlPlane } = cluster;
const restricted = { 'pod-security.kubernetes.io/enforce': 'restricted' };

describe('the chart, on a real control plane', () => {
  it('installs, delivers, is upgraded under load, is uninstalled, and takes up what it left', async (test) => {
    const release = await newRelease('courier-system', test);
    const stage = await newStage('shop', test);

    assert.match(await release.install(), /2 operators, of which one leads/);
    assert.match(await release.test(), /Phase: +Succeeded/);
    await stage.create();
    await stage.send(500);
    await stage.allDelivered();

    // Under load, to another image: that rolls workers out once. A setting of the operator's alone does not touch them.
    const load = stage.keepSending();
    await eventually('some of the load delivered', () => stage.delivered > 700);
    const before = await stage.deploymentGeneration();
    await release.upgrade({ 'operator.intervalSeconds': 1.5 });
    assert.equal(await stage.revision(), 1, 'a setting of the operator restarts no worker');
    release.provideImage('0.1.1');
    await release.upgrade({ 'image.tag': '0.1.1', 'operator.intervalSeconds': 1 });
    await eventually('workers of the new image', async () => (await stage.image())?.endsWith(':0.1.1'));
    assert.equal(await stage.revision(), 2, 'a new image restarts workers once');
    test.diagnostic(`the Deployment of the workers had ${(await stage.deploymentGeneration()) - before} changes`);
    await load.end();
    await stage.allDelivered();
    await stage.allAudited();

    await release.uninstall();
    assert.ok(await stage.exists(), 'the Courier stays');
    assert.deepEqual(await operatorPods(release.namespace), []);
    await stage.scaleBy(2);
    await stage.send(200);
    await stage.allDelivered();

    await release.install({ 'image.tag': '0.1.1' });
    await eventually('no worker for an empty queue', async () => (await stage.workers()) === 0, 60_000);
    await stage.send(100);
    await stage.allDelivered();
    assert.equal(await stage.revision(), 2, 'what comes back to its workers restarts none');
  });

  it('installs with Helm 3 as well, over the CRD and the Couriers that are there', async (test) => {
    const release = await newRelease('courier-three', test, { tool: helm3 });
    // The CRD stays with the name and namespace of the release that brought it.
    await release.install({ 'crds.install': false });
    assert.match(await release.test(), /Phase: +Succeeded/);
    const stage = await newStage('shop-three', test);
    await stage.create();
    await stage.send(100);
    await stage.allDelivered();
  });
});

async function newRelease(namespace: string, test: TestContext, options: Partial<ReleaseOptions> = {}) {
  await controlPlane.createNamespace(namespace, restricted);
  const release = new Release({ cluster, namespace, values: { 'operator.intervalSeconds': 1 }, ...options });
  release.provideImage('0.1.0');
  test.after(() => release.uninstall());
  return release;
}

async function newStage(namespace: string, test: TestContext): Promise<CourierStage> {
  await controlPlane.createNamespace(namespace, restricted);
  const stage = await CourierStage.open(cluster, namespace);
  test.after(() => stage.close());
  return stage;
}

async function operatorPods(namespace: string): Promise<readonly string[]> {
  const path = `/api/v1/namespaces/${namespace}/pods`;
  const { items } = await controlPlane.admin.get<{ items: { metadata: { name: string } }[] }>(path);
  return items.map(({ metadata }) => metadata.name);
}
