import type { KubeObject } from './objects.ts';

/** What RBAC calls the ways to use a resource. */
export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete';

/** One use of the API, in the terms of an RBAC rule. */
export type Access = {
  readonly verb: Verb;
  readonly group: string;
  /** The plural name; with its subresource as in a rule: `couriers/status`. */
  readonly resource: string;
  readonly namespace?: string;
  readonly name?: string;
  /** For a path that is no resource's, where the fields above are empty. */
  readonly nonResourceUrl?: string;
};

/**
 * Asked before every write, in the same turn of the event loop as the request leaves.
 *
 * @returns a signal that ends the write while it is under way, if there is one.
 * @throws KubeError with the reason `WriteRefused` to keep the write from leaving.
 */
export type WriteGuard = (access: Access) => AbortSignal | undefined;

/** Which objects of a resource to list or watch; everything when empty. */
export type Selection = {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
};

export type ListOptions = Selection & {
  /** Objects per request; default 500, as client-go. */
  readonly limit?: number;
  /** With `resourceVersionMatch`, how fresh the answer has to be; without it, the newest state. */
  readonly resourceVersion?: string;
  readonly resourceVersionMatch?: 'NotOlderThan' | 'Exact';
  /** For each request; default 60 s. */
  readonly timeoutMs?: number;
};

export type WatchOptions = Selection & {
  /** Events after this state. */
  readonly resourceVersion: string;
  /** After which the server ends the watch; the client does so itself half a minute later. */
  readonly timeoutSeconds: number;
};

export type WatchEvent<T extends KubeObject = KubeObject> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: T }
  | { readonly type: 'BOOKMARK'; readonly resourceVersion: string };

/** All objects of a list and the state that it shows. */
export type ObjectList<T extends KubeObject = KubeObject> = {
  readonly items: readonly T[];
  readonly resourceVersion: string;
};

export type WriteOptions = {
  /** Who owns the fields that are written. */
  readonly fieldManager?: string;
  /** Default 15 s. */
  readonly timeoutMs?: number;
};

export type ApplyOptions = WriteOptions & {
  readonly fieldManager: string;
  /** Takes fields over from other managers; default true, as is right for a controller's own objects. */
  readonly force?: boolean;
  /** Asks what would come of it, and changes nothing. */
  readonly dryRun?: boolean;
};

export type PatchOptions = WriteOptions & {
  /** JSON merge patch (RFC 7386), JSON patch (RFC 6902), or strategic merge patch (built-in kinds only). */
  readonly type: 'merge' | 'json' | 'strategic';
  readonly subresource?: string;
};

export type DeleteOptions = {
  /** The delete is refused with a conflict unless the object is this one, in this version. */
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
  readonly gracePeriodSeconds?: number;
  /** Default 15 s. */
  readonly timeoutMs?: number;
};

export const patchContentTypes: Readonly<Record<PatchOptions['type'] | 'apply', string>> = {
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
};

/** A path with those parameters that have a value. */
export function withQuery(path: string, parameters: Readonly<Record<string, string | number | boolean | undefined>>) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) query.set(name, String(value));
  }
  return query.size === 0 ? path : `${path}?${query}`;
}
