import type { FieldPath } from './field-path.ts';
import { formatPath } from './field-path.ts';
import { isObject } from './json.ts';
import type { Schema } from './schema.ts';
import { closest } from './suggestion.ts';
import type { Violation } from './violation.ts';

/**
 * Strict decoding, the API server's first stage: finds the fields of `value` that `schema` does not have, and says where
 * they may belong. Values of the wrong type are left to validation.
 */
export function unknownFields(schema: Schema, value: unknown): readonly Violation[] {
  return [...unknownIn(schema, value, [], schema)];
}

function* unknownIn(schema: Schema, value: unknown, path: FieldPath, root: Schema): Generator<Violation> {
  if (schema.type === 'array' && schema.items !== undefined && Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* unknownIn(schema.items, item, [...path, index], root);
  }
  if (schema.type !== 'object' || !isObject(value) || schema['x-kubernetes-preserve-unknown-fields'] === true) return;
  for (const [name, child] of Object.entries(value)) {
    const known = propertyOf(schema, name) ?? schema.additionalProperties;
    if (known !== undefined) yield* unknownIn(known, child, [...path, name], root);
    else yield unknownField(schema, [...path, name], name, root);
  }
}

function unknownField(schema: Schema, path: FieldPath, name: string, root: Schema): Violation {
  const siblings = Object.keys(schema.properties ?? {});
  const near = closest(name, siblings);
  const elsewhere = near === undefined ? pathsTo(root, name, []) : [];
  let remedy =
    siblings.length === 0 ? 'Remove it; nothing can be set here.' : `Remove it; here go ${siblings.join(', ')}.`;
  if (near !== undefined) remedy = `Did you mean ${near}?`;
  else if (elsewhere[0] !== undefined) remedy = `Did you mean ${formatPath(elsewhere[0])}?`;
  return { reason: 'Unknown', path, message: 'is not a field of a Courier', remedy };
}

function pathsTo(schema: Schema, name: string, path: FieldPath): readonly FieldPath[] {
  return Object.entries(schema.properties ?? {}).flatMap(([field, child]) => [
    ...(field === name ? [[...path, field]] : []),
    ...pathsTo(child, name, [...path, field]),
  ]);
}

/**
 * Pruning and defaulting, the API server's second stage: a copy of `value` without unknown fields and nulls, and with
 * the schema's defaults, into which it descends in turn. Values of the wrong type are kept for validation to refuse.
 */
export function withDefaults(schema: Schema, value: unknown): unknown {
  if (schema.type === 'array' && Array.isArray(value)) {
    const { items } = schema;
    return items === undefined ? value : value.map((item: unknown) => withDefaults(items, item));
  }
  if (schema.type !== 'object' || !isObject(value)) return value;
  if (schema['x-kubernetes-preserve-unknown-fields'] === true) return value;
  const { additionalProperties } = schema;
  if (additionalProperties !== undefined) {
    return Object.fromEntries(
      Object.entries(value).map(([name, child]) => [name, withDefaults(additionalProperties, child)]),
    );
  }
  const entries = Object.entries(schema.properties ?? {}).flatMap(([name, child]) => {
    const given = Object.hasOwn(value, name) ? (value[name] ?? child.default) : child.default;
    return given === undefined ? [] : [[name, withDefaults(child, given)] as const];
  });
  return Object.fromEntries(entries);
}

/** The schema of the property `name`, or undefined; names such as `constructor` are no properties. */
export function propertyOf(schema: Schema, name: string): Schema | undefined {
  return schema.properties !== undefined && Object.hasOwn(schema.properties, name)
    ? schema.properties[name]
    : undefined;
}
