import { propertyOf } from './decoding.ts';
import type { FieldPath } from './field-path.ts';
import { isObject, type JsonObject } from './json.ts';
import { type Schema, typeOf } from './schema.ts';
import { closest } from './suggestion.ts';
import { display, type Violation } from './violation.ts';

/**
 * Structural validation, the API server's third stage: types, required fields, enums, bounds and keys of list-maps. It
 * expects unknown fields pruned and defaults applied ({@link ./decoding.ts}); CEL rules are the fourth stage.
 */
export function validate(schema: Schema, value: unknown, path: FieldPath = []): readonly Violation[] {
  switch (typeOf(schema)) {
    case 'object':
      return isObject(value) ? validateObject(schema, value, path) : [wrongType(schema, value, path)];
    case 'array':
      return Array.isArray(value) ? validateArray(schema, value, path) : [wrongType(schema, value, path)];
    case 'string':
      return typeof value === 'string' ? validateString(schema, value, path) : [wrongType(schema, value, path)];
    case 'integer':
      return Number.isInteger(value) ? validateInteger(schema, Number(value), path) : [wrongType(schema, value, path)];
    case 'boolean':
      return typeof value === 'boolean' ? [] : [wrongType(schema, value, path)];
    case 'int-or-string':
      if (typeof value === 'string') return validateString(schema, value, path);
      return Number.isInteger(value) ? [] : [wrongType(schema, value, path)];
  }
}

function validateObject(schema: Schema, value: JsonObject, path: FieldPath): readonly Violation[] {
  const missing = (schema.required ?? [])
    .filter((name) => !Object.hasOwn(value, name))
    .map((name) => required([...path, name], propertyOf(schema, name)));
  const invalid = Object.entries(value).flatMap(([name, child]) => {
    const childSchema = propertyOf(schema, name) ?? schema.additionalProperties;
    return childSchema === undefined ? [] : validate(childSchema, child, [...path, name]);
  });
  return [...missing, ...tooMany(schema, value, path), ...invalid];
}

function tooMany({ maxProperties }: Schema, value: JsonObject, path: FieldPath): readonly Violation[] {
  const count = Object.keys(value).length;
  if (maxProperties === undefined || count <= maxProperties) return [];
  const message = `has ${count} names, more than the ${maxProperties} that are allowed`;
  return [{ reason: 'Invalid', path, message, remedy: `Keep at most ${maxProperties}.` }];
}

function required(path: FieldPath, schema: Schema | undefined): Violation {
  const [meaning] = schema?.description?.split(/(?<=\.)\s/) ?? [];
  const remedy = meaning === undefined ? 'Add it.' : `Add it: ${lowerFirst(meaning)}`;
  return { reason: 'Required', path, message: 'is required and missing', remedy };
}

function lowerFirst(sentence: string): string {
  return /^[A-Z][a-z ]/.test(sentence) ? sentence.charAt(0).toLowerCase() + sentence.slice(1) : sentence;
}

function validateArray(schema: Schema, value: readonly unknown[], path: FieldPath): readonly Violation[] {
  const { items, maxItems } = schema;
  const violations: Violation[] = [];
  if (maxItems !== undefined && value.length > maxItems) {
    const message = `has ${value.length} items, more than the ${maxItems} that are allowed`;
    violations.push({ reason: 'Invalid', path, message, remedy: `Keep at most ${maxItems}.` });
  }
  if (items !== undefined)
    value.forEach((item, index) => void violations.push(...validate(items, item, [...path, index])));
  return [...violations, ...duplicates(schema, value, path)];
}

/** Items of a list-map whose keys were there before. */
function duplicates(schema: Schema, value: readonly unknown[], path: FieldPath): readonly Violation[] {
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  if (schema['x-kubernetes-list-type'] !== 'map') return [];
  const seen = new Set<string>();
  return value.flatMap((item, index) => {
    const key = keys.map((name) => `${name} ${display(isObject(item) ? item[name] : undefined)}`).join(', ');
    if (!seen.has(key)) {
      seen.add(key);
      return [];
    }
    const message = `is a second item with ${key}`;
    return [{ reason: 'Duplicate', path: [...path, index], message, remedy: 'Keep one of them.' } as const];
  });
}

