import assert from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { checkRules, compiledRules } from '../../api/cel.ts';
import { manifestSchema } from '../../api/courier.ts';
import { courierCrd, courierSchema } from '../../api/crd.gen.ts';
import { withDefaults } from '../../api/decoding.ts';
import { formatPath } from '../../api/field-path.ts';
import { type Schema, typeOf } from '../../api/schema.ts';
import { validate } from '../../api/validation.ts';
import { conditionReasons } from '../../operator/courier/reasons.ts';
import { generatedFiles } from '../../scripts/generate/files.ts';
import { nodesOf, remedyOf, ruleKeys, rulesOf } from './manifests.ts';

const root = join(import.meta.dirname, '../..');
const crdFile = join(root, 'crds/courier.dev_couriers.yaml');
const nodes = [...nodesOf(courierSchema)];

/** Everything that the offline validation implements; the API server knows more. */
const keywords = new Set(
  [
    ['type', 'description', 'default', 'format', 'enum', 'minimum', 'maximum', 'minLength', 'maxLength', 'maxItems'],
    ['required', 'properties', 'items', 'x-kubernetes-list-type', 'x-kubernetes-list-map-keys'],
    ['maxProperties', 'additionalProperties', 'x-kubernetes-int-or-string', 'x-kubernetes-preserve-unknown-fields'],
    ['x-kubernetes-validations'],
  ].flat(),
);

function each(check: (schema: Schema, at: string) => void): void {
  for (const { path, schema } of nodes) check(schema, formatPath(path));
}

