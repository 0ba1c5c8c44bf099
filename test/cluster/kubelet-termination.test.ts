import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { deploymentManifest, subjectContainer, subjectImage } from './manifests.ts';
import { eventually, sharedCluster } from './suite.ts';
import { ask, isAlive, readinessProbe, TestPods } from './test-pods.ts';
import { kubectl } from './tools.ts';

const cluster = await sharedCluster();
const { admin } = cluster.controlPlane;
const tool = { kubeconfig: cluster.controlPlane.kubeconfig() };
cluster.images.set('subject', subjectImage);

test('scaling in lets a process finish within its grace', async (t) => {
  const pods = await TestPods.in(cluster, t);
  const { namespace } = pods;
  const container = subjectContainer({ env: [{ name: 'ON_SIGTERM', value: '1500' }], readinessProbe });
  await admin.create(`/apis/apps/v1/namespaces/${namespace}/deployments`, deploymentManifest('web', 1, container));
  await kubectl(['wait', '-n', namespace, '--for=condition=Available', 'deployment/web', '--timeout=30s'], tool);
  const { pid, logFile } = pods.process();
  await kubectl(['scale', '-n', namespace, 'deployment/web', '--replicas=0'], tool);
  await eventually('SIGTERM', async () => (await readFile(logFile, 'utf8')).includes('SIGTERM'));
  assert.equal(isAlive(pid), true);
  assert.equal((await pods.list()).length, 1);
  await eventually('no pod', async () => (await pods.list()).length === 0);
  assert.match(await readFile(logFile, 'utf8'), /done/);
  assert.equal(isAlive(pid), false);
});

test('a process that ignores SIGTERM is killed when its grace is over, and so is what it has started', async (t) => {
  const pods = await TestPods.in(cluster, t);
  const container = subjectContainer({ env: [{ name: 'ON_SIGTERM', value: 'ignore' }], readinessProbe });
  const pod = await pods.running(container, { terminationGracePeriodSeconds: 2 });
  const child = Number(await ask(pod, '/child'));
  const { pid } = pods.process();
  const deletedAt = performance.now();
  await pods.delete();
  await eventually('no pod, though it changes all the time', async () => {
    if ((await pods.list()).length === 0) return true;
    await admin.patch(pods.path(), 'merge', { metadata: { annotations: { now: String(performance.now()) } } });
    return false;
  });
  assert.ok(performance.now() - deletedAt >= 2000);
  assert.equal(isAlive(pid), false);
  await eventually('no child', () => !isAlive(child));
});

test('a pod that is deleted by force is gone at once, and its process soon after', async (t) => {
  const pods = await TestPods.in(cluster, t);
  const { namespace } = pods;
  const container = subjectContainer({ env: [{ name: 'ON_SIGTERM', value: 'ignore' }], readinessProbe });
  await pods.running(container);
  const { pid } = pods.process();
  await pods.delete({ gracePeriodSeconds: 0 });
  assert.equal((await pods.list()).length, 0);
  await eventually('no process', () => !isAlive(pid));
  await eventually('forgotten', () => cluster.pods(namespace).length === 0);
});
