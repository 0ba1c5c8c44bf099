import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ApiClient, ApiError } from './api-client.ts';
import { startControlPlane } from './control-plane.ts';
import type { Pod } from './kubelet/objects.ts';
import { findComponents } from './kubernetes/components.ts';
import { deploymentManifest, subjectContainer, subjectImage } from './manifests.ts';
import type { ServerProcess } from './server-process.ts';
import { eventually, sharedCluster, testNamespace } from './suite.ts';
import { helm, helm3, kubectl } from './tools.ts';

const cluster = await sharedCluster();
const { controlPlane } = cluster;
const { admin } = controlPlane;
const tool = { kubeconfig: controlPlane.kubeconfig() };
cluster.images.set('subject', subjectImage);

test('the API server says which version it is', async () => {
  const { serverVersion } = JSON.parse(await kubectl(['version', '-o', 'json'], tool));
  assert.equal(serverVersion.gitVersion, 'v1.37.2');
  assert.equal(`${serverVersion.major}.${serverVersion.minor}`, '1.37');
});

test('a service account may do what RBAC grants it and nothing else, and the audit log tells of both', async (t) => {
  const namespace = await testNamespace(cluster, t);
  await kubectl(['create', '-n', namespace, 'serviceaccount', 'reader'], tool);
  await kubectl(['create', '-n', namespace, 'role', 'reader', '--verb=get', '--resource=configmaps'], tool);
  const binding = ['rolebinding', 'reader', '--role=reader', `--serviceaccount=${namespace}:reader`];
  await kubectl(['create', '-n', namespace, ...binding], tool);
  const reader = new ApiClient(await controlPlane.serviceAccount(namespace, 'reader'));
  t.after(() => reader.close());
  const configMaps = `/api/v1/namespaces/${namespace}/configmaps`;
  await eventually('the binding counts', () => reader.get(`${configMaps}/kube-root-ca.crt`));
  await assert.rejects(reader.get(configMaps), (error) => error instanceof ApiError && error.reason === 'Forbidden');
  const user = `system:serviceaccount:${namespace}:reader`;
  const verbs = await eventually('both in the audit log', async () => {
    const events = (await controlPlane.auditEvents()).filter(({ user: { username } }) => username === user);
    const outcomes = new Set(events.map(({ verb, responseStatus }) => `${verb} ${responseStatus?.code}`));
    return outcomes.has('get 200') && outcomes.has('list 403') && outcomes;
  });
  assert.equal(verbs.has('list 200'), false);
});

test('helm installs a chart and waits for its pods', async (t) => {
  const chart = await trivialChart();
  t.after(() => rm(chart, { recursive: true }));
  for (const [name, run] of Object.entries({ helm, helm3 })) {
    const namespace = await testNamespace(cluster, t);
    await run(['install', name, chart, '-n', namespace, '--wait', '--timeout', '60s'], tool);
    const [release] = JSON.parse(await run(['list', '-n', namespace, '-o', 'json'], tool));
    assert.deepEqual([release.name, release.status], [name, 'deployed']);
    const { status } = await admin.get<Available>(`/apis/apps/v1/namespaces/${namespace}/deployments/${name}`);
    assert.equal(status.availableReplicas, 1);
  }
});

for (const name of ['apiServer', 'etcd', 'controllerManager', 'scheduler'] as const) {
  test(`after ${name} was killed and started again, pods run on and a Deployment scales`, async (t) => {
    const namespace = await testNamespace(cluster, t);
    const deployments = `/apis/apps/v1/namespaces/${namespace}/deployments`;
    await admin.create(deployments, deploymentManifest('web', 1, subjectContainer()));
    await available(namespace, 1);
    const before = cluster.pods(namespace)[0]?.containers[0]?.pid;
    const server: ServerProcess = controlPlane[name];
    const old = server.pid;
    await server.kill('SIGKILL');
    assert.equal(server.running, false);
    await server.start();
    await controlPlane.ready();
    assert.notEqual(server.pid, old);
    await admin.patch(`${deployments}/web`, 'merge', { spec: { replicas: 2 } });
    await available(namespace, 2);
    assert.ok(cluster.pods(namespace).some(({ containers }) => containers[0]?.pid === before));
    const pods = await admin.get<{ items: Pod[] }>(`/api/v1/namespaces/${namespace}/pods`);
    const restarts = pods.items.map(({ status }) => status?.containerStatuses?.[0]?.restartCount);
    assert.deepEqual(restarts, [0, 0]);
  });
}

test('a control plane that stops leaves neither processes nor files', async () => {
  const own = await startControlPlane();
  const servers = [own.etcd, own.apiServer, own.controllerManager, own.scheduler];
  const pids = servers.map(({ pid }) => pid ?? 0);
  assert.ok(pids.every((pid) => existsSync(`/proc/${pid}`)));
  await own.stop();
  assert.ok(pids.every((pid) => !existsSync(`/proc/${pid}`)));
  assert.equal(existsSync(own.directory), false);
});

test('a server that cannot start says why', async () => {
  const start = startControlPlane({ apiServerFlags: ['--no-such-flag'] });
  await assert.rejects(start, /kube-apiserver does not run \(1\).*unknown flag: --no-such-flag/s);
});

test('an unknown user has no connection', () => {
  assert.throws(() => controlPlane.connection('nobody'), /has no user nobody/);
});

test('a KUBEBUILDER_ASSETS folder without a component is refused by name', async (t) => {
  const assets = await mkdtemp(join(tmpdir(), 'courier-assets-'));
  t.after(() => rm(assets, { recursive: true }));
  await assert.rejects(findComponents(assets), /which holds no etcd/);
  await writeFile(join(assets, 'etcd'), '', { mode: 0o755 });
  await assert.rejects(findComponents(assets), /holds no kube-apiserver/);
});

type Available = { readonly status: { readonly availableReplicas?: number } };

function available(namespace: string, replicas: number): Promise<unknown> {
  return eventually(`${replicas} available`, async () => {
    const { status } = await admin.get<Available>(`/apis/apps/v1/namespaces/${namespace}/deployments/web`);
    return status.availableReplicas === replicas;
  });
}

/** A chart of one Deployment, named after its release. */
async function trivialChart(): Promise<string> {
  const chart = await mkdtemp(join(tmpdir(), 'courier-chart-'));
  await mkdir(join(chart, 'templates'));
  await writeFile(join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: trivial\nversion: 1.0.0\n');
  const deployment = JSON.stringify(deploymentManifest('{{ .Release.Name }}', 1, subjectContainer()));
  await writeFile(join(chart, 'templates', 'deployment.yaml'), deployment);
  return chart;
}
