import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type AccessRule, operatorAccess } from '../../operator/courier/kube-permissions.ts';
import { accessOf, grantsOf } from './access.ts';
import type { AuditEvent } from './audit-log.ts';
import { chartCluster, definePrometheusKinds, newRelease, newStage } from './chart-suite.ts';
import { CourierStage } from './courier-stage.ts';
import { operatorAccount } from './operator-account.ts';
import type { Release } from './release.ts';
import { eventually } from './suite.ts';
import { kubectl } from './tools.ts';

const cluster = await chartCluster();
const { controlPlane } = cluster;
const crds = new URL('../../crds/', import.meta.url).pathname;

/** What is never asked for as a request of its own: the admission of owner references looks whether it is granted. */
const impliedByAdmission = ['update courier.dev/couriers/finalizers'];

describe("the operator's rights", () => {
  it('are used to the last, and suffice: for all namespaces, and for one by someone with rights in namespaces alone', async (test) => {
    await definePrometheusKinds(cluster, test);
    const kubeconfig = controlPlane.kubeconfig();
    await kubectl(['apply', '--server-side', '--force-conflicts', '-f', crds], { kubeconfig });
    const values = { 'operator.resyncSeconds': 2, 'crds.install': false };
    const everywhere = await newRelease(cluster, 'rights-all', test, { values });
    const stage = await newStage(cluster, 'rights-all-shop', test);
    await everywhere.install({ 'metrics.podMonitor.create': 'Always', 'metrics.prometheusRule.create': 'Always' });
    await useEveryRight(stage);
    await assertExact(everywhere, 'rights-all-shop');
    await everywhere.uninstall();

    const one = await newRelease(cluster, 'rights-one', test, {
      kubeconfig: controlPlane.kubeconfig('deployer'),
      values: {
        ...values,
        ...{ watchNamespace: 'rights-one-shop', 'rbac.aggregate': false },
        ...{ 'metrics.podMonitor.create': 'Never', 'metrics.prometheusRule.create': 'Never' },
      },
    });
    const own = await newStage(cluster, 'rights-one-shop', test);
    await letDeploy('rights-one');
    await letDeploy('rights-one-shop');
    await one.install();
    assert.match(await one.test(), /Phase: +Succeeded/);
    await useEveryRight(own);
    await assertExact(one, 'rights-one-shop');
  });

  it('include the one that the admission of owner references asks for', async (test) => {
    const { admin } = controlPlane;
    await admin.create('/api/v1/namespaces', { metadata: { name: 'rights-owner' } });
    test.after(() => admin.delete('/api/v1/namespaces/rights-owner'));
    const stage = await CourierStage.open(cluster, 'rights-owner');
    test.after(() => stage.close());
    await stage.create();
    const { metadata } = await stage.couriers.get('orders');
    const create = async (name: string, access: readonly AccessRule[]) => {
      const { kubeconfig } = await operatorAccount(cluster, 'rights-owner', { name, access });
      const owner = { apiVersion: 'courier.dev/v1alpha1', kind: 'Courier', name: 'orders', uid: metadata.uid };
      const ownerReferences = [{ ...owner, controller: true, blockOwnerDeletion: true }];
      const input = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ownerReferences } });
      return await kubectl(['-n', 'rights-owner', 'create', '-f', '-'], { kubeconfig, input });
    };
    const without = operatorAccess.filter((rule) => !impliedByAdmission.includes(grantsOf(rule)[0] ?? ''));
    assert.equal(without.length, operatorAccess.length - 1);
    await assert.rejects(create('without', without), /cannot set blockOwnerDeletion/);
    assert.match(await create('whole', operatorAccess), /configmap\/whole created/);
  });
});

/** Makes the operator do everything that it ever does. */
async function useEveryRight(stage: CourierStage): Promise<void> {
  await stage.create();
  await stage.couriers.condition('orders', 'Ready', 'True/Ready');
  await stage.send(100);
  await stage.allDelivered();
  await stage.allAudited();
  for (const minReplicas of [2, 1]) {
    await stage.couriers.change('orders', { spec: { scaling: { minReplicas } } });
    await eventually(`${minReplicas} workers`, async () => (await stage.readyWorkers()) === minReplicas, 60_000);
  }
  // The second of the same events makes a series of the first.
  for (const suspend of [true, false, true]) {
    await stage.couriers.change('orders', { spec: { suspend } });
    await eventually('the change is seen', async () => {
      const { metadata, status } = await stage.couriers.get('orders');
      return status?.observedGeneration === metadata.generation;
    });
  }
  await stage.couriers.change('orders', { spec: { suspend: false, worker: { serviceAccountName: 'default' } } });
  await eventually('no ServiceAccount of its own', async () => {
    return (await stage.couriers.child('/api/v1', 'serviceaccounts/courier-orders')) === undefined;
  });
}

/** What the release's operator asked for is what was granted: to the last verb, in the right namespaces, never refused. */
async function assertExact(release: Release, watched: string): Promise<void> {
  for (const own of [true, false]) {
    const granted = operatorAccess.filter((rule) => own === (rule.ownNamespace ?? false)).flatMap(grantsOf);
    const expected = [...new Set(granted)].filter((access) => !impliedByAdmission.includes(access)).sort();
    let used: readonly string[] = [];
    const allUsed = eventually('every right used', async () => {
      const events = await requestsOf(release);
      const inPlace = events.filter(({ objectRef }) => own === (objectRef?.namespace === release.namespace));
      used = [...new Set(inPlace.flatMap(accessOf))].sort();
      return expected.every((access) => used.includes(access));
    });
    await allUsed.catch(() => {});
    assert.deepEqual(used, expected, own ? release.namespace : watched);
  }
  const refused = (await requestsOf(release)).filter(({ responseStatus }) => responseStatus?.code === 403);
  assert.deepEqual(refused.flatMap(accessOf), []);
}

async function requestsOf({ namespace }: Release): Promise<readonly AuditEvent[]> {
  const events = await controlPlane.auditEvents(`system:serviceaccount:${namespace}:courier-operator`);
  return events.filter(({ objectRef }) => objectRef !== undefined && !isForAnybody(objectRef.apiGroup));
}

/** Every user may ask what he may do: helm test does. */
function isForAnybody(apiGroup: string | undefined): boolean {
  return apiGroup === 'authorization.k8s.io';
}

/** Gives the user `deployer` what a team has in its namespace, and the right to hand on what the chart's Roles hold. */
async function letDeploy(namespace: string): Promise<void> {
  const group = 'rbac.authorization.k8s.io';
  const path = `/apis/${group}/v1/namespaces/${namespace}`;
  const subjects = [{ kind: 'User', name: 'deployer' }];
  await controlPlane.admin.create(`${path}/roles`, {
    metadata: { name: 'grant' },
    rules: [{ apiGroups: [group], resources: ['roles', 'rolebindings'], verbs: ['bind', 'escalate'] }],
  });
  for (const [name, kind] of [
    ['admin', 'ClusterRole'],
    ['grant', 'Role'],
  ])
    await controlPlane.admin.create(`${path}/rolebindings`, {
      metadata: { name: `deployer-${name}` },
      roleRef: { apiGroup: group, kind, name },
      subjects,
    });
}
