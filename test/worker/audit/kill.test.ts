import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { describe, it } from 'node:test';
import { temporaryDirectory } from '../../support/worker-under-test.ts';
import { openSink, readIds, readSegments } from './segments.ts';

const appender = new URL('appender.ts', import.meta.url).pathname;
const kills = 25;
const idsPerRun = 1_000_000;

/** Starts a process that appends records from `firstId` on, to segments of 8 KiB. */
function startAppender(directory: string, firstId: number, writes: number, compileCache: string) {
  const args = [directory, firstId, writes, 8 * 1024, 100].map(String);
  const env = { ...process.env, NODE_COMPILE_CACHE: compileCache };
  const child = spawn(process.execPath, [appender, ...args], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  return { child, exit: once(child, 'exit'), said: createInterface(child.stdout) };
}

/**
 * Lets a process append from `firstId` on, kills it once it has said `writes` times that a write was acknowledged, and
 * returns the last id that was.
 */
async function appendUntilKilled(directory: string, firstId: number, writes: number, cache: string): Promise<number> {
  const { child, exit, said } = startAppender(directory, firstId, Number.MAX_SAFE_INTEGER, cache);
  let [lastId, acknowledged] = [firstId - 1, 0];
  for await (const text of said) {
    const [from, to] = text.split(' ').map(Number);
    assert.equal(from, lastId + 1, text);
    lastId = to ?? Number.NaN;
    if (++acknowledged === writes) child.kill('SIGKILL');
  }
  assert.deepEqual(await exit, [null, 'SIGKILL']);
  assert.ok(acknowledged >= writes);
  return lastId;
}

describe('the file sink of a process that is killed', () => {
  it(`${kills} times, with segments rotating, loses no acknowledged record and leaves no unreadable line`, async () => {
    await using directory = await temporaryDirectory();
    await using cache = await temporaryDirectory();
    // Only a process that ends by itself leaves the cache with which the others start in half the time.
    assert.deepEqual(await startAppender(directory.path, kills * idsPerRun, 1, cache.path).exit, [0, null]);
    const runs: { readonly firstId: number; readonly lastId: number }[] = [];
    for (let kill = 0; kill < kills; kill++) {
      // What was written and not acknowledged may be there as well: the next process begins far behind it.
      const firstId = kill * idsPerRun;
      const lastId = await appendUntilKilled(directory.path, firstId, 1 + ((kill * 7) % 16), cache.path);
      runs.push({ firstId, lastId });
    }
    await (await openSink(directory.path)).close();
    const ids = await readIds(directory.path);
    for (const { firstId, lastId } of runs) {
      const found = ids.filter((id) => id >= firstId && id < firstId + idsPerRun);
      assert.deepEqual(
        found,
        found.map((_, index) => firstId + index),
        'records are missing, twice there or out of order',
      );
      assert.ok(found.length >= lastId - firstId + 1, 'an acknowledged record is lost');
    }
    const segments = await readSegments(directory.path);
    assert.ok(segments.every(({ name }) => name.endsWith('.ndjson')));
    assert.ok(segments.length > kills + 10, `${segments.length} segments of ${kills + 1} processes`);
  });
});
