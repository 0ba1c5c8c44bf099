import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { helms, objectsIn } from '../chart/chart.ts';
import {
  chartCluster,
  defineKeda,
  definePrometheusKinds,
  newRelease,
  newStage,
  restrictedNamespace,
} from './chart-suite.ts';
import { eventually } from './suite.ts';
import { helm3, kubectl } from './tools.ts';

const cluster = await chartCluster();
const { controlPlane } = cluster;
const examples = new URL('../../examples/', import.meta.url).pathname;
const crds = new URL('../../crds/', import.meta.url).pathname;

describe('the chart, on a real control plane', () => {
  it('installs, delivers, is upgraded under load, is uninstalled, and takes up what it left', async (test) => {
    const release = await newRelease(cluster, 'story-system', test);
    const stage = await newStage(cluster, 'story-shop', test);

    assert.match(await release.install(), /2 operators, of which one leads/);
    assert.match(await release.test(), /Phase: +Succeeded/);
    await assertTakesExamples();
    for (const [role, verb] of [
      ['view', 'list'],
      ['edit', 'create'],
      ['admin', 'deletecollection'],
    ] as const)
      await eventually(`${role} may ${verb} Couriers`, async () => (await verbsOnCouriers(role)).includes(verb));
    assert.ok(!(await verbsOnCouriers('view')).includes('create'));
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
    assert.deepEqual(await stage.managers(), ['courier-operator', 'kube-controller-manager']);
    test.diagnostic(`the Deployment of the workers had ${(await stage.deploymentGeneration()) - before} changes`);
    await load.end();
    await stage.allDelivered();
    await stage.allAudited();

    await release.uninstall();
    assert.ok(await stage.exists(), 'the Courier stays');
    await eventually('no operator', async () => (await operatorPods(release.namespace)).length === 0);
    await stage.scaleBy(2);
    await stage.send(200);
    await stage.allDelivered();

    const meanwhile = stage.keepSending();
    await release.install({ 'image.tag': '0.1.1' });
    await meanwhile.end();
    await stage.allDelivered();
    await eventually('no worker for an empty queue', async () => (await stage.workers()) === 0, 60_000);
    await stage.send(100);
    await stage.allDelivered();
    assert.equal(await stage.revision(), 2, 'what comes back to its workers restarts none');
    test.diagnostic(`${stage.delivered} messages, ${await stage.allAudited()} duplicates`);
  });

  it('installs with Helm 3 as well, over the CRD and the Couriers that are there', async (test) => {
    const release = await newRelease(cluster, 'courier-three', test, { tool: helm3 });
    // The CRD stays with the name and namespace of the release that brought it.
    await release.install({ 'crds.install': false });
    assert.match(await release.test(), /Phase: +Succeeded/);
    const stage = await newStage(cluster, 'shop-three', test);
    await stage.create();
    await stage.send(100);
    await stage.allDelivered();
  });

  for (const [name, tool] of Object.entries(helms)) {
    it(`installs beside KEDA, whose API is away, and the Prometheus Operator: ${name}`, async (test) => {
      await defineKeda(cluster, test);
      await definePrometheusKinds(cluster, test);
      const kubeconfig = controlPlane.kubeconfig();
      await kubectl(['apply', '--server-side', '--force-conflicts', '-f', crds], { kubeconfig });
      const own = `beside-${name.toLowerCase().replace(' ', '-')}`;
      const release = await newRelease(cluster, own, test, { tool });
      await release.install({ 'crds.install': false });
      assert.match(await release.test(), /Phase: +Succeeded/);
      const stage = await newStage(cluster, `${own}-shop`, test);
      await stage.create();
      await stage.send(100);
      await stage.allDelivered();
      const made = async (namespace: string) => {
        const get = ['-n', namespace, 'get', 'podmonitors,prometheusrules', '-o', 'name'];
        return (await kubectl(get, { kubeconfig })).trim().split('\n').sort();
      };
      assert.deepEqual(await made(own), [
        'podmonitor.monitoring.coreos.com/courier-operator',
        'prometheusrule.monitoring.coreos.com/courier-operator',
      ]);
      assert.deepEqual(await made(`${own}-shop`), ['podmonitor.monitoring.coreos.com/courier-orders']);
    });
  }
});

/** What Kubernetes' own ClusterRole lets its holders do with Couriers. */
async function verbsOnCouriers(role: string): Promise<readonly string[]> {
  type Rule = { readonly resources?: readonly string[]; readonly verbs: readonly string[] };
  const path = `/apis/rbac.authorization.k8s.io/v1/clusterroles/${role}`;
  const { rules } = await controlPlane.admin.get<{ rules: readonly Rule[] }>(path);
  return rules.filter(({ resources = [] }) => resources.includes('couriers')).flatMap(({ verbs }) => verbs);
}

/** The API server takes every example as it is. */
async function assertTakesExamples(): Promise<void> {
  const files = (await readdir(examples)).filter((file) => file.endsWith('.yaml'));
  for (const file of files) {
    const [example] = objectsIn(await readFile(join(examples, file), 'utf8'));
    await restrictedNamespace(cluster, example?.metadata.namespace ?? 'default');
  }
  const said = await kubectl(['apply', '--dry-run=server', '--validate=strict', '-f', examples], {
    kubeconfig: controlPlane.kubeconfig(),
  });
  assert.equal(said.match(/courier.courier.dev/g)?.length, files.length, said);
}

async function operatorPods(namespace: string): Promise<readonly string[]> {
  const path = `/api/v1/namespaces/${namespace}/pods`;
  const { items } = await controlPlane.admin.get<{ items: { metadata: { name: string } }[] }>(path);
  return items.map(({ metadata }) => metadata.name);
}
