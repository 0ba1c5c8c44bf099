import type { Schema } from '../../api/schema.ts';
import type { CustomResourceDefinition } from './crd-module.ts';

/** Writes the reference of the resource: a table for each object in it, and every rule that binds several fields. */
export function referencePage(crd: CustomResourceDefinition): string {
  const { group, names, versions } = crd.spec;
  const [{ name: version, schema }] = versions;
  const root = schema.openAPIV3Schema;
  const sections = ['spec', 'status'].flatMap((name) => {
    const child = root.properties?.[name];
    return child === undefined ? [] : objectSections(child, name);
  });
  return `# The ${names.kind} resource

Generated from \`crds/courier.dev_couriers.yaml\` by \`npm run generate\`; edit that file instead.

\`apiVersion: ${group}/${version}\`, \`kind: ${names.kind}\`; kubectl also knows it as \`${names.shortNames.join('`, `')}\`.
${root.description}
The smallest one is [examples/minimal.yaml](../examples/minimal.yaml). \`courier\` refuses offline what the API server
would refuse, by the same schema and rules.
${rulesOf(root)}${sections.join('')}`;
}

function objectSections(schema: Schema, path: string): readonly string[] {
  const children = Object.entries(schema.properties ?? {});
  const rows = children.map(([name, child]) => row(name, child, (schema.required ?? []).includes(name)));
  const table = `| Field | Type | Default | Description |\n|---|---|---|---|\n${rows.join('\n')}\n`;
  const section = `\n## ${path}\n\n${schema.description}\n\n${table}${rulesOf(schema)}`;
  const nested = children.flatMap(([name, child]) => {
    const [object, suffix] = child.items === undefined ? [child, ''] : [child.items, '[]'];
    return object.properties === undefined ? [] : objectSections(object, `${path}.${name}${suffix}`);
  });
  return [section, ...nested];
}

function row(name: string, schema: Schema, isRequired: boolean): string {
  const fallback = isRequired ? 'required' : defaultOf(schema);
  return `| \`${name}\` | ${typeOf(schema)} | ${fallback} | ${(schema.description ?? '').replaceAll('|', '\\|')} |`;
}

function defaultOf(schema: Schema): string {
  return schema.default === undefined || schema.type === 'object' ? '' : `\`${String(schema.default)}\``;
}

function typeOf(schema: Schema): string {
  const { type = 'quantity', minimum, maximum, maxLength, maxItems, maxProperties } = schema;
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${value}\``).join(', ');
  if (minimum !== undefined && maximum !== undefined) return `integer, ${minimum} to ${maximum}`;
  if (minimum !== undefined) return `integer, at least ${minimum}`;
  if (maxProperties !== undefined) return `map, up to ${maxProperties} names`;
  if (maxLength !== undefined && type === 'string') return `string, up to ${maxLength} characters`;
  return maxItems === undefined ? type : `list, up to ${maxItems} items`;
}

/** The rules of an object and of those of its fields that have no section of their own. */
function rulesOf(schema: Schema): string {
  const fields = Object.entries(schema.properties ?? {}).filter(([, { type }]) => type !== 'object');
  const rules = [
    ...messagesOf(schema).map((message) => `- ${message}`),
    ...fields.flatMap(([name, child]) => messagesOf(child).map((message) => `- \`${name}\`: ${message}`)),
  ];
  return rules.length === 0 ? '' : `\nRefused:\n\n${rules.join('\n')}\n`;
}

function messagesOf(schema: Schema): readonly string[] {
  return (schema['x-kubernetes-validations'] ?? []).map(({ message }) => message);
}
