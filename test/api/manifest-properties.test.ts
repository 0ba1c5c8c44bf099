import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { manifestSchema } from '../../api/courier.ts';
import { withDefaults } from '../../api/decoding.ts';
import { type FieldPath, formatPath } from '../../api/field-path.ts';
import { isObject } from '../../api/json.ts';
import { parseManifests } from '../../api/manifest.ts';
import { formatProblem, type Problem } from '../../api/problem.ts';
import { type Schema, typeOf } from '../../api/schema.ts';
import { serializeWorkerConfig, workerConfig } from '../../api/worker-config.ts';
import { parseWorkerConfig } from '../../api/worker-config-file.ts';
import { checkProperty } from '../support/properties.ts';
import { arbitraryCourier } from './arbitrary-courier.ts';

/** Ways to write an object down, each of which must read back as the same object. */
const writers: readonly ((value: unknown) => string)[] = [
  (value) => stringify(value, { version: '1.1' }),
  (value) => stringify(value, { version: '1.1', collectionStyle: 'flow', lineWidth: 0 }),
  (value) => JSON.stringify(value),
  (value) => JSON.stringify(value, undefined, '\t'),
];
const writer = fc.constantFrom(...writers);

/** A field and the value that it must not have; undefined removes the field. */
type Mutation = { readonly path: FieldPath; readonly wrong: unknown };

/** Every single change to `value` that must make it invalid, with the field that must be blamed. */
function* mutationsOf(schema: Schema, value: unknown, path: FieldPath = []): Generator<Mutation> {
  if (!isObject(value) || schema.properties === undefined) return;
  yield { path: [...path, 'zzz'], wrong: 1 };
  for (const [name, child] of Object.entries(schema.properties)) {
    const at = [...path, name];
    if (schema.required?.includes(name)) yield { path: at, wrong: undefined };
    for (const wrong of wrongValues(child)) yield { path: at, wrong };
    yield* mutationsOf(child, value[name], at);
  }
}

/** A copy of `value` with the mutation applied; every parent of the field is an object that is there. */
function mutated(value: unknown, { path: [step, ...rest], wrong }: Mutation): unknown {
  if (step === undefined || !isObject(value)) return wrong;
  const { [step]: child, ...others } = value;
  const changed = mutated(child, { path: rest, wrong });
  return changed === undefined ? others : { ...others, [step]: changed };
}

function wrongValues(schema: Schema): readonly unknown[] {
  const { minimum, maximum, maxLength, maxItems, maxProperties } = schema;
  const beyond = [
    ...(minimum === undefined ? [] : [minimum - 1]),
    ...(maximum === undefined ? [] : [maximum + 1]),
    ...(maxLength === undefined ? [] : ['x'.repeat(maxLength + 1)]),
    ...(maxItems === undefined
      ? []
      : [Array.from({ length: maxItems + 1 }, (_, i) => ({ name: `x-${i}`, value: '' }))]),
    ...(maxProperties === undefined
      ? []
      : [Object.fromEntries(Array.from({ length: maxProperties + 1 }, (_, i) => [`x-${i}`, '1']))]),
    ...(schema.enum === undefined ? [] : ['zzz']),
  ];
  const others = {
    object: [1, 'x', []],
    array: [1, 'x', {}],
    string: [1, true, {}],
    integer: ['1', 0.5, {}],
    boolean: ['x', 1],
    'int-or-string': [0.5, true, {}, 'x'],
  };
  return [...beyond, ...others[typeOf(schema)]];
}

function problemsOf(text: string): readonly Problem[] {
  return parseManifests(text, 'c.yaml').problems;
}

describe('any Courier drawn from the schema', () => {
  it('is valid in every notation, and read as what defaulting makes of it', () => {
    checkProperty(
      fc.property(arbitraryCourier, writer, (courier, write) => {
        const { couriers, problems } = parseManifests(write(courier), 'c.yaml');
        assert.deepEqual(problems.map(formatProblem), []);
        assert.deepEqual(couriers[0]?.courier, withDefaults(manifestSchema, courier));
      }),
      { numRuns: 200 },
    );
  });

  it('stays the same when it is read, written and read again', () => {
    checkProperty(
      fc.property(arbitraryCourier, writer, (courier, write) => {
        const [first] = parseManifests(write(courier), 'c.yaml').couriers;
        const [second] = parseManifests(write(first?.courier), 'c.yaml').couriers;
        assert.deepEqual(second?.courier, first?.courier);
      }),
      { numRuns: 100 },
    );
  });

  it('gives workers a configuration that survives its file', () => {
    checkProperty(
      fc.property(arbitraryCourier, (courier) => {
        const [parsed] = parseManifests(JSON.stringify(courier), 'c.yaml').couriers;
        assert.ok(parsed !== undefined);
        const config = workerConfig(parsed.courier);
        assert.deepEqual(parseWorkerConfig(serializeWorkerConfig(config), 'w.json').config, config);
      }),
      { numRuns: 100 },
    );
  });

  it('has a problem at the right field and line once something in it is wrong', () => {
    checkProperty(
      fc.property(arbitraryCourier, writer, fc.nat(), (courier, write, choice) => {
        const mutations = [...mutationsOf(manifestSchema, courier)].filter(({ path }) => !isIdentity(path));
        const mutation = mutations[choice % mutations.length];
        assert.ok(mutation !== undefined);
        const text = write(mutated(courier, mutation));
        const blamed = problemsOf(text).find(({ path }) => path === formatPath(mutation.path));
        assert.ok(blamed !== undefined, `${formatPath(mutation.path)} in\n${text}`);
        assert.ok(isPlaceIn(text, blamed), formatProblem(blamed));
      }),
      { numRuns: 250 },
    );
  });
});

describe('any text', () => {
  it('is read without a throw, and gives a Courier or a problem', () => {
    const structural = fc.constantFrom(
      'apiVersion: courier.dev/v1alpha1\n',
      'kind: Courier\n',
      'spec:\n',
      '  a',
      ': ',
      '- ',
    );
    const breaking = fc.constantFrom(
      '[',
      ']',
      '{',
      '}',
      '&a ',
      '*a',
      '<<: ',
      '"',
      "'",
      '|',
      '>',
      '\t',
      '\n',
      '---\n',
      '? ',
      '!x ',
      '%',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(fc.oneof(structural, breaking, fc.string())).map((parts) => parts.join('')),
    );
    checkProperty(
      fc.property(text, (any) => {
        const { couriers, problems } = parseManifests(any, 'c.yaml');
        assert.ok(couriers.length + problems.length > 0);
        for (const problem of problems) assert.ok(isPlaceIn(any, problem), formatProblem(problem));
      }),
      { numRuns: 250 },
    );
  });
});

/** Changing these makes another object of it, not a wrong Courier. */
function isIdentity(path: FieldPath): boolean {
  return path[0] === 'apiVersion' || path[0] === 'kind';
}

function isPlaceIn(text: string, { line, column }: Problem): boolean {
  const found = text.split('\n')[line - 1];
  return column >= 1 && (line === 1 || (found !== undefined && column <= found.length + 1));
}
