import type { KubeObject, ObjectRef } from './objects.ts';

/**
 * One collection of the Kubernetes API, such as the Deployments of `apps/v1`. `T` is what its objects are; nothing
 * checks that at run time beyond their metadata.
 */
export type Resource<T extends KubeObject = KubeObject> = {
  /** The API group; empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** The name in paths and in RBAC rules. */
  readonly plural: string;
  readonly namespaced: boolean;
  /** Never set: it ties the type of the objects to the resource. */
  readonly object?: T;
};

/** A namespaced resource: `namespaced<Deployment>('apps/v1', 'Deployment', 'deployments')`. */
export function namespaced<T extends KubeObject>(apiVersion: string, kind: string, plural: string): Resource<T> {
  return { ...parseApiVersion(apiVersion), kind, plural, namespaced: true };
}

/** A resource of the whole cluster: `clusterWide<Node>('v1', 'Node', 'nodes')`. */
export function clusterWide<T extends KubeObject>(apiVersion: string, kind: string, plural: string): Resource<T> {
  return { ...parseApiVersion(apiVersion), kind, plural, namespaced: false };
}

/** `apps/v1`, or `v1` for the core group: what an object's `apiVersion` field says. */
export function apiVersionOf({ group, version }: Resource): string {
  return group === '' ? version : `${group}/${version}`;
}

/** `deployments.apps`, or `pods` for the core group: how kubectl and people name a resource. */
export function resourceName({ group, plural }: Resource): string {
  return group === '' ? plural : `${plural}.${group}`;
}

/** The path under which the resource's API version lists what it serves. */
export function discoveryPath({ group, version }: Resource): string {
  return group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
}

/**
 * The path of a collection.
 *
 * @param namespace left out for all namespaces, or where the resource is cluster-wide.
 * @throws Error when a namespace is given for a resource that has none.
 */
export function collectionPath(resource: Resource, namespace?: string): string {
  if (namespace === undefined) return `${discoveryPath(resource)}/${resource.plural}`;
  if (!resource.namespaced) {
    throw new Error(`${resourceName(resource)} are cluster-wide: leave out the namespace "${namespace}"`);
  }
  return `${discoveryPath(resource)}/namespaces/${encodeURIComponent(namespace)}/${resource.plural}`;
}

/**
 * The path of an object or of one of its subresources.
 *
 * @throws Error when the reference lacks a namespace that the resource needs, or has one that it must not have.
 */
export function objectPath(resource: Resource, ref: ObjectRef, subresource?: string): string {
  if (resource.namespaced && ref.namespace === undefined) {
    throw new Error(`${resourceName(resource)} are namespaced: name the namespace of "${ref.name}"`);
  }
  const path = `${collectionPath(resource, ref.namespace)}/${encodeURIComponent(ref.name)}`;
  return subresource === undefined ? path : `${path}/${subresource}`;
}

function parseApiVersion(apiVersion: string): { group: string; version: string } {
  const slash = apiVersion.indexOf('/');
  return slash < 0
    ? { group: '', version: apiVersion }
    : { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) };
}
