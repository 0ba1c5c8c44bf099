import { type KubeObject, keyOf } from './objects.ts';

/** What an object is found by: any number of values, none to leave it out. */
export type IndexFunction<T> = (object: T) => readonly string[];

/** Reads what a reflector keeps: the newest known state of a resource. Never write to the objects. */
export interface StoreReader<T extends KubeObject, Index extends string = string> {
  readonly size: number;
  /** The newest state that has been seen, of the resource as a whole; undefined before the first list. */
  readonly lastSyncResourceVersion: string | undefined;
  get(key: string): T | undefined;
  values(): IterableIterator<T>;
  keys(): IterableIterator<string>;
  /** The objects for which the index function named `index` returns `value`. */
  by(index: Index, value: string): readonly T[];
}

/** Objects by their key, and by the indexes that it was made with. */
export class Store<T extends KubeObject, Index extends string = never> implements StoreReader<T, Index> {
  lastSyncResourceVersion: string | undefined;
  readonly #objects = new Map<string, T>();
  readonly #functions: Readonly<Record<Index, IndexFunction<T>>>;
  /** For each index, the keys for each value. */
  readonly #indexes = new Map<Index, Map<string, Set<string>>>();

  constructor(indexes: Readonly<Record<Index, IndexFunction<T>>>) {
    this.#functions = indexes;
    for (const name of this.#names()) this.#indexes.set(name, new Map());
  }

  get size(): number {
    return this.#objects.size;
  }

  get(key: string): T | undefined {
    return this.#objects.get(key);
  }

  values(): IterableIterator<T> {
    return this.#objects.values();
  }

  keys(): IterableIterator<string> {
    return this.#objects.keys();
  }

  by(index: Index, value: string): readonly T[] {
    const keys = this.#indexes.get(index)?.get(value) ?? [];
    return [...keys].flatMap((key) => this.#objects.get(key) ?? []);
  }

  /** Keeps `object`; returns what it replaces. */
  set(object: T): T | undefined {
    const key = keyOf(object);
    const previous = this.delete(key);
    this.#objects.set(key, object);
    for (const name of this.#names()) {
      const values = this.#indexes.get(name);
      for (const value of this.#functions[name](object)) {
        const keys = values?.get(value) ?? new Set();
        values?.set(value, keys.add(key));
      }
    }
    return previous;
  }

  /** Drops the object of `key`; returns it. */
  delete(key: string): T | undefined {
    const previous = this.#objects.get(key);
    if (previous === undefined) return undefined;
    this.#objects.delete(key);
    for (const name of this.#names()) {
      const values = this.#indexes.get(name);
      for (const value of this.#functions[name](previous)) {
        const keys = values?.get(value);
        keys?.delete(key);
        if (keys?.size === 0) values?.delete(value);
      }
    }
    return previous;
  }

  #names(): Index[] {
    return Object.keys(this.#functions) as Index[];
  }
}

/** Indexes objects by the uid of their controller. */
export function byController(object: KubeObject): readonly string[] {
  const owners = object.metadata.ownerReferences ?? [];
  return owners.filter((owner) => owner.controller === true).map((owner) => owner.uid);
}

/**
 * The object without what only takes memory: the record of field ownership, and the copy that client-side apply keeps of
 * the whole object.
 */
export function withoutManagedFields<T extends KubeObject>(object: T): T {
  const { managedFields: _, annotations, ...metadata } = object.metadata;
  if (annotations === undefined) return { ...object, metadata };
  const { 'kubectl.kubernetes.io/last-applied-configuration': __, ...others } = annotations;
  return { ...object, metadata: { ...metadata, annotations: others } };
}
