import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { startKubelet } from './kubelet/kubelet.ts';
import { rewritePaths } from './kubelet/path-rewriting.ts';
import { canMount } from './kubelet/sandbox.ts';
import { deploymentManifest, subjectContainer, subjectImage } from './manifests.ts';
import { eventually, sharedCluster } from './suite.ts';
import { ask, environmentOf, fileIn, readinessProbe, TestPods } from './test-pods.ts';
import { kubectl } from './tools.ts';

const cluster = await sharedCluster();
const { admin } = cluster.controlPlane;
const tool = { kubeconfig: cluster.controlPlane.kubeconfig() };
cluster.images.set('subject', subjectImage);

test('a Deployment of real processes becomes Available, each with an address of its own', async (t) => {
  const pods = await TestPods.in(cluster, t);
  const { namespace } = pods;
  const container = subjectContainer({ readinessProbe });
  const input = JSON.stringify(deploymentManifest('web', 3, container));
  await kubectl(['apply', '-n', namespace, '-f', '-'], { ...tool, input });
  await kubectl(['wait', '-n', namespace, '--for=condition=Available', 'deployment/web', '--timeout=30s'], tool);
  const running = await pods.list();
  assert.equal(new Set(running.map((pod) => pod.status?.podIP)).size, 3);
  for (const pod of running) assert.equal((await environmentOf(pod)).POD_IP, pod.status?.podIP);
});

test('a container gets the variables that its pod describes', async (t) => {
  const pods = await TestPods.in(cluster, t);
  await pods.createConfigMap('settings', { colour: 'blue', shape: 'round' });
  await pods.createSecret('keys', { token: 's3cret' });
  const container = subjectContainer({
    args: ['--greeting=$(GREETING)', '$(UNKNOWN)', '$$(GREETING)'],
    envFrom: [{ configMapRef: { name: 'settings' }, prefix: 'S_' }, { secretRef: { name: 'none', optional: true } }],
    env: [
      { name: 'NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      { name: 'GREETING', value: '$(NAME) is $(S_colour)' },
      { name: 'SHAPE', valueFrom: { configMapKeyRef: { name: 'settings', key: 'shape' } } },
      { name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'keys', key: 'token' } } },
      { name: 'ABSENT', valueFrom: { secretKeyRef: { name: 'keys', key: 'none', optional: true } } },
    ],
  });
  const pod = await pods.running(container);
  const { NAME, GREETING, SHAPE, TOKEN, ABSENT, S_shape } = await environmentOf(pod);
  assert.deepEqual(
    { NAME, GREETING, SHAPE, TOKEN, ABSENT, S_shape },
    { NAME: 'pod', GREETING: 'pod is blue', SHAPE: 'round', TOKEN: 's3cret', ABSENT: undefined, S_shape: 'round' },
  );
  const args = JSON.parse(await ask(pod, '/arguments'));
  assert.deepEqual(args, ['--greeting=pod is blue', '$(UNKNOWN)', '$(GREETING)']);
});

test('mounted ConfigMaps and Secrets follow their objects', async (t) => {
  const pods = await TestPods.in(cluster, t);
  const { namespace } = pods;
  await pods.createConfigMap('settings', { colour: 'blue' });
  await pods.createSecret('keys', { token: 'first' });
  const container = subjectContainer({
    env: [
      { name: 'COLOUR', value: '/etc/courier/settings/colour' },
      { name: 'TOKEN', value: '/etc/courier/keys/a/t' },
    ],
    volumeMounts: [
      { name: 'settings', mountPath: '/etc/courier/settings' },
      { name: 'keys', mountPath: '/etc/courier/keys' },
    ],
  });
  const volumes = [
    { name: 'settings', configMap: { name: 'settings' } },
    { name: 'keys', projected: { sources: [{ secret: { name: 'keys', items: [{ key: 'token', path: 'a/t' }] } }] } },
  ];
  const pod = await pods.running(container, { volumes });
  const { COLOUR = '', TOKEN = '' } = await environmentOf(pod);
  assert.equal(await fileIn(pod, COLOUR), 'blue');
  assert.equal(await fileIn(pod, TOKEN), 'first');
  await admin.patch(`/api/v1/namespaces/${namespace}/configmaps/settings`, 'merge', { data: { colour: 'green' } });
  await admin.patch(`/api/v1/namespaces/${namespace}/secrets/keys`, 'merge', { stringData: { token: 'second' } });
  await eventually('the new colour', async () => (await fileIn(pod, COLOUR)) === 'green');
  await eventually('the new token', async () => (await fileIn(pod, TOKEN)) === 'second');
});

