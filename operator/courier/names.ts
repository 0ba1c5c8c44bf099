import type { ObjectMeta, OwnerReference } from '../kube/objects.ts';
import type { LiveCourier } from './objects.ts';

/** The lease of the operator that leads, in its own namespace. */
export const leaseName = 'courier-operator';
/** The container of a worker's pod that is the worker. */
export const workerContainerName = 'worker';
/** The worker's status API: probes, metrics and the exchange. */
export const workerPort = { name: 'http', number: 8080 } as const;
/** Where the ConfigMap is mounted, and the key in it. */
export const configDirectory = '/etc/courier';
export const configFileName = 'courier.json';
/** Where the Secrets that a Courier names are mounted, each in a directory of its name. */
export const secretsDirectory = '/etc/courier-secrets';

/** The label that holds the name of the Courier. */
export const courierLabel = 'courier.dev/courier';
/** The annotation of pods that changes exactly when the workers' configuration does. */
export const configHashAnnotation = 'courier.dev/config-hash';

/** The name of every child of the Courier `name`: at most 60 characters, since that of a Courier has at most 52. */
export function childName(name: string): string {
  return `courier-${name}`;
}

/** What the Deployment finds its pods by. Selectors can never be changed, so nothing else goes in here, ever. */
export function selectorLabels(name: string): Readonly<Record<string, string>> {
  return { 'app.kubernetes.io/name': 'courier-worker', [courierLabel]: name };
}

/**
 * The labels of every child. None is copied from the Courier: its labels and annotations belong to the tools that wrote
 * it, and some of them (Argo CD) take an object that carries them for their own.
 */
export function childLabels(name: string): Readonly<Record<string, string>> {
  return {
    ...selectorLabels(name),
    'app.kubernetes.io/component': 'worker',
    'app.kubernetes.io/managed-by': 'courier-operator',
  };
}

/** The metadata of a child: the garbage collector removes it with its Courier. */
export function childMetadata({ metadata }: LiveCourier): ObjectMeta {
  const { name, namespace, uid } = metadata;
  const owner: OwnerReference = {
    ...{ apiVersion: 'courier.dev/v1alpha1', kind: 'Courier', name, uid },
    ...{ controller: true, blockOwnerDeletion: true },
  };
  return { name: childName(name), namespace, labels: childLabels(name), ownerReferences: [owner] };
}

/** The name of the ServiceAccount that workers run as. */
export function serviceAccountName({ metadata, spec }: LiveCourier): string {
  return spec.worker.serviceAccountName ?? childName(metadata.name);
}
