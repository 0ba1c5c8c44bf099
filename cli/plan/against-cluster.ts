import { environment } from '../../api/environment.ts';
import type { Courier } from '../../api/v1alpha1.gen.ts';
import { appliedHashAnnotation, fieldManager } from '../../operator/courier/child-applier.ts';
import { childName, workerContainerName } from '../../operator/courier/names.ts';
import type { Child, Deployment, LiveCourier } from '../../operator/courier/objects.ts';
import type { PlanContext } from '../../operator/courier/plan.ts';
import { childResources, couriers, deployments, podMonitors } from '../../operator/courier/resources.ts';
import type { KubeClient } from '../../operator/kube/client.ts';
import { controllerOf, type KubeObject, refOf } from '../../operator/kube/objects.ts';
import { asLive } from '../live-courier.ts';
import { type Difference, differences } from './differences.ts';

/** What the cluster has of a Courier. */
export type Cluster = {
  readonly courier: LiveCourier | undefined;
  readonly deployment: Deployment | undefined;
  readonly podMonitors: boolean;
};

/** What applying a child would come to. */
export type ChildChange = {
  readonly kind: string;
  readonly name: string;
  readonly change: 'Create' | 'Change' | 'None' | 'Refused';
  /** Whose the object is that stands in the way. */
  readonly owner?: string;
  readonly differences: readonly Difference[];
};

/** Looks at what there is of a Courier. @throws KubeError */
export async function lookAt(client: KubeClient, { metadata }: Courier): Promise<Cluster> {
  const { namespace, name } = metadata;
  const [courier, deployment, known] = await Promise.all([
    client.find(couriers, { namespace, name }),
    client.find(deployments, { namespace, name: childName(name) }),
    client.serves(podMonitors),
  ]);
  return { courier, deployment, podMonitors: known };
}

/** The Courier of a file as it would be once it is applied. */
export function inCluster(courier: Courier, { courier: live }: Cluster): LiveCourier {
  return asLive(courier, live?.metadata.uid);
}

/** What only the cluster knows of a plan: how many workers there are, what they run and how they know the operator. */
export function contextOf(cluster: Cluster, courier: Courier, image: string): PlanContext {
  const { spec } = cluster.deployment ?? {};
  const worker = spec?.template.spec?.containers.find(({ name }) => name === workerContainerName);
  const token = worker?.env?.find(({ name }) => name === environment.exchangeTokenSha256)?.value;
  return {
    operatorImage: image,
    replicas: spec?.replicas ?? courier.spec.scaling.minReplicas,
    draining: 0,
    podMonitors: cluster.podMonitors,
    exchangeTokenSha256: token ?? '',
  };
}

/**
 * What the operator would change of a child, as the API server says: it is applied as the operator would, without effect.
 * @throws KubeError
 */
export async function rehearse(client: KubeClient, courier: LiveCourier, child: Child): Promise<ChildChange> {
  const { kind } = child;
  const { name } = child.metadata;
  const resource = childResources[kind];
  const live = await client.find(resource, refOf(child));
  if (live === undefined) return { kind, name, change: 'Create', differences: [] };
  const owner = controllerOf(live);
  if (owner?.uid !== courier.metadata.uid) {
    return {
      kind,
      name,
      change: 'Refused',
      owner: owner === undefined ? 'nobody' : `${owner.kind} ${owner.name}`,
      differences: [],
    };
  }
  const applied = await client.apply(resource, child, { fieldManager, dryRun: true });
  const found = differences(comparable(live), comparable(applied));
  return { kind, name, change: found.length === 0 ? 'None' : 'Change', differences: found };
}

/** Without what the API server counts, and without what the operator notes for itself. */
function comparable({ metadata, ...rest }: KubeObject): object {
  const { managedFields: _, resourceVersion: __, generation: ___, annotations = {}, ...kept } = metadata;
  const { [appliedHashAnnotation]: ____, ...others } = annotations;
  return { ...rest, metadata: { ...kept, annotations: others } };
}
