import { isDeepStrictEqual } from 'node:util';
import { errorOfStatus, isRecord, KubeError } from './errors.ts';
import type { KubeObject } from './objects.ts';
import type { WatchEvent } from './requests.ts';
import { apiVersionOf, type Resource, resourceName } from './resources.ts';

/**
 * The object in an answer. The items of a list of built-in kinds lack `apiVersion` and `kind`: they get them here.
 *
 * @throws KubeError with the reason `InvalidAnswer` when it has no name.
 */
export function objectOf<T extends KubeObject>(resource: Resource<T>, value: unknown): T {
  const metadata = isRecord(value) ? value.metadata : undefined;
  if (!isRecord(metadata) || typeof metadata.name !== 'string') {
    throw invalid(`read ${resourceName(resource)}`, `an object without a name: ${excerpt(value)}`);
  }
  return { apiVersion: apiVersionOf(resource), kind: resource.kind, ...(value as T) };
}

/**
 * The event in a line of a watch.
 *
 * @throws KubeError with the Status of an ERROR event, or with the reason `InvalidAnswer` for a line that is no event.
 */
export function eventOf<T extends KubeObject>(resource: Resource<T>, line: string): WatchEvent<T> {
  const operation = `watch ${resourceName(resource)}`;
  const event = parsedLine(operation, line);
  const { type, object } = isRecord(event) ? event : {};
  switch (type) {
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED':
      return { type, object: objectOf(resource, object) };
    case 'BOOKMARK':
      return { type, resourceVersion: resourceVersionOf(operation, object) };
    case 'ERROR':
      throw errorOfStatus(operation, 500, object);
    default:
      throw invalid(operation, `no event: ${excerpt(event)}`);
  }
}

/** The resource version of a list or of a bookmark. @throws KubeError with the reason `InvalidAnswer` without one. */
export function resourceVersionOf(operation: string, value: unknown): string {
  const metadata = isRecord(value) ? value.metadata : undefined;
  const resourceVersion = isRecord(metadata) ? metadata.resourceVersion : undefined;
  if (typeof resourceVersion === 'string' && resourceVersion !== '') return resourceVersion;
  throw invalid(operation, `no resource version: ${excerpt(value)}`);
}

/** The plural names in an answer of the discovery API. */
export function servedPlurals(value: unknown): ReadonlySet<string> {
  const resources = isRecord(value) && Array.isArray(value.resources) ? value.resources : [];
  const names = resources.map((resource) => (isRecord(resource) ? resource.name : undefined));
  return new Set(names.filter((name) => typeof name === 'string'));
}

/** The schema of a kind in an OpenAPI 3 document, whatever it is called there. */
export function publishedSchema(document: unknown, { group, version, kind }: Resource): unknown {
  const components = isRecord(document) ? document.components : undefined;
  const schemas = isRecord(components) && isRecord(components.schemas) ? Object.values(components.schemas) : [];
  return schemas.find((schema) => {
    const kinds = isRecord(schema) ? schema['x-kubernetes-group-version-kind'] : undefined;
    return Array.isArray(kinds) && kinds.some((one) => isDeepStrictEqual(one, { group, version, kind }));
  });
}

/** The error for an answer that is not what the API is specified to send. */
export function invalid(operation: string, detail: string): KubeError {
  return new KubeError({ operation, reason: 'InvalidAnswer', detail });
}

function parsedLine(operation: string, line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw invalid(operation, `a line that is not JSON: ${excerpt(line)}`);
  }
}

function excerpt(value: unknown): string {
  return (typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing')).slice(0, 100);
}
