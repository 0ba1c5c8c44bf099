import assert from 'node:assert/strict';
import { after, describe, it, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { startEmbeddedAws } from '../../aws/embedded/server.ts';
import { operatorAccess } from '../../operator/courier/kube-permissions.ts';
import type { Deployment, Pod } from '../../operator/courier/objects.ts';
import { awsKeys, Couriers, quiet } from './couriers.ts';
import { operatorAccount } from './operator-account.ts';
import { OperatorUnderTest, workerImage } from './operator-under-test.ts';
import { eventually, sharedCluster, testNamespace } from './suite.ts';
import { kubectl } from './tools.ts';

const cluster = await sharedCluster();
cluster.images.set(workerImage.reference, workerImage.image);
const { admin } = cluster.controlPlane;
const aws = await startEmbeddedAws({ requiredAccessKeyId: awsKeys.AWS_ACCESS_KEY_ID });
after(() => aws.close());

/** Requests that a Courier which cannot be reconciled may cause in five seconds: it is tried less and less often. */
const mostTries = 30;

describe('what is wrong is said in a condition, and mended without a restart', () => {
  it('a Secret that is missing, and one with keys that AWS does not know', async (test) => {
    const { couriers, namespace, url } = await operated(test);
    const secrets = `/api/v1/namespaces/${namespace}/secrets`;
    const stringData = { AWS_ACCESS_KEY_ID: 'unknown', AWS_SECRET_ACCESS_KEY: 'hunter2' };
    await admin.create(secrets, { metadata: { name: 'unknown' }, stringData });
    for (const name of ['missing', 'unknown']) {
      const fields = { 'spec.aws': { credentialsSecretRef: { name } }, 'spec.worker.env': undefined };
      await couriers.create(couriers.manifest(name, url, fields));
    }
    const missing = await couriers.condition('missing', 'Stalled', 'True/CredentialsInvalid');
    assert.match(missing.message, new RegExp(`The Secret ${namespace}/missing .* does not exist\\. Create it`));
    const unknown = await couriers.condition('unknown', 'Stalled', 'True/CredentialsInvalid');
    assert.match(unknown.message, /credentials/i);
    assert.ok(!unknown.message.includes(stringData.AWS_SECRET_ACCESS_KEY));

    await admin.create(secrets, { metadata: { name: 'missing' }, stringData: awsKeys });
    await admin.patch(`${secrets}/unknown`, 'merge', { stringData: awsKeys });
    await couriers.condition('missing', 'Ready', 'True/Ready');
    await couriers.condition('unknown', 'Ready', 'True/Ready');
  });

  it('a queue that is missing', async (test) => {
    const { couriers, namespace, url } = await operated(test);
    await couriers.create(couriers.manifest('orders', url.replace(namespace, `${namespace}-late`)));
    const { message } = await couriers.condition('orders', 'QueueReachable', 'False/QueueNotFound');
    assert.ok(message.includes(`${namespace}-late`), message);
    await couriers.condition('orders', 'Stalled', 'True/QueueNotFound');
    aws.sqs.createQueue(`${namespace}-late`);
    await couriers.condition('orders', 'Ready', 'True/Ready');
  });

  it('an image that cannot be pulled', async (test) => {
    const { couriers, run, url } = await operated(test);
    const image = 'registry.invalid/no-such-courier:1';
    await couriers.create(
      couriers.manifest('orders', url, { 'spec.worker.image': image, 'spec.scaling.minReplicas': 1 }),
    );
    const { message } = await couriers.condition('orders', 'WorkloadAvailable', 'False/ImagePullFailed');
    assert.ok(message.includes(image), message);
    await couriers.condition('orders', 'Ready', 'False/ImagePullFailed');
    await couriers.change('orders', { spec: { worker: { image: null } } });
    await run(['wait', 'courier/orders', '--for=condition=Ready', '--timeout=60s']);
  });

  it('a quota that has no room for the pods', async (test) => {
    const { couriers, namespace, url } = await operated(test);
    const quota = await quotaOf(namespace, { pods: '0' });
    await couriers.create(couriers.manifest('orders', url, { 'spec.scaling.minReplicas': 1 }));
    const { message } = await couriers.condition('orders', 'Stalled', 'True/PodsRefused');
    assert.match(message, /exceeded quota/);
    await quota.remove();
    await couriers.condition('orders', 'Ready', 'True/Ready', 60_000);
  });

  it('a quota that has no room for a Deployment', async (test) => {
    const { couriers, namespace, url, tries } = await operated(test);
    const quota = await quotaOf(namespace, { 'count/deployments.apps': '0' });
    await couriers.create(couriers.manifest('orders', url));
    const { message } = await couriers.condition('orders', 'Stalled', 'True/ChildRejected');
    assert.match(message, /Deployment .*exceeded quota.*Raise the quota of the namespace\./);
    await boundedTries(test, tries);
    await quota.remove();
    await couriers.condition('orders', 'Ready', 'True/Ready', 45_000);
  });

  it('a right that the operator lacks', async (test) => {
    const withoutDeployments = operatorAccess.map((rule) =>
      rule.resource === 'deployments' ? { ...rule, verbs: ['get', 'list', 'watch'] as const } : rule,
    );
    const { account, couriers, url, tries } = await operated(test, withoutDeployments);
    await couriers.create(couriers.manifest('orders', url));
    const { message } = await couriers.condition('orders', 'Stalled', 'True/OperatorForbidden');
    assert.match(message, /may not write the Deployment .*\/courier-orders .*ServiceAccount this right/);
    await boundedTries(test, tries);
    await account.grant(operatorAccess);
    await couriers.condition('orders', 'Ready', 'True/Ready', 45_000);
  });

  it('a Deployment of somebody else, which is left alone', async (test) => {
    const { account, couriers, namespace, url, tries } = await operated(test);
    const labels = { app: 'theirs' };
    const template = { metadata: { labels }, spec: { containers: [{ name: 'theirs', image: 'theirs' }] } };
    const theirs = {
      metadata: { name: 'courier-orders' },
      spec: { replicas: 0, selector: { matchLabels: labels }, template },
    };
    const deployments = `/apis/apps/v1/namespaces/${namespace}/deployments`;
    await admin.create(deployments, theirs);
    await couriers.create(couriers.manifest('orders', url));
    const { message } = await couriers.condition('orders', 'Stalled', 'True/NameConflict');
    assert.match(message, /Deployment .*\/courier-orders exists already .*Delete or rename it/);
    await boundedTries(test, tries);
    const { spec } = await admin.get<Deployment>(`${deployments}/courier-orders`);
    assert.deepEqual(spec?.selector.matchLabels, labels);
    await admin.delete(`${deployments}/courier-orders`);
    await couriers.condition('orders', 'Ready', 'True/Ready', 45_000);
    // Nothing of the trouble is left to be written about.
    await quiet(cluster, account.user);
  });
});

describe('changes of a Courier that runs', () => {
  it('bounds restart nobody, a new recipient is one rollout, and suspending stops everybody', async (test) => {
    const { couriers, run, namespace, url } = await operated(test);
    const pods = async () => {
      const { items } = await admin.get<{ items: Pod[] }>(`/api/v1/namespaces/${namespace}/pods`);
      return items
        .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
        .map(({ metadata }) => metadata.uid);
    };
    const revision = async () => {
      const deployment = await couriers.child<Deployment>('/apis/apps/v1', 'deployments/courier-orders');
      return deployment?.metadata.annotations?.['deployment.kubernetes.io/revision'];
    };
    await couriers.create(couriers.manifest('orders', url, { 'spec.scaling.minReplicas': 1 }));
    await run(['wait', 'courier/orders', '--for=condition=Ready', '--timeout=60s']);
    await run(['rollout', 'status', 'deployment/courier-orders', '--timeout=60s']);
    const before = await pods();
    assert.equal(before.length, 1);

    await couriers.change('orders', { spec: { scaling: { minReplicas: 2, maxReplicas: 7 } } });
    await run(['wait', 'courier/orders', '--for=jsonpath={.status.readyReplicas}=2', '--timeout=60s']);
    await couriers.condition('orders', 'Ready', 'True/Ready');
    assert.deepEqual(
      (await pods()).filter((uid) => before.includes(uid)),
      before,
    );
    assert.equal(await revision(), '1');

    await couriers.change('orders', { spec: { recipient: { url: 'http://127.0.0.1:9/elsewhere' } } });
    await couriers.condition('orders', 'Ready', 'True/Ready', 60_000);
    await run(['rollout', 'status', 'deployment/courier-orders', '--timeout=60s']);
    assert.deepEqual(
      (await pods()).filter((uid) => before.includes(uid)),
      [],
    );
    assert.equal(await revision(), '2');

    await couriers.change('orders', { spec: { suspend: true } });
    await couriers.condition('orders', 'Ready', 'True/Suspended');
    await eventually('no pod is left', async () => (await pods()).length === 0);
    await couriers.change('orders', { spec: { suspend: false } });
    await couriers.condition('orders', 'Ready', 'True/Ready', 60_000);
    assert.equal((await pods()).length, 2);
  });
});

/** A namespace with a queue of its name and an operator that may do there what `access` says. */
async function operated(test: TestContext, access = operatorAccess) {
  const namespace = await testNamespace(cluster, test);
  const account = await operatorAccount(cluster, namespace, { access });
  const operator = OperatorUnderTest.start({ ...account, namespace, env: awsKeys });
  test.after(async () => {
    // What a test could see of its end is seen: it ran all the time.
    assert.equal(await operator.end(), 0, operator.log);
  });
  /** How often the operator has asked for a child so far, reading or writing. */
  const tries = async () => {
    const events = await cluster.controlPlane.auditEvents(account.user);
    const ofChild = events.filter(
      ({ objectRef }) => objectRef?.resource === 'deployments' && objectRef.name === 'courier-orders',
    );
    return ofChild.length;
  };
  return {
    ...{ account, namespace, operator, tries },
    url: aws.sqs.createQueue(namespace),
    couriers: new Couriers(cluster, namespace, aws.endpoint),
    run: (args: readonly string[]) =>
      kubectl(['-n', namespace, ...args], { kubeconfig: cluster.controlPlane.kubeconfig() }),
  };
}

async function boundedTries(test: TestContext, tries: () => Promise<number>): Promise<void> {
  const before = await tries();
  await delay(5_000);
  const count = (await tries()) - before;
  test.diagnostic(`${count} requests in 5 s`);
  assert.ok(count <= mostTries, `${count} requests in 5 s`);
}

/** Limits a namespace, and waits until the quota is in force. */
async function quotaOf(namespace: string, hard: Readonly<Record<string, string>>) {
  const quotas = `/api/v1/namespaces/${namespace}/resourcequotas`;
  await admin.create(quotas, { metadata: { name: 'quota' }, spec: { hard } });
  await eventually('the quota is in force', async () => {
    const { status } = await admin.get<{ status?: { hard?: object } }>(`${quotas}/quota`);
    return status?.hard !== undefined;
  });
  return { remove: () => admin.delete(`${quotas}/quota`) };
}
