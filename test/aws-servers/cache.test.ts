import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { installOnce } from '../cluster/cache.ts';

let cache: string;
const saved = process.env.XDG_CACHE_HOME;

before(async () => {
  cache = await mkdtemp(join(tmpdir(), 'courier-cache-'));
  process.env.XDG_CACHE_HOME = cache;
});

after(async () => {
  if (saved === undefined) delete process.env.XDG_CACHE_HOME;
  else process.env.XDG_CACHE_HOME = saved;
  await rm(cache, { recursive: true });
});

const writeTool = (directory: string) => writeFile(join(directory, 'tool'), 'ready');

test('what two runs want at once is installed once', async () => {
  let installs = 0;
  const install = async (directory: string) => {
    installs++;
    await writeTool(directory);
  };
  const [first, second] = await Promise.all([installOnce('shared', install), installOnce('shared', install)]);
  assert.equal(first, join(cache, 'courier', 'shared'));
  assert.equal(second, first);
  assert.equal(await readFile(join(first, 'tool'), 'utf8'), 'ready');
  assert.equal(installs, 1);
});

test('an installation that fails leaves nothing behind, and the next one begins anew', async () => {
  const failing = async (directory: string) => {
    await writeTool(directory);
    throw new Error('the disk is full');
  };
  await assert.rejects(installOnce('failing', failing), /the disk is full/);
  assert.deepEqual(await leftOvers('failing'), []);
  await installOnce('failing', writeTool);
  assert.deepEqual(await leftOvers('failing'), ['failing']);
});

test('the lock of a process that has died is void', async () => {
  const { pid } = spawnSync(process.execPath, ['--version']);
  await writeFile(join(cache, 'courier', 'orphaned.lock'), String(pid));
  await installOnce('orphaned', writeTool);
  assert.deepEqual(await leftOvers('orphaned'), ['orphaned']);
});

async function leftOvers(name: string): Promise<string[]> {
  return (await readdir(join(cache, 'courier'))).filter((entry) => entry.startsWith(name));
}
