import type { Schema } from '../../api/schema.ts';
import { isRecord } from '../kube/errors.ts';

/**
 * The fields of `known` that a schema of the API server does not have: of those the API server serves none, and refuses them
 * in a status. Paths without the fields inside of a missing one, such as `spec.recipient.batch`.
 */
export function missingFields(known: Schema, published: unknown, path: readonly string[] = []): readonly string[] {
  if (!isRecord(published)) return [path.join('.')];
  const { properties, items } = published;
  const inItems = known.items === undefined ? [] : missingFields(known.items, items, path);
  const inFields = Object.entries(known.properties ?? {}).flatMap(([name, child]) =>
    missingFields(child, isRecord(properties) ? properties[name] : undefined, [...path, name]),
  );
  return [...inItems, ...inFields];
}
