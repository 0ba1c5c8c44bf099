import assert from 'node:assert/strict';
import { test } from 'node:test';
import { subjectContainer, subjectImage } from './manifests.ts';
import { eventually, sharedCluster } from './suite.ts';
import { ask, TestPods } from './test-pods.ts';

const cluster = await sharedCluster();
cluster.images.set('subject', subjectImage);

test('a container that is not ready takes its pod out, and comes back', async (t) => {
  const pods = await TestPods.in(cluster, t);
  const readinessProbe = { httpGet: { path: '/ready', port: 8080 }, periodSeconds: 1, failureThreshold: 1 };
  const pod = await pods.running(subjectContainer({ readinessProbe }));
  await ask(pod, '/answer?path=/ready&status=503');
  await eventually('not ready', async () => (await pods.condition('Ready'))?.status === 'False');
  assert.equal((await pods.condition('Ready'))?.reason, 'ContainersNotReady');
  await ask(pod, '/answer?path=/ready&status=200');
  await eventually('ready', async () => (await pods.condition('Ready'))?.status === 'True');
});

test('a container whose liveness probe fails is started again', async (t) => {
  const pods = await TestPods.in(cluster, t);
  const livenessProbe = { httpGet: { path: '/alive', port: 8080 }, periodSeconds: 1, failureThreshold: 1 };
  const startupProbe = { httpGet: { path: '/started', port: 8080 }, periodSeconds: 1 };
  const pod = await pods.running(subjectContainer({ startupProbe, livenessProbe }));
  await ask(pod, '/answer?path=/alive&status=500');
  const status = await pods.containerWhere(({ restartCount, ready }) => restartCount === 1 && ready);
  assert.equal(status.lastState.terminated?.exitCode, 0);
  assert.notEqual(status.containerID, pod.status?.containerStatuses?.[0]?.containerID);
});

test('a container that never passes its startup probe is not ready and is started again', async (t) => {
  const pods = await TestPods.in(cluster, t);
  const startupProbe = { httpGet: { path: '/none', port: 1 }, periodSeconds: 1, failureThreshold: 1 };
  await pods.create(subjectContainer({ startupProbe }));
  const status = await pods.containerWhere(({ restartCount }) => restartCount >= 1);
  assert.equal(status.ready, false);
});

test('a container that keeps failing backs off', async (t) => {
  const pods = await TestPods.in(cluster, t);
  cluster.images.set('failing', { entrypoint: ['sh', '-c', 'exit 3'] });
  await pods.create({ name: 'failing', image: 'failing' });
  const status = await pods.containerWhere(({ state }) => state.waiting?.reason === 'CrashLoopBackOff');
  assert.equal(status.lastState.terminated?.exitCode, 3);
  assert.equal(status.lastState.terminated?.reason, 'Error');
});

test('pods that are not to be restarted end as Succeeded or Failed', async (t) => {
  const pods = await TestPods.in(cluster, t);
  cluster.images.set('shell', { entrypoint: ['sh', '-c'] });
  for (const [name, command, phase] of [
    ['good', 'exit 0', 'Succeeded'],
    ['bad', 'exit 1', 'Failed'],
  ] as const) {
    await pods.create({ name: 'shell', image: 'shell', args: [command] }, { restartPolicy: 'Never' }, name);
    await eventually(`${name} ${phase}`, async () => (await pods.get(name)).status?.phase === phase);
  }
});

test('an image that the kubelet does not know is ImagePullBackOff until it does', async (t) => {
  const pods = await TestPods.in(cluster, t);
  await pods.create(subjectContainer({ image: 'registry.example/late:1' }));
  const status = await pods.containerWhere(({ state }) => state.waiting?.reason === 'ImagePullBackOff');
  assert.match(status.state.waiting?.message ?? '', /registry\.example\/late:1/);
  assert.equal((await pods.get()).status?.phase, 'Pending');
  cluster.images.set('registry.example/late:1', subjectImage);
  await pods.containerWhere(({ ready }) => ready);
});

test('a pod that asks for what the kubelet cannot do waits and says so', async (t) => {
  const pods = await TestPods.in(cluster, t);
  await pods.create(subjectContainer(), { initContainers: [{ ...subjectContainer(), name: 'init' }] });
  const status = await pods.containerWhere(({ state }) => state.waiting?.message !== undefined);
  assert.match(status.state.waiting?.message ?? '', /init containers/);
});
