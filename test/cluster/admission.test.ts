import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { courierWith } from '../api/manifests.ts';
import { ApiError } from './api-client.ts';
import { eventually, sharedCluster, testNamespace } from './suite.ts';

const cluster = await sharedCluster();
const file = join(import.meta.dirname, '..', '..', 'docs', 'security', 'tenants.yaml');
const group = '/apis/admissionregistration.k8s.io/v1';

/** Puts the policy into force for one namespace: other tests share the cluster. */
async function enforce(namespace: string): Promise<void> {
  const [policy, binding] = parseAllDocuments(await readFile(file, 'utf8')).map((document) => document.toJS());
  const namespaceSelector = { matchLabels: { 'kubernetes.io/metadata.name': namespace } };
  binding.spec.matchResources = { namespaceSelector };
  await cluster.controlPlane.admin.create(`${group}/validatingadmissionpolicies`, policy);
  await cluster.controlPlane.admin.create(`${group}/validatingadmissionpolicybindings`, binding);
}

const ours = 'https://sqs.eu-west-1.amazonaws.com/123456789012/shop-orders';

describe('the admission policy of docs/security, on a real API server', () => {
  it('keeps the Couriers of a namespace to what it may name', async (test) => {
    const { admin } = cluster.controlPlane;
    const namespace = await testNamespace(cluster, test);
    const create = async (fields: Readonly<Record<string, unknown>>): Promise<string> => {
      const path = `/apis/courier.dev/v1alpha1/namespaces/${namespace}/couriers?dryRun=All`;
      const well = { 'spec.queue.url': ours, 'spec.recipient.url': `http://orders.${namespace}.svc/events` };
      try {
        await admin.create(path, courierWith({ ...well, ...fields }));
        return 'created';
      } catch (error) {
        assert.ok(error instanceof ApiError && error.status === 422, String(error));
        return error.message;
      }
    };
    await enforce(namespace);
    test.after(async () => {
      await admin.delete(`${group}/validatingadmissionpolicybindings/couriers-of-tenants`);
      await admin.delete(`${group}/validatingadmissionpolicies/couriers-of-tenants`);
    });
    await eventually('the policy is in force', async () => /has no annotation/.test(await create({})));

    const annotations = { 'courier.example.com/queues': '123456789012/shop-' };
    const annotated = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, annotations } };
    const query = { fieldManager: 'test', force: 'true' };
    await admin.patch(`/api/v1/namespaces/${namespace}`, 'apply', annotated, query);
    await eventually('the annotation is seen', async () => (await create({})) === 'created');

    const role = `arn:aws:iam::123456789012:role/courier-${namespace}`;
    for (const fields of [
      { 'spec.queue.deadLetterUrl': `${ours}-dead`, 'spec.aws': { roleArn: role } },
      { 'spec.recipient': { serviceRef: { name: 'orders', port: 80 } }, 'spec.audit': { none: {} } },
    ]) {
      assert.equal(await create(fields), 'created', JSON.stringify(fields));
    }
    const firehose = { deliveryStreamName: 'orders', endpoint: 'https://firehose.example.com' };
    for (const [fields, says] of [
      [{ 'spec.queue.url': ours.replace('/shop-', '/billing-') }, /whose path begins with \/123456789012\/shop-/],
      [{ 'spec.queue.url': ours.replace('123456789012', '999999999999') }, /whose path begins with/],
      [{ 'spec.queue': { url: ours.replace('amazonaws', 'example'), region: 'eu-west-1' } }, /whose path begins/],
      [{ 'spec.queue.deadLetterUrl': ours.replace('/shop-', '/billing-') }, /whose path begins with/],
      [{ 'spec.queue.endpoint': 'https://sqs.example.com' }, /An endpoint other than AWS's/],
      [{ 'spec.audit': { firehose } }, /An endpoint other than AWS's/],
      [{ 'spec.aws': { roleArn: 'arn:aws:iam::123456789012:role/admin' } }, /The one role/],
      [{ 'spec.worker': { image: 'example.com/own:1' } }, /Workers run the operator's image/],
      [{ 'spec.worker': { serviceAccountName: 'deployer' } }, /Workers run the operator's image/],
      [{ 'spec.worker': { podTemplate: { spec: { hostNetwork: true } } } }, /Workers run the operator's image/],
      [{ 'spec.recipient.url': 'http://vault.kube-system.svc/' }, /The recipient is a Service of this namespace/],
    ] as const) {
      assert.match(await create(fields), says, JSON.stringify(fields));
    }
  });
});
