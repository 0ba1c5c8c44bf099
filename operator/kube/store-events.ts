import { type KubeObject, keyOf } from './objects.ts';
import type { WatchEvent } from './requests.ts';
import type { Store } from './store.ts';

/** A change of a store, told after the store shows it. */
export type StoreEvent<T extends KubeObject = KubeObject> =
  | {
      readonly type: 'added';
      readonly object: T;
      /** Whether it came with the first list: nobody has just made it, as far as one can tell. */
      readonly initial: boolean;
    }
  | { readonly type: 'updated'; readonly object: T; readonly previous: T }
  /** `object` is the last state that was seen. */
  | { readonly type: 'deleted'; readonly object: T }
  /** Nothing has changed; it is time to look whether all is as it should be. */
  | { readonly type: 'resync'; readonly object: T };

/** Puts one change of a watch into the store. */
export function storeChange<T extends KubeObject, I extends string>(
  store: Store<T, I>,
  { type, object }: Exclude<WatchEvent<T>, { type: 'BOOKMARK' }>,
): StoreEvent<T>[] {
  if (type !== 'DELETED') return storeObject(store, object, false);
  return store.delete(keyOf(object)) === undefined ? [] : [{ type: 'deleted', object }];
}

/**
 * Makes the store show exactly `items`, and tells what that changes. Objects are told apart by their uid: what was
 * deleted and made anew under the same name while nobody watched, is a deletion and an addition.
 */
export function storeList<T extends KubeObject, I extends string>(
  store: Store<T, I>,
  items: readonly T[],
  initial: boolean,
): StoreEvent<T>[] {
  const listed = new Set(items.map(keyOf));
  const gone = [...store.keys()].filter((key) => !listed.has(key));
  const deletions = gone.flatMap((key): StoreEvent<T>[] => {
    const object = store.delete(key);
    return object === undefined ? [] : [{ type: 'deleted', object }];
  });
  return [...deletions, ...items.flatMap((item) => storeObject(store, item, initial))];
}

function storeObject<T extends KubeObject, I extends string>(
  store: Store<T, I>,
  object: T,
  initial: boolean,
): StoreEvent<T>[] {
  const previous = store.set(object);
  if (previous === undefined) return [{ type: 'added', object, initial }];
  if (previous.metadata.uid !== object.metadata.uid) {
    return [
      { type: 'deleted', object: previous },
      { type: 'added', object, initial: false },
    ];
  }
  if (previous.metadata.resourceVersion === object.metadata.resourceVersion) return [];
  return [{ type: 'updated', object, previous }];
}
