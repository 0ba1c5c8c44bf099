import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { parse } from 'yaml';
import { exitCodes } from '../../../cli/exit-codes.ts';
import packageManifest from '../../../package.json' with { type: 'json' };
import { manifest } from '../manifests.ts';
import { bareEnvironment, startCli, temporaryDirectory, write } from '../run-cli.ts';

const project = join(import.meta.dirname, '../../..');
const page = await readFile(join(project, 'docs/cli.md'), 'utf8');
const snippets = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, yaml = '']) => parse(yaml));
const image = `ghcr.io/courier-dev/courier:${packageManifest.version}`;

/** What each example of the page has our image do in a repository, as pre-commit, GitHub and GitLab put it together. */
const examples: readonly [string, () => Promise<string>][] = [
  ['the hook of pre-commit', hookCommand],
  ['the workflow of GitHub', async () => containerCommand(snippet('jobs').jobs.couriers.steps[1].run)],
  ['the pipeline of GitLab', async () => containerCommand(snippet('couriers').couriers.script[0])],
];

describe('what docs/cli.md shows for', () => {
  for (const [name, command] of examples) {
    it(`${name} passes good Couriers, and fails for what is wrong or should not be wanted`, async (t) => {
      const [program, ...args] = (await command()).split(' ');
      assert.equal(program, image);
      const good = manifest();
      const wrong = manifest({ scaling: '{ maxReplicas: 2, minReplica: 1 }' });
      const unwanted = manifest({ recipient: '{ url: "http://127.0.0.1:9/", concurrency: { maxPerReplica: 20000 } }' });
      for (const [text, exitCode] of [
        [good, exitCodes.ok],
        [wrong, exitCodes.wrong],
        [unwanted, exitCodes.wrong],
      ] as const)
        assert.equal(await exitCodeIn(t, text, args), exitCode, text);
    });
  }

  it('pre-commit runs for every file beside a Courier, and not only for YAML that has one', async () => {
    const { hooks } = snippet('repos').repos[0];
    assert.match('deploy/shop/orders.yaml', new RegExp(hooks[0].files));
    assert.equal((await hook()).pass_filenames, false);
    assert.equal(snippet('repos').repos[0].rev, `v${packageManifest.version}`);
  });

  it('exit codes is all of them', () => {
    const codes = [...page.matchAll(/^\| (\d) \| /gm)].map(([, code]) => Number(code));
    assert.deepEqual(codes, Object.values(exitCodes).sort());
  });
});

/** How the command ends in a repository with a Courier in `deploy`, beside an object that is none. */
async function exitCodeIn(t: TestContext, text: string, args: readonly string[]): Promise<number | null> {
  const repository = await temporaryDirectory(t);
  await mkdir(join(repository, 'deploy'));
  await write(repository, 'deploy/orders.yaml', text);
  await write(repository, 'deploy/service.yaml', 'apiVersion: v1\nkind: Service\n');
  return (await startCli(t, args, bareEnvironment(), repository).ended).exitCode;
}

async function hook() {
  const hooks: readonly { readonly id: string; readonly entry: string; readonly pass_filenames: boolean }[] = parse(
    await readFile(join(project, '.pre-commit-hooks.yaml'), 'utf8'),
  );
  const { id } = snippet('repos').repos[0].hooks[0];
  const found = hooks.find((one) => one.id === id);
  assert.ok(found, `the repository has no hook ${id}`);
  return found;
}

/** pre-commit puts a hook's `args` behind its `entry`. */
async function hookCommand(): Promise<string> {
  const { args } = snippet('repos').repos[0].hooks[0];
  return [(await hook()).entry, ...args].join(' ');
}

/** What a `docker run` runs: all that follows its options. */
function containerCommand(run: string): string {
  const [, command = ''] = /^docker run --rm -v "\$PWD:\/work:ro" -w \/work (.+)$/.exec(run) ?? [];
  return command;
}

function snippet(field: string) {
  return snippets.find((one) => field in one);
}
