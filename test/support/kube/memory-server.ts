import { randomUUID } from 'node:crypto';
import { type Clock, systemClock } from '../../../operator/kube/clock.ts';
import { type KubeObject, keyOfRef } from '../../../operator/kube/objects.ts';
import { discoveryPath, type Resource, resourceName } from '../../../operator/kube/resources.ts';
import { type Fields, isFields } from './field-ownership.ts';
import { type Change, MemoryObjects, type Part } from './memory-objects.ts';
import { StatusError } from './memory-status.ts';
import { OpenWatch } from './open-watch.ts';

export type MemoryRequest = {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

export type MemoryAnswer = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | AsyncIterable<Uint8Array>;
};

/** What a scripted fault does: answer something else, break the connection, or never answer. */
export type FaultAction = MemoryAnswer | 'reset' | 'hang' | 'drop after send';
export type Fault = {
  readonly method?: string;
  /** Of path and query. */
  readonly path?: RegExp;
  /** How many requests it meets; default one. */
  readonly times?: number;
  readonly action: FaultAction;
};

type Route = {
  objects: MemoryObjects;
  namespace?: string;
  name?: string;
  subresource?: string;
  query: URLSearchParams;
};

/**
 * An API server in memory, real enough for a client: resource versions, paged lists, watches with bookmarks and expiry,
 * optimistic locks, server-side apply, the status subresource, discovery. It answers requests by a function call; see
 * `memory-transport.ts` and `http-front.ts` for what brings them. The same contract is held against a real API server.
 */
export class MemoryServer {
  readonly requests: MemoryRequest[] = [];
  readonly watches = new Set<OpenWatch>();
  readonly #clock: Clock;
  readonly #collections = new Map<string, MemoryObjects>();
  readonly #changes: (Change & { readonly resource: string })[] = [];
  readonly #pages = new Map<string, { rest: KubeObject[]; version: string }>();
  readonly #faults: (Fault & { left: number })[] = [];
  #version = 1000;
  #oldest = 1000;

  /** @param resources each with whether it has a status subresource. */
  constructor(resources: readonly (readonly [Resource, 'status' | 'no status'])[], clock: Clock = systemClock) {
    this.#clock = clock;
    for (const [resource, status] of resources) this.serve(resource, status);
  }

  /** Serves a resource from now on, as when a CustomResourceDefinition is created: there are no objects of it. */
  serve(resource: Resource, status: 'status' | 'no status'): void {
    const name = resourceName(resource);
    const options = {
      hasStatus: status === 'status',
      nextVersion: () => ++this.#version,
      changed: (change: Change) => this.#publish(name, change),
      now: () => this.#clock.now(),
    };
    this.#collections.set(`${discoveryPath(resource)}/${resource.plural}`, new MemoryObjects(resource, options));
  }

  /** Serves a resource no more: its objects are gone. */
  withdraw(resource: Resource): void {
    this.#collections.delete(`${discoveryPath(resource)}/${resource.plural}`);
  }

  get resourceVersion(): string {
    return String(this.#version);
  }

  /** The objects of a resource, for a test to read and to write as somebody else. */
  of(resource: Resource): MemoryObjects {
    const objects = this.#collections.get(`${discoveryPath(resource)}/${resource.plural}`);
    if (objects === undefined) throw new Error(`the memory server does not serve ${resourceName(resource)}`);
    return objects;
  }

  /** Scripts a fault; the first that fits a request meets it. */
  fault(fault: Fault): void {
    this.#faults.push({ ...fault, left: fault.times ?? 1 });
  }

  /** Ends all faults. */
  heal(): void {
    this.#faults.length = 0;
  }

  /** Forgets the past: watches from before now, and tokens for further pages, have expired. */
  compact(): void {
    this.#oldest = this.#version + 1;
    this.#changes.length = 0;
    this.#pages.clear();
  }

  /** Goes back in time, as a server does that lags behind another one. */
  rewind(resourceVersion: number): void {
    this.#version = resourceVersion;
  }

  /** Requests so far by method and path, without their query. */
  count(method: string, path: RegExp): number {
    return this.requests.filter((request) => request.method === method && path.test(request.path)).length;
  }

  handle(request: MemoryRequest): FaultAction {
    this.requests.push(request);
    const fault = this.#faults.find(
      ({ method, path, left }) =>
        left > 0 && (method ?? request.method) === request.method && (path?.test(request.path) ?? true),
    );
    if (fault !== undefined) fault.left--;
    if (fault !== undefined && fault.action !== 'drop after send') return fault.action;
    const answer = this.#answer(request);
    return fault === undefined ? answer : 'reset';
  }

