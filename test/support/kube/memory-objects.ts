import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { type KubeObject, keyOf } from '../../../operator/kube/objects.ts';
import { type Resource, resourceName } from '../../../operator/kube/resources.ts';
import { applyFields, type Fields, isFields, mergePatch, type Ownership, ownChanges } from './field-ownership.ts';
import { StatusError } from './memory-status.ts';

export type Change = {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: KubeObject;
  readonly version: number;
};
/** Whether a write goes to the object or to its status alone. */
export type Part = 'main' | 'status';

/**
 * The objects of one resource with the API server's rules for writing them: versions, uids, generations, optimistic locks,
 * server-side apply, and the status subresource.
 */
export class MemoryObjects {
  readonly resource: Resource;
  readonly #hasStatus: boolean;
  readonly #nextVersion: () => number;
  readonly #changed: (change: Change) => void;
  readonly #now: () => number;
  readonly #objects = new Map<string, KubeObject>();
  readonly #owners = new Map<string, Ownership>();

  constructor(
    resource: Resource,
    options: { hasStatus: boolean; nextVersion: () => number; changed: (change: Change) => void; now: () => number },
  ) {
    this.resource = resource;
    this.#hasStatus = options.hasStatus;
    this.#nextVersion = options.nextVersion;
    this.#changed = options.changed;
    this.#now = options.now;
  }

  all(): KubeObject[] {
    return [...this.#objects.values()].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  }

  get(key: string): KubeObject {
    const object = this.#objects.get(key);
    if (object === undefined) {
      throw new StatusError(404, 'NotFound', `${resourceName(this.resource)} "${key}" not found`);
    }
    return object;
  }

  create(object: KubeObject, manager: string): KubeObject {
    const key = keyOf(object);
    if (this.#objects.has(key)) {
      throw new StatusError(409, 'AlreadyExists', `${resourceName(this.resource)} "${key}" already exists`);
    }
    this.#validate(object);
    const created = this.#fresh(object);
    const ownership: Ownership = new Map();
    ownChanges({}, ownable(created), ownership, manager);
    this.#owners.set(key, ownership);
    return this.#write('ADDED', created);
  }

  replace(object: KubeObject, part: Part, manager: string): KubeObject {
    const live = this.get(keyOf(object));
    this.#checkLock(live, object);
    return this.#update(live, fields(object), part, manager);
  }

  patch(key: string, patch: unknown, part: Part, manager: string): KubeObject {
    const live = this.get(key);
    return this.#update(live, fields(mergePatch(live, patch)), part, manager);
  }

  apply(object: KubeObject, part: Part, { manager, force }: { manager: string; force: boolean }): KubeObject {
    const key = keyOf(object);
    const live = this.#objects.get(key);
    if (live === undefined && part === 'status') this.get(key);
    if (live === undefined) this.#validate(object);
    if (live !== undefined) this.#checkLock(live, object);
    const before = live === undefined ? this.#fresh({ ...object, ...emptied(object) }) : live;
    const ownership = this.#owners.get(key) ?? new Map();
    const name = part === 'status' ? `${manager}/status` : manager;
    const result = applyFields(fields(before), ownable(object, part), { ownership, manager: name, force });
    if ('conflicts' in result) throw conflictOf(result.conflicts);
    this.#owners.set(key, ownership);
    if (live === undefined) return this.#write('ADDED', result.object as unknown as KubeObject);
    return this.#store(live, result.object);
  }

  delete(key: string, preconditions: { uid?: unknown; resourceVersion?: unknown } = {}): KubeObject {
    const live = this.get(key);
    const { uid, resourceVersion } = live.metadata;
    if ((preconditions.uid ?? uid) !== uid || (preconditions.resourceVersion ?? resourceVersion) !== resourceVersion) {
      throw new StatusError(409, 'Conflict', `precondition failed for ${resourceName(this.resource)} "${key}"`);
    }
    if (live.metadata.finalizers?.length) {
      if (live.metadata.deletionTimestamp !== undefined) return live;
      return this.#write('MODIFIED', { ...live, metadata: { ...live.metadata, deletionTimestamp: this.#time() } });
    }
    this.#objects.delete(key);
    this.#owners.delete(key);
    return this.#emit('DELETED', live);
  }

  #update(live: KubeObject, next: Fields, part: Part, manager: string): KubeObject {
    const { status: liveStatus, ...liveMain } = fields(live);
    const { status, ...main } = next;
    const split = this.#hasStatus || part === 'status';
    const merged = split ? (part === 'status' ? { ...liveMain, status } : { ...main, status: liveStatus }) : next;
    if (split && merged.status === undefined) delete merged.status;
    ownChanges(
      ownable(live),
      ownable(merged as unknown as KubeObject),
      this.#owners.get(keyOf(live)) ?? new Map(),
      manager,
    );
    return this.#store(live, merged);
  }

  #store(live: KubeObject, next: Fields): KubeObject {
    const { generation = 1, uid, creationTimestamp, resourceVersion } = live.metadata;
    const metadata = { ...fields(next.metadata), uid, creationTimestamp, resourceVersion, generation };
    const same = { ...next, metadata };
    if (isDeepStrictEqual(same, { ...live, metadata: { ...live.metadata, generation } })) return live;
    const specChanged = !isDeepStrictEqual(body(next), body(fields(live)));
    const object = { ...next, metadata: { ...metadata, generation: generation + (specChanged ? 1 : 0) } };
    const done =
      live.metadata.deletionTimestamp !== undefined && !(metadata as { finalizers?: unknown[] }).finalizers?.length;
    if (!done) return this.#write('MODIFIED', object as unknown as KubeObject);
    this.#objects.delete(keyOf(live));
    return this.#emit('DELETED', object as unknown as KubeObject);
  }

