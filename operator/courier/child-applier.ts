import { createHash } from 'node:crypto';
import type { KubeClient } from '../kube/client.ts';
import { KubeError } from '../kube/errors.ts';
import { controllerOf, type KubeObject, keyOf, refOf } from '../kube/objects.ts';
import type { ServedResource } from '../kube/served.ts';
import type { StoreReader } from '../kube/store.ts';
import { NameConflict } from './apply-error.ts';
import type { Child, ChildKind, Deployment, LiveCourier } from './objects.ts';
import type { ChildRef } from './plan.ts';
import { childResources } from './resources.ts';

/** Who applies, in `managedFields`. */
export const fieldManager = 'courier-operator';
/** Says what of a child was last applied: after a restart, an unchanged child is not written again. */
export const appliedHashAnnotation = 'courier.dev/applied-hash';

/** What is known of a child since it was last applied or looked at. */
type Known = { readonly hash: string; readonly resourceVersion: string | undefined; readonly generation: number };

export type ChildApplierOptions = {
  readonly client: Pick<KubeClient, 'find' | 'apply' | 'delete'>;
  /** Deployments are watched; other children are looked at when they are verified. */
  readonly deployments: Pick<StoreReader<Deployment>, 'get'>;
  /** Whether the cluster serves PodMonitors: an apply that finds none served looks again. */
  readonly podMonitors: Pick<ServedResource, 'look'>;
};

/**
 * Applies children, and writes none that is as it should be: an apply that changes nothing costs the API server as much as
 * one that does.
 */
export class ChildApplier {
  readonly #options: ChildApplierOptions;
  readonly #known = new Map<string, Known>();

  constructor(options: ChildApplierOptions) {
    this.#options = options;
  }

  /**
   * Makes a child so.
   *
   * @param verify look at the child even when nothing says that it has changed: at a resync.
   * @returns the object as the API server gave it back when it was written, undefined when it was as it should be, or when
   * the cluster does not know its kind any more.
   * @throws NameConflict, or KubeError
   */
  async apply(
    courier: LiveCourier,
    child: Child,
    verify: boolean,
    signal: AbortSignal,
  ): Promise<KubeObject | undefined> {
    const key = keyOfChild(child.kind, keyOf(child));
    const hash = createHash('sha256').update(JSON.stringify(child)).digest('hex').slice(0, 16);
    const known = this.#known.get(key);
    if (child.kind !== 'Deployment' && known?.hash === hash && !verify) return undefined;
    // The store may have missed something; what this process has not looked at yet, it has only just listed.
    const live = await this.#live(child, verify && known !== undefined, signal);
    if (live !== undefined) {
      refuseForeign(courier, child, live);
      if (isAsApplied(child, live, hash, known)) {
        this.#remember(key, hash, live);
        return undefined;
      }
    }
    const annotations = { ...child.metadata.annotations, [appliedHashAnnotation]: hash };
    const object = { ...child, metadata: { ...child.metadata, annotations } };
    const applied = await this.#write(object, signal);
    if (applied !== undefined) this.#remember(key, hash, applied);
    return applied;
  }

  async #write(child: Child, signal: AbortSignal): Promise<KubeObject | undefined> {
    const { client, podMonitors } = this.#options;
    try {
      return await client.apply(childResources[child.kind], child, { fieldManager }, signal);
    } catch (error) {
      const mayBeUnknown = child.kind === 'PodMonitor' && error instanceof KubeError && error.isNotFound;
      if (mayBeUnknown && !(await podMonitors.look(signal))) return undefined;
      throw error;
    }
  }

  /** Deletes what there should not be, where it is the Courier's. @throws KubeError */
  async remove(courier: LiveCourier, { kind, ...ref }: ChildRef, signal: AbortSignal): Promise<void> {
    const live = await this.#options.client.find(childResources[kind], ref, signal);
    if (live === undefined || controllerOf(live)?.uid !== courier.metadata.uid) return;
    const preconditions = live.metadata.uid === undefined ? {} : { preconditions: { uid: live.metadata.uid } };
    await this.#options.client.delete(childResources[kind], ref, preconditions, signal);
    this.#known.delete(keyOfChild(kind, keyOf(live)));
  }

  /** Forgets the children of a Courier that is gone. */
  forget(childKey: string): void {
    for (const kind of Object.keys(childResources) as ChildKind[]) this.#known.delete(keyOfChild(kind, childKey));
  }

  async #live(child: Child, verify: boolean, signal: AbortSignal): Promise<KubeObject | undefined> {
    const cached = child.kind === 'Deployment' && !verify ? this.#options.deployments.get(keyOf(child)) : undefined;
    // An object without our labels is not in the store: only the API server can say that there is none.
    return cached ?? (await this.#options.client.find(childResources[child.kind], refOf(child), signal));
  }

  #remember(key: string, hash: string, { metadata }: KubeObject): void {
    this.#known.set(key, { hash, resourceVersion: metadata.resourceVersion, generation: metadata.generation ?? 0 });
  }
}

/**
 * Whether a child is as it was applied. Where it has not changed since that was last seen, it is; else what was applied
 * must be in it. Labels change no generation, and without them the child is in no store.
 */
function isAsApplied(child: Child, live: KubeObject, hash: string, known: Known | undefined): boolean {
  if (live.metadata.annotations?.[appliedHashAnnotation] !== hash) return false;
  if (!contains(live.metadata.labels, child.metadata.labels)) return false;
  return isUnchanged(child.kind, live, known) || contains(live, child);
}

/** The status of a Deployment changes all the time, and its generation only with its spec. */
function isUnchanged(kind: ChildKind, { metadata }: KubeObject, known: Known | undefined): boolean {
  if (known === undefined) return false;
  const hasStatus = kind === 'Deployment' || kind === 'PodDisruptionBudget';
  return hasStatus
    ? known.generation === (metadata.generation ?? 0)
    : known.resourceVersion === metadata.resourceVersion;
}

/**
 * Whether `live` has every field of `wanted`: it may have more, such as defaults. What the API server writes in another
 * way than it was sent, such as a quantity, counts as missing, which costs one apply.
 */
function contains(live: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted)) {
    return Array.isArray(live) && live.length === wanted.length && wanted.every((item, at) => contains(live[at], item));
  }
  if (typeof wanted !== 'object' || wanted === null) return live === wanted;
  if (typeof live !== 'object' || live === null) return false;
  const fields: ReadonlyMap<string, unknown> = new Map(Object.entries(live));
  return Object.entries(wanted).every(([name, value]) => value === undefined || contains(fields.get(name), value));
}

function refuseForeign(courier: LiveCourier, { kind, metadata }: Child, live: KubeObject): void {
  const { namespace = '', name } = metadata;
  const owner = controllerOf(live);
  if (owner?.uid === courier.metadata.uid) return;
  if (owner === undefined) throw new NameConflict({ kind, namespace, name }, undefined, false);
  const passing = owner.kind === 'Courier' && owner.name === courier.metadata.name;
  throw new NameConflict({ kind, namespace, name }, `the ${owner.kind} ${owner.name} (uid ${owner.uid})`, passing);
}

function keyOfChild(kind: ChildKind, key: string): string {
  return `${kind}:${key}`;
}
