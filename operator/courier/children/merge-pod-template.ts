import { isObject, type JsonObject } from '../../../api/json.ts';
import type { CourierWorkerPodTemplate } from '../../../api/v1alpha1.gen.ts';
import { display } from '../../../api/violation.ts';
import type { PodTemplate } from '../objects.ts';
import { PlanError } from '../plan-error.ts';

/** How the items of a list are matched, and what becomes of two that match. */
type ListMerge = { readonly key: string; readonly match: 'Merge' | 'Replace' };

/**
 * The lists of a pod template that are merged by a key, as kubectl's strategic merge does; all others are replaced.
 * Variables and volumes are unions (`value` or `valueFrom`, one source): two halves of different kinds make no whole, so
 * the later one is taken as it is.
 */
const lists: ReadonlyMap<string, ListMerge> = new Map([
  ['containers', { key: 'name', match: 'Merge' }],
  ['initContainers', { key: 'name', match: 'Merge' }],
  ['ports', { key: 'containerPort', match: 'Merge' }],
  ['volumeMounts', { key: 'mountPath', match: 'Merge' }],
  ['volumeDevices', { key: 'devicePath', match: 'Merge' }],
  ['env', { key: 'name', match: 'Replace' }],
  ['volumes', { key: 'name', match: 'Replace' }],
  ['imagePullSecrets', { key: 'name', match: 'Merge' }],
  ['hostAliases', { key: 'ip', match: 'Merge' }],
  ['topologySpreadConstraints', { key: 'topologyKey', match: 'Merge' }],
]);

/** Maps whose keys are names that people choose: what is in them is no list of the pod, whatever it is called. */
const opaque: ReadonlySet<string> = new Set([
  'annotations',
  'labels',
  'limits',
  'matchLabels',
  'nodeSelector',
  'overhead',
  'requests',
  'volumeAttributes',
]);

const root = 'spec.worker.podTemplate';

/**
 * Merges the author's template over Courier's: objects field by field, lists as {@link lists} says, null removes.
 *
 * @throws PlanError when the author's template cannot be one.
 */
export function mergePodTemplate(made: PodTemplate, overlay: CourierWorkerPodTemplate): PodTemplate {
  const merged = mergeObjects({ ...made }, { ...overlay }, root);
  assertTemplate(merged);
  // What has been checked is what Courier relies on. The rest is the API server's to refuse.
  return merged as PodTemplate;
}

function mergeObjects(base: JsonObject, overlay: JsonObject, path: string): JsonObject {
  const merged = new Map(Object.entries(base));
  for (const [name, value] of Object.entries(overlay)) {
    if (name.startsWith('$')) {
      throw invalid(`${path}.${name} is a directive, and none is known. Write null to remove a field`);
    }
    if (value === null) merged.delete(name);
    else merged.set(name, mergeValues(name, base[name], value, `${path}.${name}`));
  }
  return Object.fromEntries(merged);
}

function mergeValues(name: string, base: unknown, overlay: unknown, path: string): unknown {
  const below = isObject(base) ? base : {};
  if (opaque.has(name) && isObject(overlay)) return withoutNulls({ ...below, ...overlay });
  const merge = lists.get(name);
  if (merge === undefined) return isObject(overlay) ? mergeObjects(below, overlay, path) : overlay;
  if (!Array.isArray(overlay)) throw invalid(`${path} is ${display(overlay)}, and must be a list`);
  return mergeLists(Array.isArray(base) ? base : [], overlay, merge, path);
}

/** What matches keeps its place; what is new comes at the end. */
function mergeLists(
  base: readonly unknown[],
  overlay: readonly unknown[],
  { key, match }: ListMerge,
  path: string,
): readonly unknown[] {
  const merged = new Map(base.map((item) => [isObject(item) ? item[key] : item, item]));
  for (const [index, item] of overlay.entries()) {
    const at = `${path}[${index}]`;
    if (!isObject(item) || item[key] === undefined || item[key] === null) {
      throw invalid(`${at} has no ${key}. Add it, since the items of this list are found by it`);
    }
    const before = merged.get(item[key]);
    merged.set(item[key], mergeObjects(match === 'Merge' && isObject(before) ? before : {}, item, at));
  }
  return [...merged.values()];
}

function withoutNulls(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null));
}

/** What the operator itself reads in the merged template, and what must be there for the fleet to be one. */
function assertTemplate(template: JsonObject): void {
  const { metadata, spec } = template;
  for (const part of ['metadata', 'spec'] as const) {
    if (!isObject(template[part])) throw invalid(`${root}.${part} is null. Remove it`);
  }
  if (isObject(metadata)) {
    for (const map of ['labels', 'annotations'] as const) {
      const value = metadata[map] ?? {};
      if (isObject(value) && Object.values(value).every((text) => typeof text === 'string')) continue;
      throw invalid(`${root}.metadata.${map} must be names with strings. Put its values in quotes`);
    }
  }
  if (isObject(spec) && !Array.isArray(spec.containers)) {
    throw invalid(`${root}.spec.containers is null. Remove it, since without a container there is no worker`);
  }
}

function invalid(sentence: string): PlanError {
  return new PlanError('PodTemplateInvalid', `${sentence}.`);
}