  #fresh(object: KubeObject): KubeObject {
    const { status: _, ...main } = fields(object);
    const kept = this.#hasStatus ? main : fields(object);
    const metadata = { ...object.metadata, uid: randomUUID(), generation: 1, creationTimestamp: this.#time() };
    return { ...kept, metadata } as unknown as KubeObject;
  }

  #write(type: 'ADDED' | 'MODIFIED', object: KubeObject): KubeObject {
    const written = this.#emit(type, object);
    this.#objects.set(keyOf(written), written);
    return written;
  }

  #emit(type: Change['type'], object: KubeObject): KubeObject {
    const version = this.#nextVersion();
    const written = { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } };
    this.#changed({ type, object: written, version });
    return written;
  }

  #checkLock(live: KubeObject, given: KubeObject): void {
    const { uid, resourceVersion } = given.metadata;
    if (uid !== undefined && uid !== live.metadata.uid) throw invalid('metadata.uid', 'field is immutable');
    if (resourceVersion !== undefined && resourceVersion !== live.metadata.resourceVersion) {
      throw new StatusError(
        409,
        'Conflict',
        'the object has been modified; please apply your changes to the latest version',
      );
    }
  }

  #validate({ metadata: { name } }: KubeObject): void {
    if (/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(name)) return;
    throw invalid('metadata.name', `Invalid value: "${name}": a lowercase RFC 1123 subdomain`);
  }

  #time(): string {
    return new Date(this.#now()).toISOString().replace(/\.\d+Z$/, 'Z');
  }
}

function fields(value: unknown): Fields {
  return isFields(value) ? value : {};
}

/** What a manager can own: everything but what identifies the object. */
function ownable(object: KubeObject, part?: Part): Fields {
  const { apiVersion: _, kind: __, metadata, status, ...main } = fields(object);
  const { labels, annotations, finalizers, ownerReferences } = fields(metadata);
  const meta = Object.entries({ labels, annotations, finalizers, ownerReferences }).filter(([, v]) => v !== undefined);
  if (part === 'status') return status === undefined ? {} : { status };
  const withStatus = part === undefined && status !== undefined ? { status } : {};
  return { ...main, ...withStatus, ...(meta.length > 0 && { metadata: Object.fromEntries(meta) }) };
}

/** The object with nothing but its identity. */
function emptied({ metadata: { name, namespace } }: KubeObject): { metadata: { name: string; namespace?: string } } {
  return { metadata: { name, ...(namespace !== undefined && { namespace }) } };
}

function body({ metadata: _, status: __, ...main }: Fields): Fields {
  return main;
}

function invalid(field: string, message: string): StatusError {
  return new StatusError(422, 'Invalid', `${field}: ${message}`, {
    causes: [{ reason: 'FieldValueInvalid', message, field }],
  });
}

function conflictOf(conflicts: readonly { manager: string; path: string }[]): StatusError {
  const causes = conflicts.map(({ manager, path }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with "${manager}"`,
    field: `.${path}`,
  }));
  return new StatusError(409, 'Conflict', `Apply failed with ${conflicts.length} conflict(s)`, { causes });
}