test('a pod waits for the ConfigMap that it mounts, and says so', async (t) => {
  const pods = await TestPods.in(cluster, t);
  const container = subjectContainer({ volumeMounts: [{ name: 'settings', mountPath: '/settings' }] });
  await pods.create(container, { volumes: [{ name: 'settings', configMap: { name: 'late' } }] });
  // The API server may first refuse to let the node read it, until it has learnt of the pod.
  const waiting = await pods.containerWhere(({ state }) => state.waiting?.message === 'configmap late not found');
  assert.equal(waiting.state.waiting?.reason, 'ContainerCreating');
  await pods.createConfigMap('late', { colour: 'blue' });
  await pods.containerWhere(({ ready }) => ready);
});

test('the mounted service account token is accepted by the API server', async (t) => {
  const pods = await TestPods.in(cluster, t);
  const { namespace } = pods;
  const pod = await pods.running(subjectContainer());
  const review = JSON.parse(await ask(pod, '/whoami'));
  assert.equal(review.status.userInfo.username, `system:serviceaccount:${namespace}:default`);
  assert.deepEqual(review.status.userInfo.extra['authentication.kubernetes.io/pod-name'], ['pod']);
});

const unlessRoot = canMount() ? {} : { skip: 'containers have file systems of their own only where root may mount' };
test('what a container writes stays in it', unlessRoot, async (t) => {
  const pods = await TestPods.in(cluster, t);
  const container = subjectContainer({ volumeMounts: [{ name: 'scratch', mountPath: '/tmp' }] });
  const pod = await pods.running(container, { volumes: [{ name: 'scratch', emptyDir: {} }] });
  for (const path of ['/courier-test-written', '/tmp/courier-test-written']) {
    await ask(pod, `/write?path=${path}&text=x`);
    assert.equal(await fileIn(pod, path), 'x');
    assert.equal(existsSync(path), false);
  }
});

test('without the right to mount, paths are rewritten and KUBECONFIG leads to the API server', async (t) => {
  const pods = await TestPods.in(cluster, t);
  const { namespace } = pods;
  const { controlPlane, images } = cluster;
  const nodeName = 'unprivileged';
  const connection = controlPlane.connection(`system:node:${nodeName}`);
  const directory = join(controlPlane.directory, nodeName);
  const kubelet = await startKubelet({ nodeName, connection, directory, images, sandbox: rewritePaths });
  t.after(async () => {
    await kubelet.stop();
    await admin.delete(`/api/v1/nodes/${nodeName}`);
  });
  await pods.createConfigMap('settings', { colour: 'blue' });
  const volumeMounts = [{ name: 'settings', mountPath: '/etc/courier' }];
  const env = [{ name: 'SETTINGS', value: '/etc/courier/colour' }];
  const volumes = [{ name: 'settings', configMap: { name: 'settings' } }];
  const pod = await pods.running(subjectContainer({ env, volumeMounts }), { nodeName, volumes });
  const { SETTINGS = '', KUBECONFIG = '' } = await environmentOf(pod);
  assert.equal(await readFile(SETTINGS, 'utf8'), 'blue');
  const whoAmI = await kubectl(['auth', 'whoami', '-o', 'jsonpath={.status.userInfo.username}'], {
    kubeconfig: KUBECONFIG,
  });
  assert.equal(whoAmI, `system:serviceaccount:${namespace}:default`);
});
