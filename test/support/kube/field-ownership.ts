import { isDeepStrictEqual } from 'node:util';

/** A JSON object. */
export type Fields = Record<string, unknown>;
/** Where a value is: names of fields, and `key=value` for an item of a list that has keys. */
type Path = readonly string[];

/** Lists whose items are told apart by a key; every other list is one value. */
const listKeys: Readonly<Record<string, string>> = {
  conditions: 'type',
  containers: 'name',
  env: 'name',
  volumes: 'name',
};

/** Who owns which fields of one object: a manager's name to the paths that it owns. */
export type Ownership = Map<string, Set<string>>;

/** The result of an apply: the object as it is then, or the paths that belong to others. */
export type Applied =
  | { readonly object: Fields }
  | { readonly conflicts: readonly { manager: string; path: string }[] };

/** What server-side apply does, for objects of the kinds that tests use: see the Kubernetes documentation. */
export function applyFields(
  live: Fields,
  applied: Fields,
  { ownership, manager, force }: { ownership: Ownership; manager: string; force: boolean },
): Applied {
  const wanted = new Map(leavesOf(applied).map(([path, value]) => [JSON.stringify(path), { path, value }]));
  const others = [...ownership].filter(([name]) => name !== manager);
  const conflicts = others.flatMap(([name, paths]) =>
    [...wanted]
      .filter(([key, { path, value }]) => paths.has(key) && !isDeepStrictEqual(valueAt(live, path), value))
      .map(([, { path }]) => ({ manager: name, path: path.join('.') })),
  );
  if (conflicts.length > 0 && !force) return { conflicts };
  const object = structuredClone(live);
  for (const key of ownership.get(manager) ?? []) {
    const shared = others.some(([, paths]) => paths.has(key));
    if (!wanted.has(key) && !shared) remove(object, JSON.parse(key));
  }
  for (const [key, { path, value }] of wanted) {
    if (!isDeepStrictEqual(valueAt(object, path), value)) for (const [, paths] of others) paths.delete(key);
    assign(object, path, value);
  }
  ownership.set(manager, new Set(wanted.keys()));
  arrange(object, applied);
  return { object };
}

/** Gives the fields that a plain write has changed to its manager. */
export function ownChanges(before: Fields, after: Fields, ownership: Ownership, manager: string): void {
  for (const [path, value] of leavesOf(after)) {
    if (isDeepStrictEqual(valueAt(before, path), value)) continue;
    const key = JSON.stringify(path);
    for (const paths of ownership.values()) paths.delete(key);
    ownership.set(manager, (ownership.get(manager) ?? new Set()).add(key));
  }
}

/** RFC 7386. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isFields(patch)) return patch;
  const result: Fields = isFields(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete result[name];
    else result[name] = mergePatch(result[name], value);
  }
  return result;
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function leavesOf(value: unknown, path: Path = []): [Path, unknown][] {
  if (isFields(value) && Object.keys(value).length > 0) {
    return Object.entries(value).flatMap(([name, field]) => leavesOf(field, [...path, name]));
  }
  const key = listKeys[path.at(-1) ?? ''];
  if (key === undefined || !Array.isArray(value)) return [[path, value]];
  return value.flatMap((item) => leavesOf(item, [...path, `${key}=${isFields(item) ? item[key] : ''}`]));
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((at, name) => stepInto(at, name), value);
}

function stepInto(value: unknown, name: string): unknown {
  if (isFields(value)) return value[name];
  return Array.isArray(value) ? value[indexOfItem(value, name)] : undefined;
}

function indexOfItem(items: readonly unknown[], name: string): number {
  const [key = '', wanted] = name.split('=', 2);
  return items.findIndex((item) => isFields(item) && item[key] === wanted);
}

function assign(object: Fields, path: Path, value: unknown): void {
  let at: unknown = object;
  path.forEach((name, index) => {
    const last = index === path.length - 1;
    const following = listKeys[name] !== undefined && path[index + 1]?.includes('=') ? [] : {};
    if (isFields(at)) at[name] = last ? structuredClone(value) : (at[name] ?? following);
    else if (Array.isArray(at) && indexOfItem(at, name) < 0) at.push({});
    if (Array.isArray(at) && indexOfItem(at, name) < 0) {
      const [key = '', wanted] = name.split('=', 2);
      at[at.length - 1] = { [key]: wanted };
    }
    at = stepInto(at, name);
  });
}

/** Brings the items of lists into the order in which they were applied; those of others stay before what they stood before. */
function arrange(live: unknown, applied: unknown): void {
  if (!isFields(live) || !isFields(applied)) return;
  for (const [name, wanted] of Object.entries(applied)) {
    const [key, items] = [listKeys[name], live[name]];
    if (key !== undefined && Array.isArray(wanted) && Array.isArray(items)) {
      live[name] = arranged(items, wanted, (item) => (isFields(item) ? item[key] : undefined));
    } else arrange(items, wanted);
  }
}

function arranged(live: readonly unknown[], applied: readonly unknown[], keyOf: (item: unknown) => unknown): unknown[] {
  const keys = applied.map(keyOf);
  const shared = keys.flatMap((key) => live.filter((item) => keyOf(item) === key));
  let next = 0;
  return live.flatMap((item) => (keys.includes(keyOf(item)) ? (shared[next++] ?? []) : [item]));
}

/** Removes a field, and what is empty without it. With the key of an item the item goes. */
function remove(object: Fields, path: Path): void {
  const isKey = path.at(-2)?.startsWith(`${path.at(-1)}=`);
  for (let gone = isKey ? path.slice(0, -1) : path; gone.length > 0; gone = gone.slice(0, -1)) {
    const parent = valueAt(object, gone.slice(0, -1));
    if (!takeOut(parent, gone.at(-1) ?? '')) return;
  }
}

/** Takes a field or an item out of `parent`. @returns whether nothing else is in it. */
function takeOut(parent: unknown, name: string): boolean {
  if (Array.isArray(parent)) {
    const index = indexOfItem(parent, name);
    if (index >= 0) parent.splice(index, 1);
    return index >= 0 && parent.length === 0;
  }
  if (!isFields(parent)) return false;
  delete parent[name];
  return Object.keys(parent).length === 0;
}
