import { Environment, type ObjectSchema, type ParseResult } from '@marcbachmann/cel-js';
import { type FieldPath, isWithin } from './field-path.ts';
import { isObject } from './json.ts';
import { type Schema, typeOf, type ValidationRule } from './schema.ts';
import { shorten, type Violation } from './violation.ts';

/**
 * CEL rules, the API server's last stage: evaluates the `x-kubernetes-validations` of `schema` on a value that is pruned
 * and has its defaults. Children come first; the rules of an object with a violation in it, found here or `before`, wait
 * until that is mended, since they would only repeat it.
 *
 * @throws Error when a rule cannot be compiled, or fails on a value that is structurally valid: a mistake in the CRD.
 */
export function checkRules(schema: Schema, value: unknown, before: readonly Violation[] = []): readonly Violation[] {
  return checkNode(schema, value, [], before);
}

function checkNode(
  schema: Schema,
  value: unknown,
  path: FieldPath,
  before: readonly Violation[],
): readonly Violation[] {
  const below = childrenOf(schema, value).flatMap(([step, childSchema, child]) =>
    checkNode(childSchema, child, [...path, step], before),
  );
  if (below.length > 0 || before.some((violation) => isWithin(violation.path, path))) return below;
  const self = toCel(schema, value);
  return compiledRules(schema).flatMap((compiled) => evaluate(compiled, schema, value, self, path));
}

function childrenOf(schema: Schema, value: unknown): readonly (readonly [string | number, Schema, unknown])[] {
  const { items, properties, additionalProperties } = schema;
  if (Array.isArray(value)) return items === undefined ? [] : value.map((item, index) => [index, items, item] as const);
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, child]) => {
    const childSchema = properties?.[name] ?? additionalProperties;
    return childSchema === undefined ? [] : [[name, childSchema, child] as const];
  });
}

type CompiledRule = { readonly rule: ValidationRule; readonly holds: ParseResult; readonly message?: ParseResult };

const compiled = new WeakMap<Schema, readonly CompiledRule[]>();

/**
 * The rules of one node of a schema, type-checked as the API server does when the CRD is applied.
 * @throws Error that names the rule when one does not compile.
 */
export function compiledRules(schema: Schema): readonly CompiledRule[] {
  const known = compiled.get(schema);
  if (known !== undefined) return known;
  const rules = (schema['x-kubernetes-validations'] ?? []).map((rule) => ({
    rule,
    holds: compile(schema, rule.rule, 'bool'),
    ...(rule.messageExpression === undefined ? {} : { message: compile(schema, rule.messageExpression, 'string') }),
  }));
  compiled.set(schema, rules);
  return rules;
}

function compile(schema: Schema, expression: string, type: 'bool' | 'string'): ParseResult {
  const environment = newEnvironment();
  const self = celType(schema);
  if (typeof self === 'string') environment.registerVariable('self', self);
  else environment.registerVariable('self', { schema: self });
  const checked = environment.check(expression);
  if (checked.error !== undefined)
    throw new Error(`the CEL rule ${expression} does not compile`, { cause: checked.error });
  if (checked.type !== type) throw new Error(`the CEL rule ${expression} gives ${checked.type}, not ${type}`);
  return environment.parse(expression);
}

/** What the API server's CEL knows and cel-js does not. */
function newEnvironment(): Environment {
  return new Environment()
    .registerFunction('isURL(string): bool', (text: string) => URL.canParse(text))
    .registerFunction('isQuantity(string): bool', (text: string) => quantity.test(text))
    .registerFunction('string.format(list): string', (template: string, values: readonly unknown[]) => {
      let next = 0;
      return template.replaceAll(/%[sd]/g, () => String(values[next++]));
    });
}

/** The grammar of quantities: https://pkg.go.dev/k8s.io/apimachinery/pkg/api/resource#Quantity */
const quantity = /^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?$/;

function celType(schema: Schema): string | ObjectSchema {
  switch (typeOf(schema)) {
    case 'object':
      if (schema.additionalProperties !== undefined) return 'map<string, dyn>';
      if (schema.properties === undefined) return 'map';
      return Object.fromEntries(Object.entries(schema.properties).map(([name, child]) => [name, celType(child)]));
    case 'array':
      return schema.items?.type === 'string' ? 'list<string>' : 'list<map<string, dyn>>';
    case 'string':
      return 'string';
    case 'integer':
      return 'int';
    case 'boolean':
      return 'bool';
    case 'int-or-string':
      return 'dyn';
  }
}

/** CEL's integers are bigints here; a number would be a double. `text` changes every string on the way. */
function toCel(schema: Schema, value: unknown, text: (value: string) => string = (same) => same): unknown {
  if (typeof value === 'string') return text(value);
  if (schema.type === 'integer' || (schema.type === undefined && typeof value === 'number'))
    return BigInt(Number(value));
  const children = childrenOf(schema, value).map(([step, child, item]) => [step, toCel(child, item, text)] as const);
  if (Array.isArray(value)) return children.map(([, item]) => item);
  // A plain object with a key such as "constructor" would pass for an instance of something else.
  if (schema.additionalProperties !== undefined) return new Map(children);
  return isObject(value) ? Object.fromEntries(children) : value;
}

/** A rule without a messageExpression does not quote the value, which may be a secret; then nothing here does. */
function evaluate(
  { rule, holds, message }: CompiledRule,
  schema: Schema,
  value: unknown,
  self: unknown,
  path: FieldPath,
): readonly Violation[] {
  if (run(holds, rule.rule, self) === true) return [];
  const said = message === undefined ? '' : run(message, rule.rule, toCel(schema, value, shorten));
  const field = rule.fieldPath?.split('.').filter(Boolean) ?? [];
  const seen = valueAt(value, field);
  return [
    {
      reason: rule.reason === 'FieldValueRequired' ? 'Required' : 'Invalid',
      path: [...path, ...field],
      ...(message === undefined || seen === undefined || typeof seen === 'object' ? {} : { value: seen }),
      ...splitMessage(isMessage(said) ? said : rule.message),
    },
  ];
}

function run(expression: ParseResult, rule: string, self: unknown): unknown {
  try {
    return expression({ self });
  } catch (cause) {
    throw new Error(`the CEL rule ${rule} cannot be evaluated`, { cause });
  }
}

/** The API server takes a messageExpression's result unless it is blank or has a line break. */
function isMessage(said: unknown): said is string {
  return typeof said === 'string' && said.trim() !== '' && !/[\r\n]/.test(said);
}

function valueAt(value: unknown, path: FieldPath): unknown {
  return path.reduce((at, step) => (isObject(at) ? at[step] : undefined), value);
}

/** A rule's message is two sentences, the second of which is the remedy and has no full stop before its end. */
function splitMessage(message: string): { readonly message: string; readonly remedy: string } {
  const end = message.lastIndexOf('. ');
  return { message: message.slice(0, end), remedy: message.slice(end + 2) };
}