describe('the CRD', () => {
  it('is the one that api/crd.gen.ts holds', async () => {
    assert.deepEqual(JSON.parse(JSON.stringify(courierCrd)), parse(await readFile(crdFile, 'utf8')));
  });

  it('has no stale file generated from it: run npm run generate', async () => {
    for (const [path, text] of await generatedFiles(root)) {
      assert.equal(await readFile(join(root, path), 'utf8'), text, path);
    }
  });

  it('is small enough for client-side kubectl apply, which copies it into an annotation', async () => {
    const { size } = await stat(crdFile);
    assert.ok(size < 128 * 1024, `${size} bytes`);
    assert.ok(JSON.stringify(courierCrd).length < 256 * 1024);
  });

  it('uses only keywords that the offline validation implements', () => {
    each((schema, at) => {
      for (const keyword of Object.keys(schema)) assert.ok(keywords.has(keyword), `${at} has ${keyword}`);
    });
  });

  it('is structural: every node has a type and only the keywords of that type', () => {
    const own: Readonly<Record<string, readonly string[]>> = {
      object: [
        'properties',
        'required',
        'additionalProperties',
        'maxProperties',
        'x-kubernetes-preserve-unknown-fields',
      ],
      array: ['items', 'maxItems', 'x-kubernetes-list-type', 'x-kubernetes-list-map-keys'],
      string: ['enum', 'minLength', 'maxLength'],
      integer: ['minimum', 'maximum'],
      boolean: [],
      'int-or-string': ['x-kubernetes-int-or-string'],
    };
    each((schema, at) => {
      assert.equal(schema.type === undefined, schema['x-kubernetes-int-or-string'] === true, at);
      assert.ok(!('properties' in schema && 'additionalProperties' in schema), at);
      for (const [type, theirs] of Object.entries(own)) {
        if (type === typeOf(schema)) continue;
        for (const keyword of theirs.filter(
          (keyword) => !(keyword === 'maxLength' && type === 'string' && typeOf(schema) === 'int-or-string'),
        ))
          assert.ok(!(keyword in schema), `${at} is ${schema.type} and has ${keyword}`);
      }
    });
  });

  it('bounds every string, list and integer, so that the API server can price its rules', () => {
    each((schema, at) => {
      if (schema.type === 'string' && schema.enum === undefined) assert.ok(schema.maxLength !== undefined, at);
      if (schema.type === 'array') assert.ok(schema.maxItems !== undefined, at);
      if (schema.type === undefined) assert.ok(schema.maxLength !== undefined, at);
      if (schema.additionalProperties !== undefined) assert.ok(schema.maxProperties !== undefined, at);
      if (schema.type !== 'integer') return;
      assert.match(schema.format ?? '', /^int(32|64)$/, at);
      assert.ok(schema.minimum !== undefined, at);
      assert.ok(schema.maximum !== undefined || at.startsWith('status.'), at);
    });
  });

  it('says of every list how server-side apply merges it, and gives keys only to maps', () => {
    each((schema, at) => {
      if (schema.type !== 'array') return;
      const isMap = schema['x-kubernetes-list-type'] === 'map';
      assert.ok(schema['x-kubernetes-list-type'] !== undefined, at);
      assert.equal(isMap, schema['x-kubernetes-list-map-keys'] !== undefined, at);
      for (const key of schema['x-kubernetes-list-map-keys'] ?? [])
        assert.ok(schema.items?.required?.includes(key), at);
    });
  });

  it('requires only fields that exist and have no default', () => {
    each((schema, at) => {
      for (const name of schema.required ?? []) {
        assert.ok(schema.properties?.[name] !== undefined, `${at}.${name}`);
        assert.equal(schema.properties[name].default, undefined, `${at}.${name}`);
      }
    });
  });

  it('gives an object with defaults in it a default of its own, unless it is a choice, required, or must be written', () => {
    for (const { path, schema } of nodes) {
      for (const [name, child] of Object.entries(schema.properties ?? {})) {
        const holdsDefaults = Object.values(child.properties ?? {}).some((field) => field.default !== undefined);
        const isChoice = path.at(-1) === 'audit' || path.at(-1) === 'valueFrom';
        const isRequired = schema.required?.includes(name) || child.required !== undefined;
        if (!holdsDefaults || isChoice || isRequired) continue;
        assert.ok(child.default !== undefined, formatPath([...path, name]));
      }
    }
  });

  it('has only defaults that are valid themselves', () => {
    each((schema, at) => {
      if (schema.default !== undefined) assert.deepEqual(validate(schema, schema.default), [], at);
    });
  });

  it('has defaults of objects that satisfy the rules as they are, and repeat what their children have', () => {
    each((schema, at) => {
      if (schema.type !== 'object' || schema.default === undefined || at === 'status') return;
      assert.deepEqual(checkRules(schema, schema.default), [], at);
      assert.deepEqual(withDefaults(schema, schema.default), withDefaults(schema, {}), at);
    });
  });

  it('describes every field', () => {
    each((schema, at) => {
      if (at === 'metadata') return;
      assert.match(schema.description ?? '', /[.]$/, at);
    });
  });

  it('selects and prints only fields that exist', () => {
    const version = courierCrd.spec.versions[0];
    const paths = [...(version?.selectableFields ?? []), ...(version?.additionalPrinterColumns ?? [])];
    const known = new Set(nodes.map(({ path }) => `.${path.join('.')}`)).add('.metadata.creationTimestamp');
    assert.ok(paths.length > 0);
    for (const { jsonPath } of paths) {
      const [selector = '', type = 'Ready'] = /\[\?\(@\.type=="(\w+)"\)\]/.exec(jsonPath) ?? [];
      assert.ok(type in conditionReasons, jsonPath);
      assert.ok(known.has(jsonPath.replace(selector, selector && '.[]')), jsonPath);
    }
  });
});

describe('the CEL rules', () => {
  it('all compile, with the types of their schema', () => {
    for (const { schema } of nodesOf(manifestSchema))
      assert.equal(compiledRules(schema).length, rulesOf(schema).length);
  });

  for (const { key, rule } of ruleKeys(manifestSchema)) {
    it(`${key} says what is wrong and, in a second sentence, what to do`, () => {
      assert.match(rule.message, /^\S.*[^.]\. [A-Z][^\n]*\.$/);
      assert.ok(!remedyOf(rule).slice(0, -1).includes('. '));
    });
  }

  it('name a field that exists as the one to blame', () => {
    for (const { path, schema } of nodes) {
      for (const { fieldPath } of rulesOf(schema)) {
        if (fieldPath === undefined) continue;
        const names = fieldPath.slice(1).split('.');
        const field = names.reduce<Schema | undefined>((at, name) => at?.properties?.[name], schema);
        assert.ok(field !== undefined, `${formatPath(path)}${fieldPath}`);
      }
    }
  });
});
