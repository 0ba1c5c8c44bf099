import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, readlink, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { AtomicDirectory } from './kubelet/atomic-directory.ts';
import { BackOff, kubernetesBackOff } from './kubelet/back-off.ts';
import { expandVariables } from './kubelet/expansion.ts';
import { programOf } from './kubelet/images.ts';
import { rewritePaths } from './kubelet/path-rewriting.ts';
import type { Mount } from './kubelet/sandbox.ts';

const expansions: readonly (readonly [string, string, string])[] = [
  ['a variable is replaced', 'x $(A) y', 'x 1 y'],
  ['two that touch are replaced', '$(A)$(B)', '12'],
  ['an unknown one stays', '$(NONE)', '$(NONE)'],
  ['two dollars are one, and what follows is text', '$$(A)', '$(A)'],
  ['an open parenthesis stays', '$(A', '$(A'],
  ['a lone dollar stays', '5 $ each', '5 $ each'],
];
for (const [sentence, text, expected] of expansions) {
  test(`expansion: ${sentence}`, () => assert.equal(expandVariables(text, { A: '1', B: '2' }), expected));
}

test('a container restarts at once, then after 10 s, doubling up to 5 minutes, until it has run for 10 minutes', () => {
  const backOff = new BackOff(kubernetesBackOff);
  const delays = Array.from({ length: 8 }, () => backOff.next(1_000) / 1000);
  assert.deepEqual(delays, [0, 10, 20, 40, 80, 160, 300, 300]);
  assert.equal(backOff.next(600_000), 0);
});

test('the command of a container replaces the entry point of its image, its args what the image adds', () => {
  const image = { entrypoint: ['node', 'main.ts'], command: ['--help'] };
  const container = { name: 'c', image: 'i' };
  assert.deepEqual(programOf(container, image), { fromImage: ['node', 'main.ts', '--help'], fromPod: [] });
  assert.deepEqual(programOf({ ...container, args: ['run'] }, image), {
    fromImage: ['node', 'main.ts'],
    fromPod: ['run'],
  });
  assert.deepEqual(programOf({ ...container, command: ['sh'] }, image), { fromImage: [], fromPod: ['sh'] });
});

test('a volume shows one version of all its files, and the next one as a whole', async (t) => {
  const parent = await mkdtemp(join(tmpdir(), 'courier-volume-'));
  t.after(() => rm(parent, { recursive: true }));
  const directory = new AtomicDirectory(join(parent, 'volume'));
  const file = (path: string, text: string, mode = 0o644) => ({ path, content: Buffer.from(text), mode });
  await directory.write([file('a', '1'), file('deep/b', '1', 0o600)]);
  const first = await readlink(join(directory.path, '..data'));
  assert.equal(await readFile(join(directory.path, 'deep/b'), 'utf8'), '1');
  assert.equal((await stat(join(directory.path, 'deep/b'))).mode & 0o777, 0o600);
  await directory.write([file('a', '1'), file('deep/b', '1', 0o600)]);
  assert.equal(await readlink(join(directory.path, '..data')), first);
  await directory.write([file('a', '2')]);
  assert.equal(await readFile(join(directory.path, 'a'), 'utf8'), '2');
  const second = await readlink(join(directory.path, '..data'));
  assert.deepEqual((await readdir(directory.path)).sort(), [second, '..data', 'a'].sort());
});

test('without mounts, the paths that a pod names are rewritten, and nothing that only looks like them', async () => {
  const mounts: readonly Mount[] = [
    { source: '/v/config', target: '/etc/courier', readOnly: true },
    { source: '/v/keys', target: '/etc/courier/keys', readOnly: true },
  ];
  const { command, environment } = await rewritePaths({
    program: {
      fromImage: ['node', '/etc/courier/main.ts'],
      fromPod: ['--config=/etc/courier/a.yaml', '/etc/courier-other/x', '/my/etc/courier'],
    },
    imageEnvironment: { IMAGE: '/etc/courier' },
    podEnvironment: { KEY: '/etc/courier/keys/token', BOTH: '/etc/courier:/etc/courier/keys' },
    workingDirectory: '/',
    mounts,
    directories: [],
    scratch: '/s',
  });
  const rewritten = [
    'node',
    '/etc/courier/main.ts',
    '--config=/v/config/a.yaml',
    '/etc/courier-other/x',
    '/my/etc/courier',
  ];
  assert.deepEqual(command.slice(-rewritten.length), rewritten);
  assert.deepEqual(environment, { IMAGE: '/etc/courier', KEY: '/v/keys/token', BOTH: '/v/config:/v/keys' });
});
