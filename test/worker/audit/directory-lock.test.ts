import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { promises as fs, readFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { DirectoryLock } from '../../../worker/audit/directory-lock.ts';
import { eventually, temporaryDirectory } from '../../support/worker-under-test.ts';

/** The fields of /proc/<pid>/stat behind the command: the state first, the start in clock ticks as number 19. */
function stat(pid: number): string[] {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}

function holder(fields: object): string {
  return JSON.stringify({ id: 'id-1', pid: process.pid, host: hostname(), startTicks: '1', ...fields });
}

/** The process that the lock of a directory names. */
async function holderOf(directory: string): Promise<number> {
  return JSON.parse(await readFile(join(directory, 'lock'), 'utf8')).pid;
}

/** A process that lives until it is ended. */
function startProcess(command = 'sleep', args = ['600']) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const exit = once(child, 'exit');
  const end = async () => {
    child.kill('SIGKILL');
    await exit;
  };
  return { pid: child.pid ?? 0, stdout: child.stdout, end, [Symbol.asyncDispose]: end };
}

describe('the lock of an audit directory', () => {
  it('is held by one at a time, and free when it is released', async () => {
    await using directory = await temporaryDirectory();
    const lock = await DirectoryLock.acquire(directory.path);
    await assert.rejects(DirectoryLock.acquire(directory.path), {
      message: new RegExp(
        `^the audit directory ${directory.path} is in use by process ${process.pid} on ${hostname()}:`,
      ),
    });
    await lock.release();
    assert.deepEqual(await readdir(directory.path), []);
    await (await DirectoryLock.acquire(directory.path)).release();
  });

  it('of a live process refuses, and says what to do', async () => {
    await using directory = await temporaryDirectory();
    await using other = startProcess();
    await writeFile(join(directory.path, 'lock'), holder({ pid: other.pid, startTicks: stat(other.pid)[19] }));
    await assert.rejects(DirectoryLock.acquire(directory.path), (error: Error) => {
      assert.match(error.message, new RegExp(`in use by process ${other.pid} `));
      assert.match(error.message, /give each worker a name and a directory of its own, or remove .*\/lock if/);
      return true;
    });
    assert.equal(await holderOf(directory.path), other.pid);
  });

  it('of a live process refuses also where nothing is known of its start', async () => {
    await using directory = await temporaryDirectory();
    await using other = startProcess();
    await writeFile(join(directory.path, 'lock'), holder({ pid: other.pid, startTicks: null }));
    await assert.rejects(DirectoryLock.acquire(directory.path), /in use by process/);
  });

  it("of another user's process refuses", async () => {
    await using directory = await temporaryDirectory();
    await writeFile(join(directory.path, 'lock'), holder({ pid: 1, startTicks: stat(1)[19] }));
    await assert.rejects(DirectoryLock.acquire(directory.path), /in use by process 1 /);
  });

  it('of another machine refuses, since nobody here knows whether its process lives', async () => {
    await using directory = await temporaryDirectory();
    await writeFile(join(directory.path, 'lock'), holder({ host: 'elsewhere' }));
    await assert.rejects(DirectoryLock.acquire(directory.path), /in use by process \d+ on elsewhere/);
  });

  const takenOver: [sentence: string, content: () => string][] = [
    ['of a process that restarted with the same pid, as in a container', () => holder({})],
    ['of such a process where nothing is known of its start', () => holder({ startTicks: null })],
    ['of a live process that has the pid of the dead one', () => holder({ pid: 1 })],
    ['that was torn to nothing', () => ''],
    ['that was torn in its middle', () => holder({}).slice(0, 20)],
    ['that was torn to zeros', () => '\0'.repeat(80)],
    ['without a process', () => '{"host":"here"}'],
    ['of a process that cannot be', () => holder({ pid: 0, startTicks: null })],
    ['of JSON that is no holder', () => 'null'],
  ];
  for (const [sentence, content] of takenOver) {
    it(`${sentence} is taken over`, async () => {
      await using directory = await temporaryDirectory();
      await writeFile(join(directory.path, 'lock'), content());
      const lock = await DirectoryLock.acquire(directory.path);
      assert.equal(await holderOf(directory.path), process.pid);
      await lock.release();
      assert.deepEqual(await readdir(directory.path), []);
    });
  }

  it('of a dead process is taken over', async () => {
    await using directory = await temporaryDirectory();
    const dead = startProcess();
    const startTicks = stat(dead.pid)[19];
    await dead.end();
    await writeFile(join(directory.path, 'lock'), holder({ pid: dead.pid, startTicks }));
    await DirectoryLock.acquire(directory.path);
    assert.equal(await holderOf(directory.path), process.pid);
  });

  it('of a dead process that nobody has reaped yet is taken over', async () => {
    await using directory = await temporaryDirectory();
    // The shell becomes a process that never waits for the child it had.
    await using parent = startProcess('sh', ['-c', 'sleep 600 & echo $!; exec sleep 600']);
    const pid = Number((await once(parent.stdout, 'data'))[0]);
    await eventually(() => readFileSync(`/proc/${parent.pid}/comm`, 'utf8') === 'sleep\n', 'the shell is gone');
    process.kill(pid, 'SIGKILL');
    await eventually(() => stat(pid)[0] === 'Z', 'the child is a zombie');
    await writeFile(join(directory.path, 'lock'), holder({ pid, startTicks: stat(pid)[19] }));
    await DirectoryLock.acquire(directory.path);
    assert.equal(await holderOf(directory.path), process.pid);
  });

  const races: [sentence: string, content: string | undefined][] = [
    ['that nobody holds', undefined],
    ['of a dead process', holder({})],
    ['that is torn', ''],
  ];
  for (const [sentence, content] of races) {
    it(`${sentence} is never given to two who ask at once`, async () => {
      await using directory = await temporaryDirectory();
      let given = 0;
      for (let round = 0; round < 40; round++) {
        await rm(directory.path, { recursive: true });
        await mkdirWith(directory.path, content);
        const asked = await Promise.allSettled(Array.from({ length: 8 }, () => DirectoryLock.acquire(directory.path)));
        const locks = asked.filter((each) => each.status === 'fulfilled');
        assert.ok(locks.length <= 1, `${locks.length} hold the lock`);
        given += locks.length;
      }
      assert.ok(given > 0);
    });
  }

  it('is not held by one whose file was taken for torn before it was whole', async (t) => {
    await using directory = await temporaryDirectory();
    const { writeFile: write } = fs;
    t.mock.method(fs, 'writeFile', async (...args: Parameters<typeof write>) => {
      await write(...args);
      await write(join(directory.path, 'lock'), holder({ id: 'id-2', pid: 1 }));
    });
    syncBuiltinESMExports();
    await assert.rejects(
      DirectoryLock.acquire(directory.path),
      /^Error: another worker locked the audit directory .* now/,
    );
    t.mock.restoreAll();
    syncBuiltinESMExports();
    assert.equal(await holderOf(directory.path), 1);
  });

  it('is left alone by a release when it has passed to another meanwhile', async () => {
    await using directory = await temporaryDirectory();
    const lock = await DirectoryLock.acquire(directory.path);
    await writeFile(join(directory.path, 'lock'), holder({ pid: 1 }));
    await lock.release();
    assert.equal(await holderOf(directory.path), 1);
    await rm(join(directory.path, 'lock'));
    await lock.release();
  });
});

async function mkdirWith(directory: string, lock: string | undefined): Promise<void> {
  await mkdir(directory);
  if (lock !== undefined) await writeFile(join(directory, 'lock'), lock);
}
