import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { build } from 'esbuild';
import { parse } from 'yaml';
import manifest from '../../package.json' with { type: 'json' };
import { chart } from './chart.ts';

const project = join(import.meta.dirname, '../..');
const workflows = join(project, '.github/workflows');
const read = (path: string) => readFile(join(project, path), 'utf8');

describe('a release', () => {
  it('has one version, and says what changes', async () => {
    const { version, appVersion } = parse(await readFile(join(chart, 'Chart.yaml'), 'utf8'));
    assert.deepEqual([version, appVersion], [manifest.version, manifest.version]);
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