function validateString(schema: Schema, value: string, path: FieldPath): readonly Violation[] {
  const { minLength = 0, maxLength = Number.POSITIVE_INFINITY } = schema;
  if (schema.enum !== undefined && !schema.enum.includes(value)) {
    const near = closest(value, schema.enum);
    const remedy = near === undefined ? 'Write one of them.' : `Did you mean ${near}?`;
    const message = `${display(value)} is not one of ${schema.enum.join(', ')}`;
    return [{ reason: 'Invalid', path, value, message, remedy }];
  }
  const length = [...value].length;
  if (length < minLength) {
    return [{ reason: 'Invalid', path, value, message: 'is empty', remedy: 'Write a value or remove the field.' }];
  }
  if (length <= maxLength) return [];
  const message = `has ${length} characters, more than the ${maxLength} that are allowed`;
  return [
    {
      reason: 'Invalid',
      path,
      ...(holdsSecret(schema) ? {} : { value }),
      message,
      remedy: `Shorten it to ${maxLength}.`,
    },
  ];
}

function validateInteger(schema: Schema, value: number, path: FieldPath): readonly Violation[] {
  const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } = schema;
  if (value >= minimum && value <= maximum) return [];
  const message =
    value < minimum ? `${value} is below the minimum ${minimum}` : `${value} is above the maximum ${maximum}`;
  return [{ reason: 'Invalid', path, value, message, remedy: `Write a whole number${boundsOf(schema)}.` }];
}

function wrongType(schema: Schema, value: unknown, path: FieldPath): Violation {
  const isQuoted = !isContainer(value) && !holdsSecret(schema);
  const seen = isQuoted ? `${nameOfType(value)} ${display(value)}` : nameOfType(value);
  const message = `must be ${article[typeOf(schema)]}, not ${seen}`;
  return { reason: 'Invalid', path, ...(isQuoted ? { value } : {}), message, remedy: typeRemedy(schema, value) };
}

const article = {
  object: 'an object',
  array: 'a list',
  string: 'a string',
  integer: 'a whole number',
  boolean: 'true or false',
  'int-or-string': 'a whole number or a string',
} as const;

function typeRemedy(schema: Schema, value: unknown): string {
  switch (typeOf(schema)) {
    case 'object':
      if (schema.additionalProperties !== undefined) return 'Write names and values below it.';
      if (schema['x-kubernetes-preserve-unknown-fields'] === true) return 'Write its fields below it.';
      if (schema.properties === undefined) return 'Write {}.';
      return `Write its fields below it: ${Object.keys(schema.properties).join(', ')}.`;
    case 'array':
      return 'Write each item on a line of its own that begins with "- ".';
    case 'string':
    case 'int-or-string':
      return isContainer(value) ? 'Write a string.' : 'Put it in quotes.';
    case 'integer':
      return typeof value === 'string' && /^-?\d+$/.test(value)
        ? 'Remove the quotes.'
        : `Write a whole number${boundsOf(schema)}, without a unit.`;
    case 'boolean':
      return 'Write true or false, without quotes.';
  }
}

function boundsOf({ minimum, maximum }: Schema): string {
  return minimum === undefined || maximum === undefined ? '' : ` from ${minimum} to ${maximum}`;
}

function isContainer(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

function nameOfType(value: unknown): string {
  if (value === null) return 'an empty value';
  if (Array.isArray(value)) return 'a list';
  return (
    { object: 'an object', string: 'the string', number: 'the number', boolean: 'the boolean' }[String(typeof value)] ??
    'a'
  );
}

/** A list of headers that was written as one string is as secret as the headers would have been. */
function holdsSecret(schema: Schema): boolean {
  const children = [schema.items, schema.additionalProperties, ...Object.values(schema.properties ?? {})];
  return schema.format === 'password' || children.some((child) => child !== undefined && holdsSecret(child));
}