  #answer(request: MemoryRequest): MemoryAnswer {
    try {
      const { pathname, searchParams } = new URL(request.path, 'http://memory');
      const discovered = request.method === 'GET' ? this.#discover(pathname) : undefined;
      if (discovered !== undefined) return json(200, discovered);
      return this.#dispatch(request, this.#route(pathname, searchParams));
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      const retryAfter = error.retryAfterSeconds;
      return json(error.status, error, retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) });
    }
  }

  #dispatch({ method, headers, body }: MemoryRequest, route: Route): MemoryAnswer {
    const { objects, query } = route;
    const key = keyOfRef({
      name: route.name ?? '',
      ...(route.namespace !== undefined && { namespace: route.namespace }),
    });
    const part: Part = route.subresource === 'status' ? 'status' : 'main';
    const manager = query.get('fieldManager') ?? 'unknown';
    const sent: unknown = body === '' ? {} : JSON.parse(body);
    if (method === 'GET' && route.name !== undefined) return json(200, objects.get(key));
    if (method === 'GET' && query.get('watch') === 'true') return { status: 200, body: this.#watch(route) };
    if (method === 'GET') return json(200, this.#list(route));
    if (method === 'POST') return json(201, objects.create(inNamespace(sent, route.namespace), manager));
    if (method === 'PUT') return json(200, objects.replace(asObject(sent), part, manager));
    if (method === 'DELETE') {
      return json(200, objects.delete(key, isFields(sent) && isFields(sent.preconditions) ? sent.preconditions : {}));
    }
    const type = headers['content-type'] ?? '';
    if (type.startsWith('application/apply-patch')) {
      const force = query.get('force') === 'true';
      return json(200, objects.apply(inNamespace(sent, route.namespace), part, { manager, force }));
    }
    if (type.startsWith('application/merge-patch')) return json(200, objects.patch(key, sent, part, manager));
    throw new StatusError(415, 'UnsupportedMediaType', `the body of the request was in an unknown format: ${type}`);
  }

  #list({ objects, namespace, query }: Route): Fields {
    const { resource } = objects;
    const minimum = Number(query.get('resourceVersion') ?? 0);
    if (minimum > this.#version) {
      const causes = [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }];
      throw new StatusError(504, 'Timeout', `Too large resource version: ${minimum}`, { causes, retryAfterSeconds: 1 });
    }
    const token = query.get('continue');
    const page = token === null ? this.#select(objects, namespace, query) : this.#pages.get(token);
    if (page === undefined) throw new StatusError(410, 'Expired', 'The provided continue parameter is too old');
    const limit = Number(query.get('limit') ?? 0) || page.rest.length;
    const next = page.rest.length > limit ? randomUUID() : undefined;
    if (next !== undefined) this.#pages.set(next, { rest: page.rest.slice(limit), version: page.version });
    return {
      apiVersion: resource.group === '' ? resource.version : `${resource.group}/${resource.version}`,
      kind: `${resource.kind}List`,
      metadata: { resourceVersion: page.version, ...(next !== undefined && { continue: next }) },
      // As the real one, which leaves these out of the items.
      items: page.rest.slice(0, limit).map(({ apiVersion: _, kind: __, ...item }) => item),
    };
  }

  #select(objects: MemoryObjects, namespace: string | undefined, query: URLSearchParams) {
    return { rest: objects.all().filter(selectorOf(namespace, query)), version: String(this.#version) };
  }

  #watch({ objects, namespace, query }: Route): OpenWatch {
    const name = resourceName(objects.resource);
    const watch = new OpenWatch(name, query, selectorOf(namespace, query));
    const from = Number(query.get('resourceVersion') ?? 0);
    if (from < this.#oldest - 1) {
      const expired = new StatusError(410, 'Expired', `too old resource version: ${from} (${this.#oldest})`);
      watch.send({ type: 'ERROR', object: expired });
      watch.end();
      return watch;
    }
    this.watches.add(watch);
    const timer = this.#clock.setTimeout(() => watch.end(), Number(query.get('timeoutSeconds') ?? 1800) * 1000);
    watch.onClose(() => {
      timer.cancel();
      this.watches.delete(watch);
    });
    for (const { resource, version, type, object } of this.#changes) {
      if (resource === name && version > from && watch.matches(object)) watch.send({ type, object });
    }
    return watch;
  }

  #publish(resource: string, change: Change): void {
    this.#changes.push({ ...change, resource });
    const { type, object } = change;
    for (const watch of this.watches) {
      if (watch.resource === resource && watch.matches(object)) watch.send({ type, object });
    }
  }

  #discover(path: string): Fields | undefined {
    const served = [...this.#collections.values()].map(({ resource }) => resource);
    const resources = served.filter((resource) => discoveryPath(resource) === path);
    if (resources.length === 0) return undefined;
    return { kind: 'APIResourceList', resources: resources.map(({ plural, kind }) => ({ name: plural, kind })) };
  }

  #route(path: string, query: URLSearchParams): Route {
    const parts =
      /^(\/api\/[^/]+|\/apis\/[^/]+\/[^/]+)(?:\/namespaces\/([^/]+)(?=\/))?\/([^/]+)(?:\/([^/]+)(?:\/([^/]+))?)?$/.exec(
        path,
      );
    const [, version, namespace, plural, name, subresource] = parts ?? [];
    const objects = this.#collections.get(`${version}/${plural}`);
    if (objects === undefined)
      throw new StatusError(404, 'NotFound', 'the server could not find the requested resource');
    return {
      objects,
      query,
      ...(namespace !== undefined && { namespace }),
      ...(name !== undefined && { name }),
      ...(subresource !== undefined && { subresource }),
    };
  }
}

function selectorOf(namespace: string | undefined, query: URLSearchParams): (object: KubeObject) => boolean {
  const labels = (query.get('labelSelector') ?? '').split(',').filter((term) => term !== '');
  return ({ metadata }) =>
    (namespace === undefined || metadata.namespace === namespace) &&
    labels.every((term) => {
      const [name = '', value] = term.split('=', 2);
      return metadata.labels?.[name] === value;
    });
}

function inNamespace(value: unknown, namespace: string | undefined): KubeObject {
  const object = asObject(value);
  return namespace === undefined ? object : { ...object, metadata: { ...object.metadata, namespace } };
}

function asObject(value: unknown): KubeObject {
  if (!isFields(value) || !isFields(value.metadata)) throw new StatusError(400, 'BadRequest', 'no object');
  return value as unknown as KubeObject;
}

function json(status: number, body: unknown, headers: Record<string, string> = {}): MemoryAnswer {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
}
