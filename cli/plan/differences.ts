import { isObject } from '../../api/json.ts';

/** One field that is another afterwards; undefined: it is not there. */
export type Difference = { readonly path: string; readonly before: unknown; readonly after: unknown };

/**
 * Where two objects differ, field by field. Items of lists that have names are compared by them, and shown as
 * `containers[worker]`; others by their place.
 */
export function differences(before: unknown, after: unknown, path = ''): readonly Difference[] {
  if (isObject(before) && isObject(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return names.flatMap((name) => differences(before[name], after[name], path === '' ? name : `${path}.${name}`));
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    const [from, to] = [byName(before), byName(after)];
    const keys = [...new Set([...from.keys(), ...to.keys()])];
    return keys.flatMap((key) => differences(from.get(key), to.get(key), `${path}[${key}]`));
  }
  return before === after ? [] : [{ path, before, after }];
}

function byName(items: readonly unknown[]): ReadonlyMap<string, unknown> {
  return new Map(
    items.map((item, index) => [isObject(item) && typeof item.name === 'string' ? item.name : String(index), item]),
  );
}
