/** What the API server keeps about every object, as JSON has it: timestamps are strings. */
export type ObjectMeta = {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly ownerReferences?: readonly OwnerReference[];
  readonly managedFields?: readonly ManagedFields[];
};

export type OwnerReference = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
};

/** Who owns which fields, since server-side apply. */
export type ManagedFields = {
  readonly manager?: string;
  readonly operation?: string;
  readonly subresource?: string;
  readonly time?: string;
  readonly fieldsV1?: unknown;
};

/** Any object of the Kubernetes API. */
export type KubeObject = {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: ObjectMeta;
};

/**
 * A model of `@kubernetes/client-node` as it is in JSON: dates are strings, and names that the generator had to prefix
 * (`_from`, `_continue`) are as the API has them.
 */
export type Json<T> = T extends Date
  ? string
  : T extends (infer Item)[]
    ? Json<Item>[]
    : T extends object
      ? { [Key in keyof T as Key extends `_${infer Name}` ? Name : Key]: Json<T[Key]> }
      : T;

/** A kind of `@kubernetes/client-node` as this library reads and writes it: `ApiObject<V1Deployment>`. */
export type ApiObject<T> = Omit<Json<T>, 'metadata'> & KubeObject;

/** Names an object within its resource; `namespace` is left out where the resource is cluster-wide. */
export type ObjectRef = { readonly namespace?: string; readonly name: string };

/** The reference of an object. */
export function refOf({ metadata }: KubeObject): ObjectRef {
  return metadata.namespace === undefined
    ? { name: metadata.name }
    : { namespace: metadata.namespace, name: metadata.name };
}

/** `namespace/name`, or `name` where there is no namespace: what stores and queues go by. */
export function keyOf({ metadata }: KubeObject): string {
  return keyOfRef(metadata);
}

/** The key of a reference, see {@link keyOf}. */
export function keyOfRef({ namespace, name }: ObjectRef): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

/** The reference that a key stands for. */
export function refOfKey(key: string): ObjectRef {
  const slash = key.indexOf('/');
  return slash < 0 ? { name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}

/** The owner reference that names the object's controller, if it has one. */
export function controllerOf({ metadata }: KubeObject): OwnerReference | undefined {
  return metadata.ownerReferences?.find((owner) => owner.controller === true);
}
