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
  shared ??= start();
  return shared;
}

async function start(): Promise<Cluster> {
  const cluster = await startCluster({
    nodes: ['node-1', 'node-2'],
    users: [{ name: 'deployer', groups: [] }],
    apiServerFlags: ['--enable-admission-plugins=OwnerReferencesPermissionEnforcement'],
  });
  after(() => cluster.stop());
  return cluster;
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
export async function definePrometheusKinds({ controlPlane }: Cluster, test: TestContext): Promise<void> {
  const definitions = new URL('./prometheus-operator/', import.meta.url).pathname;
  const kubeconfig = controlPlane.kubeconfig();
  await kubectl(['apply', '--server-side', '-f', definitions], { kubeconfig });
  test.after(() => kubectl(['delete', '-f', definitions], { kubeconfig }));
  await kubectl(['wait', '--for=condition=Established', '-f', definitions], { kubeconfig });
}
