import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { build } from 'esbuild';
import { parse } from 'yaml';
import manifest from '../../package.json' with { type: 'json' };
import { chart, only, render } from './chart.ts';

const project = join(import.meta.dirname, '../..');
const workflows = join(project, '.github/workflows');
const read = (path: string) => readFile(join(project, path), 'utf8');

type Step = { readonly uses?: string; readonly run?: string; readonly with?: Readonly<Record<string, unknown>> };
type Workflow = {
  readonly permissions: object;
  readonly jobs: Readonly<Record<string, { readonly permissions?: object; readonly steps: readonly Step[] }>>;
};

function stepsOf(workflow: string): readonly Step[] {
  return Object.values((parse(workflow) as Workflow).jobs).flatMap(({ steps }) => steps);
}

describe('a release', () => {
  it('has one version, and says what changes', async () => {
    const { version, appVersion, annotations } = parse(await readFile(join(chart, 'Chart.yaml'), 'utf8'));
    assert.deepEqual([version, appVersion], [manifest.version, manifest.version]);
    const [{ image }] = parse(annotations['artifacthub.io/images']);
    const [operator] = only(await render(), 'Deployment').spec.template.spec.containers;
    assert.equal(image, operator.image);
    assert.ok(parse(annotations['artifacthub.io/changes']).length > 0);
    assert.match(await read('CHANGELOG.md'), new RegExp(`^## ${manifest.version.replaceAll('.', '\\.')}$`, 'm'));
  });

  it("names the image's digest where the workflow writes it", async () => {
    const [, pattern = ''] = /sed -i "s\|\^(.+?)\|/.exec(await read('.github/workflows/release.yaml')) ?? [];
    const lines = (await readFile(join(chart, 'values.yaml'), 'utf8')).split('\n');
    assert.equal(lines.filter((line) => line === pattern.replaceAll('\\"', '"')).length, 1, pattern);
  });
});

describe('the workflows', () => {
  it('run scripts that there are, and give the Dockerfile the arguments that it has', async () => {
    const dockerfile = await read('Dockerfile');
    const declared = [...dockerfile.matchAll(/^ARG (\w+)$/gm)].map(([, name]) => name);
    for (const file of await readdir(workflows)) {
      const text = await readFile(join(workflows, file), 'utf8');
      assert.ok(parse(text).jobs, file);
      for (const [, script = ''] of text.matchAll(/npm run ([\w:]+)/g))
        assert.ok(script in manifest.scripts, `${file}: npm run ${script}`);
      const given = [...text.matchAll(/^ +([A-Z_]+)=.+$/gm)].map(([, name]) => name);
      assert.deepEqual([...new Set(given)].sort(), [...declared].sort(), file);
    }
  });

  it('ask for known defects of packages before anything else is done with them', async () => {
    for (const file of await readdir(workflows))
      assert.match(await readFile(join(workflows, file), 'utf8'), /- run: npm audit --audit-level=moderate\n/, file);
  });

  it('run actions of others by their commits, and leave no token in the checkout', async () => {
    for (const file of await readdir(workflows)) {
      const text = await readFile(join(workflows, file), 'utf8');
      for (const [, used = ''] of text.matchAll(/uses: (.+)/g))
        assert.match(used, /^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/, file);
      for (const { uses = '', with: options } of stepsOf(text)) {
        if (uses.startsWith('actions/checkout@')) assert.equal(options?.['persist-credentials'], false, file);
      }
    }
  });

  it('may write only where they release, and sign and attest what they push', async () => {
    const permissions: Record<string, unknown> = {};
    for (const file of await readdir(workflows)) {
      const { permissions: all, jobs } = parse(await readFile(join(workflows, file), 'utf8')) as Workflow;
      assert.deepEqual(all, { contents: 'read' }, file);
      for (const [job, { permissions: own }] of Object.entries(jobs)) if (own) permissions[`${file} ${job}`] = own;
    }
    const signing = { packages: 'write', 'id-token': 'write', attestations: 'write' };
    assert.deepEqual(permissions, {
      'release.yaml image': { contents: 'read', ...signing },
      'release.yaml chart': { contents: 'write', ...signing },
    });
    const { jobs } = parse(await read('.github/workflows/release.yaml')) as Workflow;
    for (const job of [jobs.image, jobs.chart]) {
      assert.ok(job?.steps.some(({ run }) => run?.startsWith('cosign sign --yes ')));
      assert.ok(job?.steps.some(({ uses }) => uses?.startsWith('actions/attest-build-provenance@')));
    }
  });
});

describe('the Dockerfile', () => {
  it('copies every folder that the commands are made of, and lets no other into its context', async () => {
    const { metafile } = await build({
      ...{ absWorkingDir: project, entryPoints: ['cli/main.ts', 'scripts/build.ts'], outdir: 'nowhere', write: false },
      ...{ bundle: true, splitting: true, format: 'esm', platform: 'node', packages: 'external', metafile: true },
    });
    const folders = new Set(
      Object.keys(metafile.inputs).map((path) => path.replace(/\/.*/, path.includes('/') ? '/' : '')),
    );
    const copied = [...(await read('Dockerfile')).matchAll(/^COPY ([a-z]+\/) /gm)].map(([, folder]) => folder);
    const needed = [...folders].filter((path) => path.endsWith('/'));
    assert.deepEqual(copied.toSorted(), needed.toSorted());
    const admitted = [...(await read('.dockerignore')).matchAll(/^!([a-z]+\/)$/gm)].map(([, folder]) => folder);
    assert.deepEqual(admitted.toSorted(), needed.toSorted());
  });
});
