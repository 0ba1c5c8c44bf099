import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * A directory of the user's cache that `install` fills once, ever: `$XDG_CACHE_HOME/courier/<name>`, or under `~/.cache`.
 * It is filled under another name and renamed at the end, so an installation that was cut short is never taken for a
 * whole one; a lock keeps two runs from doing the same work twice.
 * @param name names content and version: another version is another directory.
 */
export async function installOnce(name: string, install: (directory: string) => Promise<void>): Promise<string> {
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'courier');
  const directory = join(cache, name);
  if (await exists(directory)) return directory;
  await mkdir(cache, { recursive: true });
  const unlock = await lock(`${directory}.lock`);
  try {
    if (await exists(directory)) return directory;
    const unfinished = `${directory}.${randomUUID()}`;
    try {
      await mkdir(unfinished);
      await install(unfinished);
      await rename(unfinished, directory);
    } catch (error) {
      await rm(unfinished, { recursive: true, force: true });
      // Two runs that find the same void lock may both go on; the slower one is content with what the faster one made.
      if (!(await exists(directory))) throw error;
    }
    return directory;
  } finally {
    await unlock();
  }
}

/** Waits for the lock file `path`, which holds its owner's process id: the lock of a process that has died is void. */
async function lock(path: string): Promise<() => Promise<void>> {
  for (;;) {
    try {
      const file = await open(path, 'wx');
      await file.writeFile(String(process.pid));
      await file.close();
      return () => rm(path, { force: true });
    } catch (error) {
      if (!hasCode(error, 'EEXIST')) throw error;
    }
    if (await isVoid(path)) await rm(path, { force: true });
    else await delay(200);
  }
}

async function isVoid(path: string): Promise<boolean> {
  try {
    const owner = Number(await readFile(path, 'utf8'));
    // Zero: created a moment ago and not yet written.
    return owner > 0 && !isAlive(owner);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !hasCode(error, 'ESRCH');
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
