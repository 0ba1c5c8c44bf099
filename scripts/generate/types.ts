import { compile, type JSONSchema } from 'json-schema-to-typescript';
import { objectMetaSchema } from '../../api/object-meta.ts';
import type { Schema } from '../../api/schema.ts';

const banner = `/**
 * The Courier resource after defaulting: a field with a default is always there. Generated from
 * crds/courier.dev_couriers.yaml by \`npm run generate\`; edit that file instead.
 */`;

/** Writes the TypeScript of `schema`: one type for each object in it, named by its path, every field readonly. */
export async function typesOf(schema: Schema): Promise<string> {
  const source = await compile(toJsonSchema(schema, ['Courier']), 'Courier', {
    additionalProperties: false,
    bannerComment: banner,
    ignoreMinAndMaxItems: true,
    style: { singleQuote: true, printWidth: 120, semi: true },
  });
  return source
    .replace(/^( +)(\w+\??: |\[k: )/gm, '$1readonly $2')
    .replace(/: (\w+)\[\];$/gm, ': readonly $1[];')
    .replace(/^( *\* )(.{100,})$/gm, (_line, margin: string, text: string) => wrap(text, margin));
}

function toJsonSchema(schema: Schema, path: readonly string[]): JSONSchema {
  const properties = Object.entries(schema.properties ?? {});
  const type = schema.type ?? (['integer', 'string'] as const);
  const known: JSONSchema = { type: typeof type === 'string' ? type : [...type], description: describe(schema) };
  if (schema.enum !== undefined) known.enum = [...schema.enum];
  if (schema.items !== undefined) known.items = toJsonSchema(schema.items, singular(path));
  if (schema.type !== 'object') return known;
  if (schema['x-kubernetes-preserve-unknown-fields'] === true) return { ...known, additionalProperties: true };
  if (schema.additionalProperties !== undefined) {
    return { ...known, additionalProperties: toJsonSchema(schema.additionalProperties, path) };
  }
  return {
    ...known,
    title: path.join(''),
    properties: Object.fromEntries(properties.map(([name, child]) => [name, childSchema(name, child, path)] as const)),
    required: properties.filter(([name, child]) => isPresent(schema, name, child, path)).map(([name]) => name),
  };
}

function childSchema(name: string, child: Schema, path: readonly string[]): JSONSchema {
  if (path.length === 1) {
    if (name === 'apiVersion') return { type: 'string', enum: ['courier.dev/v1alpha1'] };
    if (name === 'kind') return { type: 'string', enum: ['Courier'] };
    if (name === 'metadata') return toJsonSchema(objectMetaSchema, ['ObjectMeta']);
  }
  return toJsonSchema(child, childPath(path, name));
}

/** The names of types leave out `Spec`, except for the spec itself: CourierQueue, CourierDeliveryBackoff. */
function childPath(path: readonly string[], name: string): readonly string[] {
  const parent = path.at(-1) === 'Spec' ? path.slice(0, -1) : path;
  return [...parent, name.charAt(0).toUpperCase() + name.slice(1)];
}

function singular(path: readonly string[]): readonly string[] {
  return path.with(-1, (path.at(-1) ?? '').replace(/s$/, ''));
}

function isPresent(schema: Schema, name: string, child: Schema, path: readonly string[]): boolean {
  const identity = path.length === 1 && ['apiVersion', 'kind', 'metadata'].includes(name);
  return identity || child.default !== undefined || (schema.required ?? []).includes(name);
}

/** The description with what a type cannot say: the default and the bounds. */
function describe(schema: Schema): string {
  const facts = [schema.description ?? ''];
  if (schema.minimum !== undefined && schema.maximum !== undefined)
    facts.push(`${schema.minimum} to ${schema.maximum}.`);
  if (schema.default !== undefined && schema.type !== 'object') facts.push(`Default: ${String(schema.default)}.`);
  return facts.join(' ').trim();
}

/** Breaks a line of a comment into lines of at most 110 characters. */
function wrap(text: string, margin: string): string {
  const lines = text.match(/\S.{0,109}(?=\s|$)/g) ?? [text];
  return lines.map((line) => `${margin}${line}`).join('\n');
}
