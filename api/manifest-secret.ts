import { isObject, type JsonObject } from './json.ts';
import type { Violation } from './violation.ts';

/** A Secret of a manifest: its values by their keys. */
export type ManifestSecret = {
  readonly namespace: string;
  readonly name: string;
  readonly values: ReadonlyMap<string, Buffer>;
};

export function isSecret(object: JsonObject): boolean {
  return object.apiVersion === 'v1' && object.kind === 'Secret';
}

/**
 * Reads a Secret as the API server would: `stringData` goes over `data`, which is base64. No violation quotes a value.
 */
export function decodeSecret(object: JsonObject): { secret?: ManifestSecret; violations: readonly Violation[] } {
  const { metadata, data = {}, stringData = {} } = object;
  const { name, namespace = 'default' } = isObject(metadata) ? metadata : {};
  if (typeof name !== 'string' || name === '' || typeof namespace !== 'string') {
    const remedy = "Write the Secret's name, and its namespace where it has one.";
    return {
      violations: [{ reason: 'Required', path: ['metadata', 'name'], message: 'is required and missing', remedy }],
    };
  }
  const values = new Map<string, Buffer>();
  const violations = [
    ...readValues('data', data, (key, text) => {
      if (!/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(text)) return 'is not base64';
      values.set(key, Buffer.from(text, 'base64'));
      return undefined;
    }),
    ...readValues('stringData', stringData, (key, text) => {
      values.set(key, Buffer.from(text));
      return undefined;
    }),
  ];
  return violations.length > 0 ? { violations } : { secret: { namespace, name, values }, violations };
}

function readValues(
  field: 'data' | 'stringData',
  values: unknown,
  take: (key: string, text: string) => string | undefined,
): readonly Violation[] {
  const remedy =
    field === 'data' ? 'Write base64, or write the text itself below stringData.' : 'Write names with texts in quotes.';
  if (!isObject(values)) return [{ reason: 'Invalid', path: [field], message: 'must be an object', remedy }];
  return Object.entries(values).flatMap(([key, text]) => {
    const message = typeof text === 'string' ? take(key, text) : 'must be a string';
    return message === undefined ? [] : [{ reason: 'Invalid', path: [field, key], message, remedy } as const];
  });
}
