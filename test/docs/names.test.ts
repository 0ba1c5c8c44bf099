import assert from 'node:assert/strict';
import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { courierSchema } from '../../api/crd.gen.ts';
import { environment, operatorEnvironment } from '../../api/environment.ts';
import type { Schema } from '../../api/schema.ts';
import { exportedMetrics } from '../chart/exported-metrics.ts';
import { propertyEnvironment } from '../support/properties.ts';
import { courierOptions, courierProblem } from './courier-command.ts';
import { elsewhere, foreignOptions } from './elsewhere.ts';
import type { Place } from './markdown.ts';
import { allPages, project } from './pages.ts';
import { courierArgs } from './shell.ts';

const pages = await allPages();
const spans = pages.flatMap(({ code }) => code);
/** Commands and manifests name things, too. */
const places: readonly Place[] = [...spans, ...pages.flatMap(({ snippets }) => snippets)];
const metrics = new Set((await exportedMetrics()).keys());
const variables = new Set<string>([
  ...Object.values(environment),
  ...Object.values(operatorEnvironment),
  ...Object.values(propertyEnvironment),
]);
const words = await wordsOfTheCode();
const options = new Set([...courierOptions(), ...(await optionsOfScripts())]);

describe('the pages name what there is', () => {
  it('of metrics', () => {
    const named = /\b(?:courier|controller_runtime|workqueue|rest_client|leader_election)_[a-z_]+\b(?!\*)/g;
    assert.deepEqual(unknown(places, named, isMetric), []);
  });

  it('of environment variables', () => {
    const known = (name: string) => variables.has(name) || words.has(name);
    assert.deepEqual(unknown(places, /\b(?:COURIER|POD)_[A-Z0-9_]+\b/g, known), []);
  });

  it('of options', () => {
    const known = (option: string) => options.has(option) || foreignOptions.includes(option) || words.has(option);
    assert.deepEqual(unknown(spans, /(?<![\w-])--[a-z][\w-]*/g, known), []);
  });

  it('of commands, with their options and values', async () => {
    const typed = spans.flatMap(({ page, line, text }) => {
      const args = courierArgs(text.split(' '));
      return args === undefined ? [] : [{ where: `${page}:${line}`, args }];
    });
    const problems = await Promise.all(
      typed.map(async ({ where, args }) => {
        const problem = (await courierProblem(args)) ?? '';
        return problem === '' || isIncomplete.test(problem) ? [] : [`${where}: ${problem}`];
      }),
    );
    assert.deepEqual(problems.flat(), []);
  });

  it('of fields', () => {
    const roots = Object.keys(courierSchema.properties?.spec?.properties ?? {}).join('|');
    const path = new RegExp(`(?<![\\w./-])(?:spec|status|${roots})(?:\\.[a-z]\\w*)+(?![\\w(/-])`, 'g');
    const known = (field: string) => /\.(?:ts|json|ya?ml|md|csv)$/.test(field) || hasField(field);
    assert.deepEqual(unknown(spans, path, known), []);
  });

  it('of reasons, kinds, fields and whatever else is written LikeThis or likeThis', () => {
    const foreign = new Set(Object.values(elsewhere).flat());
    const known = (name: string) => words.has(name) || foreign.has(name);
    assert.deepEqual(unknown(spans, /^[A-Za-z][a-z0-9]+(?:[A-Z]+[a-z0-9]*)+$/g, known), []);
  });

  it('of other systems, and none is kept that no page has', () => {
    const named = new Set(spans.flatMap(({ text }) => text.match(/--[a-z][\w-]*|\w+/g) ?? []));
    const kept = [...Object.values(elsewhere).flat(), ...foreignOptions];
    assert.deepEqual(
      kept.filter((name) => !named.has(name)),
      [],
    );
  });
});

/** A sentence may name a command without what it needs. */
const isIncomplete = /^error: (?:required option|missing required argument)|argument missing$|^\(outputHelp\)$/;

function unknown(where: readonly Place[], pattern: RegExp, known: (name: string) => boolean): readonly string[] {
  return where.flatMap(({ page, line, text }) =>
    [...text.matchAll(pattern)].flatMap(([name]) => (known(name) ? [] : [`${page}:${line}: ${name}`])),
  );
}

/** Histograms are known by the names of their series. */
function isMetric(name: string): boolean {
  return metrics.has(name) || ['_bucket', '_sum', '_count'].some((series) => metrics.has(`${name}${series}`));
}

/** Whether `spec.queue.url`, or `queue.url`, is a field of a Courier. */
function hasField(name: string): boolean {
  const path = name.split('.');
  const root = path[0] === 'spec' || path[0] === 'status' ? courierSchema : courierSchema.properties?.spec;
  let schema: Schema | undefined = root;
  for (const field of path) {
    // What Kubernetes defines has no fields in our schema.
    if (schema?.['x-kubernetes-preserve-unknown-fields'] === true) return true;
    const parent: Schema | undefined = schema?.items ?? schema;
    schema = parent?.properties?.[field] ?? parent?.additionalProperties;
    if (schema === undefined) return false;
  }
  return true;
}

/** What the programs of `npm run` take, as `parseArgs` is told. */
async function optionsOfScripts(): Promise<readonly string[]> {
  const files = await Array.fromAsync(glob('{bench,scripts}/**/*.ts', { cwd: project }));
  const texts = await Promise.all(files.map((file) => readFile(join(project, file), 'utf8')));
  return texts.flatMap((text) =>
    [...text.matchAll(/'?([\w-]+)'?: \{ type: '(?:string|boolean)'/g)].map(([, name]) => `--${name}`),
  );
}

/** Every word of what this project runs and ships, options of its programs among them; and of the libraries' types. */
async function wordsOfTheCode(): Promise<ReadonlySet<string>> {
  const patterns = [
    '{api,aws,worker,operator,simulator,cli,bench,scripts,crds,charts,examples}/**/*',
    'package.json',
    'node_modules/{sqs-consumer,squiss-ts}/dist/**/*.d.ts',
  ];
  const found = new Set<string>();
  for await (const entry of glob(patterns, { cwd: project, withFileTypes: true })) {
    if (!entry.isFile() || entry.name.endsWith('.md')) continue;
    const text = await readFile(join(entry.parentPath, entry.name), 'utf8');
    for (const [word] of text.matchAll(/--[a-z][\w-]*|\w+/g)) found.add(word);
  }
  return found;
}
