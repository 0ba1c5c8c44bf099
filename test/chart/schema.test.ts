import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { operatorEnvironment } from '../../api/environment.ts';
import { operatorConfig } from '../../operator/config.ts';
import { ToolError } from '../cluster/tools.ts';
import { chart, only, prometheusApis, refusal, render } from './chart.ts';

type Schema = {
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | object;
  readonly properties?: Readonly<Record<string, Schema>>;
};

const schema: Schema = JSON.parse(await readFile(join(chart, 'values.schema.json'), 'utf8'));
const values: Readonly<Record<string, unknown>> = parse(await readFile(join(chart, 'values.yaml'), 'utf8'));

/** Values that must be refused, and what the refusal names. */
const refused: readonly [string, Readonly<Record<string, unknown>>, RegExp][] = [
  ['a value that does not exist', { replica: 3 }, /'replica' not allowed/],
  ['a nested value that does not exist', { 'metrics.podMonitor.enabled': true }, /podMonitor.*'enabled' not allowed/],
  ['text for a number', { replicas: '2' }, /\/replicas.*got string, want integer/],
  ['no replicas', { replicas: 0 }, /\/replicas.*minimum/],
  ['an unknown pull policy', { 'image.pullPolicy': 'Sometimes' }, /\/image\/pullPolicy/],
  ['half a digest', { 'image.digest': 'sha256:1234' }, /\/image\/digest.*does not match/],
  ['a tag in the repository', { 'image.repository': 'Courier:latest!' }, /\/image\/repository/],
  ['several namespaces in one text', { watchNamespace: 'shop,billing' }, /\/watchNamespace/],
  ['an interval of nothing', { 'operator.intervalSeconds': 0 }, /\/operator\/intervalSeconds/],
  [
    'a variable that the chart sets',
    { 'operator.env': [{ name: 'COURIER_LISTEN', value: 'x' }] },
    /\/operator\/env\/0/,
  ],
  ['no ServiceAccount at all', { 'serviceAccount.create': false }, /\/serviceAccount\/name/],
  ['a switch that is no switch', { 'metrics.prometheusRule.create': true }, /\/metrics\/prometheusRule\/create/],
  ['a port out of range', { 'networkPolicy.apiServerPorts': [70000] }, /\/networkPolicy\/apiServerPorts\/0/],
  ['an annotation that is a number', { 'podAnnotations.a': 1 }, /\/podAnnotations\/a/],
  ['a name that no Secret has', { 'rbac.credentialSecrets.names': ['AWS'] }, /\/rbac\/credentialSecrets\/names\/0/],
  ['a default that is taken away', { replicas: null }, /missing property 'replicas'/],
  ['a section that is taken away', { 'metrics.podMonitor': null }, /\/metrics.*missing property 'podMonitor'/],
  ['one of the operator', { 'operator.intervalSeconds': null }, /\/operator.*missing property 'intervalSeconds'/],
  ['a variable that no shell could name', { 'operator.env': [{ name: 'A=B' }] }, /\/operator\/env\/0\/name/],
  ['an unknown resource section', { 'resources.request': {} }, /\/resources/],
];

describe("the chart's schema", () => {
  for (const [what, wrong, expected] of refused) {
    it(`refuses ${what}, naming it`, async () => {
      assert.match(await refusal(wrong), expected);
    });
  }

  it('lets no text become YAML of its own: it is refused, or it stays the text that it is', async () => {
    const hostile = 'x\n      hostNetwork: true # {{ .Values }} "';
    for (const path of textsIn(values)) {
      try {
        const values = { 'metrics.dashboard.create': true, [path]: hostile };
        const objects = await render({ values, apiVersions: prometheusApis });
        const { spec } = only(objects, 'Deployment').spec.template;
        assert.ok(!('hostNetwork' in spec), path);
        assert.ok(JSON.stringify(objects).includes(JSON.stringify(hostile).slice(1, -1)), path);
      } catch (error) {
        if (!(error instanceof ToolError)) throw error;
        assert.match(error.stderr, new RegExp(`at '/${path.replaceAll('.', '/')}'`));
      }
    }
  });

  it('requires each section that templates look into: Helm takes null for a section that is not there', () => {
    assert.deepEqual(optionalSections(schema, ''), ['/resources']);
  });

  it('has exactly the values of values.yaml, and is strict wherever they have fields', () => {
    assert.deepEqual(differences(schema, { ...values, global: {} }, ''), []);
  });

  it('has the bounds and defaults of the operator', () => {
    const least = { [operatorEnvironment.namespace]: 'a', [operatorEnvironment.image]: 'b' };
    const { intervalMs, resyncMs, leaseMs } = operatorConfig(least);
    const { env: _, ...operator } = values.operator as { env: unknown };
    assert.deepEqual(operator, {
      intervalSeconds: intervalMs / 1000,
      resyncSeconds: resyncMs / 1000,
      leaseSeconds: leaseMs / 1000,
    });
    const bounds = (schema.properties?.operator?.properties ?? {}) as Readonly<
      Record<string, { readonly minimum: number; readonly maximum: number }>
    >;
    for (const field of ['intervalSeconds', 'resyncSeconds', 'leaseSeconds'] as const) {
      const { minimum = 0, maximum = 0 } = bounds[field] ?? {};
      const take = (seconds: number) => operatorConfig({ ...least, [operatorEnvironment[field]]: String(seconds) });
      for (const seconds of [minimum, maximum]) assert.ok(take(seconds), field);
      for (const seconds of [minimum * 0.99, maximum * 1.01]) assert.throws(() => take(seconds), TypeError, field);
    }
  });
});

/** Sections with fields of their own that may be missing. */
function optionalSections({ properties = {}, required = [] }: Schema, path: string): readonly string[] {
  return Object.entries(properties).flatMap(([name, part]) => {
    if (part.properties === undefined) return [];
    const own = required.includes(name) ? [] : [`${path}/${name}`];
    return [...own, ...optionalSections(part, `${path}/${name}`)];
  });
}

/** Where schema and values differ in their fields, and where the schema lets unknown ones pass. */
function differences(part: Schema, value: unknown, path: string): readonly string[] {
  if (part.properties === undefined) return [];
  const fields = new Set([...Object.keys(part.properties), ...Object.keys(value as object)]);
  return [
    ...(part.additionalProperties === false ? [] : [`${path}: open`]),
    ...[...fields].flatMap((field) => {
      const inSchema = part.properties?.[field];
      const inValues = (value as Record<string, unknown>)[field];
      // What Kubernetes defines is empty by default.
      if (inSchema === undefined || (inValues === undefined && path !== '/resources')) return [`${path}/${field}`];
      return inValues === undefined ? [] : differences(inSchema, inValues, `${path}/${field}`);
    }),
  ];
}

/** The paths of all values that are texts. */
function textsIn(value: object, prefix = ''): readonly string[] {
  return Object.entries(value).flatMap(([field, child]) => {
    if (typeof child === 'string') return /[./]/.test(field) ? [] : [`${prefix}${field}`];
    return typeof child === 'object' && !Array.isArray(child) ? textsIn(child, `${prefix}${field}.`) : [];
  });
}
