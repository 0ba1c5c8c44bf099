import type { KubeConfig } from '@kubernetes/client-node';
import { eventOf, invalid, objectOf, publishedSchema, servedPlurals } from './answers.ts';
import { type Call, Caller } from './call.ts';
import { type Clock, systemClock } from './clock.ts';
import { isRecord, KubeError } from './errors.ts';
import { listAll } from './listing.ts';
import { type ClientMetrics, noMetrics } from './metrics.ts';
import { type KubeObject, type ObjectRef, refOf } from './objects.ts';
import {
  type Access,
  type ApplyOptions,
  type DeleteOptions,
  type ListOptions,
  type ObjectList,
  type PatchOptions,
  patchContentTypes,
  type Verb,
  type WatchEvent,
  type WatchOptions,
  type WriteGuard,
  type WriteOptions,
  withQuery,
} from './requests.ts';
import { apiVersionOf, collectionPath, discoveryPath, objectPath, type Resource } from './resources.ts';
import { PooledTransport, type Transport } from './transport.ts';

/** How long a call may take unless it says otherwise; a page of a list has more to carry. */
const defaultTimeoutMs = 15_000;
const listTimeoutMs = 60_000;
/** How long a watch may outlive the end that it has asked the server for. */
const watchGraceMs = 30_000;

export type ClientOptions = {
  readonly transport: Transport;
  readonly clock?: Clock;
  readonly metrics?: ClientMetrics;
  /** Asked before every write; see {@link KubeClient.guarded}. */
  readonly beforeWrite?: WriteGuard;
  /** Sees every request that is about to leave, in the terms of an RBAC rule. */
  readonly recorder?: (access: Access) => void;
};

/**
 * The Kubernetes API in raw JSON: nothing is dropped that this version does not know of. Every method throws
 * {@link KubeError} and nothing else, and repeats nothing by itself: who called knows best when to try again.
 */
export class KubeClient {
  readonly #caller: Caller;
  readonly #transport: Transport;

  constructor(options: ClientOptions, caller?: Caller) {
    const { transport, clock = systemClock, metrics = noMetrics.client, beforeWrite: guard, recorder } = options;
    this.#transport = transport;
    this.#caller = caller ?? new Caller({ transport, clock, metrics, guard, recorder });
  }

  /**
   * A client for the current context of `kubeConfig`, over one pool of connections.
   *
   * @throws Error when the kubeconfig names no cluster.
   */
  static connect(
    kubeConfig: KubeConfig,
    options: Omit<ClientOptions, 'transport'> & { readonly userAgent: string },
  ): KubeClient {
    const { userAgent, clock = systemClock } = options;
    return new KubeClient({ ...options, transport: new PooledTransport(kubeConfig, { userAgent, clock }) });
  }

