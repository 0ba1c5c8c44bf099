import { after, type TestContext } from 'node:test';
import { ApiError } from './api-client.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { CourierStage } from './courier-stage.ts';
import { Release, type ReleaseOptions } from './release.ts';
import { kubectl } from './tools.ts';

const restricted = { 'pod-security.kubernetes.io/enforce': 'restricted' };

let shared: Promise<Cluster> | undefined;

/**
 * The cluster that the chart's test files share, started by the first that asks, and without anything of Courier: what is
 * installed into it may look after all namespaces. Owner references are checked as on OpenShift.
 */
export function chartCluster(): Promise<Cluster> {
  shared ??= startShared();
  return shared;
}

async function startShared(): Promise<Cluster> {
  const cluster = await startChartCluster();
  after(() => cluster.stop());
  return cluster;
}

/** A cluster like the shared one, for a test that needs one into which nothing has ever been installed. */
export async function startChartCluster(): Promise<Cluster> {
  return await startCluster({
    nodes: ['node-1', 'node-2'],
    users: [{ name: 'deployer', groups: [] }],
    apiServerFlags: ['--enable-admission-plugins=OwnerReferencesPermissionEnforcement'],
  });
}

/** A namespace that admits only restricted pods, made unless it is there; it goes with the cluster. */
export async function restrictedNamespace({ controlPlane }: Cluster, name: string): Promise<void> {
  try {
    await controlPlane.createNamespace(name, restricted);
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 409)) throw error;
  }
}

/** A release in a namespace, gone when the test ends. */
export async function newRelease(
  cluster: Cluster,
  namespace: string,
  test: TestContext,
  options: Partial<ReleaseOptions> = {},
): Promise<Release> {
  await restrictedNamespace(cluster, namespace);
  const values = { 'operator.intervalSeconds': 1, ...options.values };
  const release = new Release({ ...options, cluster, namespace, values });
  release.provideImage('0.1.0');
  test.after(() => release.uninstall());
  return release;
}

/** A stage for a Courier in a namespace. */
export async function newStage(cluster: Cluster, namespace: string, test: TestContext): Promise<CourierStage> {
  await restrictedNamespace(cluster, namespace);
  const stage = await CourierStage.open(cluster, namespace);
  test.after(() => stage.close());
  return stage;
}

/** Makes the cluster know the kinds of the Prometheus Operator until the test ends. */
export async function definePrometheusKinds(cluster: Cluster, test: TestContext): Promise<void> {
  await define(cluster, './prometheus-operator/', test);
}

/** Gives the cluster what KEDA leaves in it while its pods are away, until the test ends. */
export async function defineKeda(cluster: Cluster, test: TestContext): Promise<void> {
  await define(cluster, './keda/', test);
  const kubeconfig = cluster.controlPlane.kubeconfig();
  const away = ['--for=condition=Available=False', 'apiservice/v1beta1.external.metrics.k8s.io'];
  await kubectl(['wait', ...away, '--timeout=60s'], { kubeconfig });
}

async function define({ controlPlane }: Cluster, directory: string, test: TestContext): Promise<void> {
  const definitions = new URL(directory, import.meta.url).pathname;
  const kubeconfig = controlPlane.kubeconfig();
  await kubectl(['apply', '--server-side', '-f', definitions], { kubeconfig });
  test.after(() => kubectl(['delete', '-f', definitions], { kubeconfig }));
  const { items } = JSON.parse(await kubectl(['get', '-f', definitions, '-o', 'json'], { kubeconfig }));
  const crds = items.filter(({ kind }: { kind: string }) => kind === 'CustomResourceDefinition');
  const names = crds.map(({ metadata }: { metadata: { name: string } }) => `crd/${metadata.name}`);
  await kubectl(['wait', '--for=condition=Established', ...names], { kubeconfig });
}