  /** A client over the same connections that asks `guard` before every write: the fence of a leader. */
  guarded(guard: WriteGuard): KubeClient {
    return new KubeClient({ transport: this.#transport }, this.#caller.guarded(guard));
  }

  async get<T extends KubeObject>(resource: Resource<T>, ref: ObjectRef, signal?: AbortSignal): Promise<T> {
    const path = objectPath(resource, ref);
    return await this.#object({ ...call('get', resource, ref, path), method: 'GET' }, resource, signal);
  }

  /** An object; undefined where there is none, or where the cluster does not know such objects. */
  async find<T extends KubeObject>(
    resource: Resource<T>,
    ref: ObjectRef,
    signal?: AbortSignal,
  ): Promise<T | undefined> {
    return await unlessMissing(this.get(resource, ref, signal));
  }

  /** Every object of the selection, page by page. A list whose token expires on the way is read anew, in one piece. */
  async list<T extends KubeObject>(
    resource: Resource<T>,
    options: ListOptions = {},
    signal?: AbortSignal,
  ): Promise<ObjectList<T>> {
    const { namespace, timeoutMs = listTimeoutMs, limit = 500, ...parameters } = options;
    const collection = collectionPath(resource, namespace);
    const target = namespace === undefined ? {} : { namespace };
    return await listAll(resource, { ...parameters, limit }, (query) => {
      const path = withQuery(collection, query);
      return this.#caller.json({ ...call('list', resource, target, path), method: 'GET', timeoutMs }, signal);
    });
  }

  async create<T extends KubeObject>(
    resource: Resource<T>,
    object: T,
    { fieldManager, timeoutMs = defaultTimeoutMs }: WriteOptions = {},
    signal?: AbortSignal,
  ): Promise<T> {
    const path = withQuery(collectionPath(resource, object.metadata.namespace), { fieldManager });
    const { name: _, ...target } = refOf(object);
    const post = { ...call('create', resource, target, path), method: 'POST', timeoutMs } as const;
    return await this.#object({ ...post, ...jsonBody(resource, object) }, resource, signal);
  }

  /** Replaces an object; with a `resourceVersion` in it, only if nobody else has changed it since. */
  async replace<T extends KubeObject>(
    resource: Resource<T>,
    object: T,
    { fieldManager, timeoutMs = defaultTimeoutMs }: WriteOptions = {},
    signal?: AbortSignal,
  ): Promise<T> {
    const ref = refOf(object);
    const path = withQuery(objectPath(resource, ref), { fieldManager });
    const put = { ...call('update', resource, ref, path), method: 'PUT', timeoutMs } as const;
    return await this.#object({ ...put, ...jsonBody(resource, object) }, resource, signal);
  }

  /** Server-side apply: creates the object, or makes the given fields so and lets go of those not given any more. */
  async apply<T extends KubeObject>(
    resource: Resource<T>,
    object: Partial<T> & KubeObject,
    options: ApplyOptions,
    signal?: AbortSignal,
  ): Promise<T> {
    return await this.#apply(resource, object, options, undefined, signal);
  }

  /** Server-side apply to the status subresource; never creates the object. */
  async applyStatus<T extends KubeObject>(
    resource: Resource<T>,
    object: Partial<T> & KubeObject,
    options: ApplyOptions,
    signal?: AbortSignal,
  ): Promise<T> {
    return await this.#apply(resource, object, options, 'status', signal);
  }

  async patch<T extends KubeObject>(
    resource: Resource<T>,
    ref: ObjectRef,
    patch: unknown,
    { type, subresource, fieldManager, timeoutMs = defaultTimeoutMs }: PatchOptions,
    signal?: AbortSignal,
  ): Promise<T> {
    const path = withQuery(objectPath(resource, ref, subresource), { fieldManager });
    const head = { ...call('patch', resource, ref, path, subresource), method: 'PATCH', timeoutMs } as const;
    return await this.#object({ ...head, body: patch, contentType: patchContentTypes[type] }, resource, signal);
  }

  /** Begins the deletion of an object. */
  async delete(
    resource: Resource,
    ref: ObjectRef,
    { timeoutMs = defaultTimeoutMs, ...options }: DeleteOptions = {},
    signal?: AbortSignal,
  ): Promise<void> {
    const body = { apiVersion: 'v1', kind: 'DeleteOptions', ...options };
    const head = { ...call('delete', resource, ref, objectPath(resource, ref)), method: 'DELETE', timeoutMs } as const;
    await this.#caller.json({ ...head, body, contentType: 'application/json' }, signal);
  }

  /** The changes after a resource version, until the server ends the watch or something breaks. */
  async *watch<T extends KubeObject>(
    resource: Resource<T>,
    { namespace, timeoutSeconds, ...parameters }: WatchOptions,
    signal?: AbortSignal,
  ): AsyncGenerator<WatchEvent<T>, void, void> {
    const query = { watch: true, allowWatchBookmarks: true, timeoutSeconds, ...parameters };
    const path = withQuery(collectionPath(resource, namespace), query);
    const target = namespace === undefined ? {} : { namespace };
    const head = { ...call('watch', resource, target, path), method: 'GET' } as const;
    for await (const line of this.#caller.lines(head, timeoutSeconds * 1000 + watchGraceMs, signal)) {
      yield eventOf(resource, line);
    }
  }

  /** Whether the cluster serves a resource: one of a CustomResourceDefinition may come and go. */
  async serves(resource: Resource, signal?: AbortSignal): Promise<boolean> {
    return servedPlurals(await this.#lookUp(discoveryPath(resource), signal)).has(resource.plural);
  }

  /** The schema of a resource's objects, as the API server publishes it in OpenAPI 3; undefined where it has none. Anybody may ask. */
  async schema(resource: Resource, signal?: AbortSignal): Promise<unknown> {
    return publishedSchema(await this.#lookUp(`/openapi/v3${discoveryPath(resource)}`, signal), resource);
  }

  /** Whether RBAC lets this client do something: asked of the API server, which does not do it. Anybody may ask. */
  async may({ verb, group, resource, namespace, name }: Access, signal?: AbortSignal): Promise<boolean> {
    const [plural, subresource] = resource.split('/');
    const resourceAttributes = { verb, group, resource: plural, subresource, namespace, name };
    const answer = await this.#caller.json(
      { ...review, body: { ...reviewHead, spec: { resourceAttributes } } },
      signal,
    );
    if (isRecord(answer) && isRecord(answer.status)) return answer.status.allowed === true;
    throw invalid('review access', 'no status');
  }

  /** Ends every connection, those of watches too. */
  async close(): Promise<void> {
    await this.#transport.close();
  }

  /** What the API server says of itself at a path; undefined where there is nothing. */
  async #lookUp(path: string, signal?: AbortSignal): Promise<unknown> {
    const access = { verb: 'get', group: '', resource: '', nonResourceUrl: path } as const;
    const request = { access, method: 'GET', path, timeoutMs: defaultTimeoutMs } as const;
    return await unlessMissing(this.#caller.json(request, signal));
  }

  async #apply<T extends KubeObject>(
    resource: Resource<T>,
    object: Partial<T> & KubeObject,
    { fieldManager, force = true, dryRun = false, timeoutMs = defaultTimeoutMs }: ApplyOptions,
    subresource: string | undefined,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    const ref = refOf(object);
    const rehearsal = dryRun ? { dryRun: 'All' } : {};
    const path = withQuery(objectPath(resource, ref, subresource), { fieldManager, force, ...rehearsal });
    const head = { ...call('patch', resource, ref, path, subresource), method: 'PATCH', timeoutMs } as const;
    const body = { ...jsonBody(resource, object), contentType: patchContentTypes.apply };
    return await this.#object({ ...head, ...body }, resource, signal);
  }

  async #object<T extends KubeObject>(request: Call, resource: Resource<T>, signal: AbortSignal | undefined) {
    return objectOf(resource, await this.#caller.json(request, signal));
  }
}

const reviewHead = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview' };
const review = {
  access: { verb: 'create', group: 'authorization.k8s.io', resource: 'selfsubjectaccessreviews' },
  method: 'POST',
  path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
  contentType: 'application/json',
  timeoutMs: defaultTimeoutMs,
} as const;

function call(verb: Verb, { group, plural }: Resource, target: Partial<ObjectRef>, path: string, subresource?: string) {
  const resource = subresource === undefined ? plural : `${plural}/${subresource}`;
  return { access: { verb, group, resource, ...target }, path, timeoutMs: defaultTimeoutMs };
}

async function unlessMissing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof KubeError && error.isNotFound) return undefined;
    throw error;
  }
}

function jsonBody(resource: Resource, object: KubeObject) {
  const body = { apiVersion: apiVersionOf(resource), kind: resource.kind, ...object };
  return { body, contentType: 'application/json' };
}
