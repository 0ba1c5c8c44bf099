import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

type Holder = {
  /** Tells one holding of the lock from every other. */
  readonly id: string;
  readonly pid: number;
  readonly host: string;
  /** When the kernel started the process: tells it from a later one of the same pid. Null where that is not known. */
  readonly startTicks: string | null;
};

/** Keeps a second worker of the same name out of an audit directory. */
export class DirectoryLock {
  readonly #path: string;
  readonly #own: Holder;

  private constructor(path: string, own: Holder) {
    this.#path = path;
    this.#own = own;
  }

  /**
   * Locks `directory`. The lock of a process that is dead is taken over.
   * @throws Error naming the holder, when that is alive or on another machine.
   */
  static async acquire(directory: string): Promise<DirectoryLock> {
    const path = join(directory, 'lock');
    const startTicks = processStat(process.pid)?.startTicks ?? null;
    const own: Holder = { id: randomUUID(), pid: process.pid, host: hostname(), startTicks };
    if (!(await create(path, own))) {
      const holder = await read(path);
      if (holder !== undefined && isAlive(holder, own)) {
        throw new Error(
          `the audit directory ${directory} is in use by process ${holder.pid} on ${holder.host}: ` +
            `give each worker a name and a directory of its own, or remove ${path} if that process is gone`,
        );
      }
      if (!(await remove(path, holder)) || !(await create(path, own))) throw lostRace(directory);
    }
    // Who saw the file while it was still empty has taken it for torn, and removed it.
    if ((await read(path))?.id !== own.id) throw lostRace(directory);
    return new DirectoryLock(path, own);
  }

  /** Leaves the directory to others; harmless when somebody has removed the lock. */
  async release(): Promise<void> {
    await remove(this.#path, this.#own);
  }
}

function lostRace(directory: string): Error {
  return new Error(
    `another worker locked the audit directory ${directory} just now: give each worker a name and a directory of its own`,
  );
}

async function create(path: string, holder: Holder): Promise<boolean> {
  try {
    await writeFile(path, `${JSON.stringify(holder)}\n`, { flag: 'wx' });
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

/**
 * Removes the lock of `holder`; undefined stands for a torn one. It is moved aside first and looked at again, since
 * another process may have taken it over meanwhile.
 * @returns whether it was that holder's.
 */
async function remove(path: string, holder: Holder | undefined): Promise<boolean> {
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
  if ((await read(aside))?.id === holder?.id) {
    await unlink(aside);
    return true;
  }
  await rename(aside, path);
  return false;
}

/** The holder a lock file names; undefined where there is none, or one that was torn by a crash. */
async function read(path: string): Promise<Holder | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'));
    return typeof value === 'object' && value !== null ? toHolder({ ...value }) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

function toHolder({ id, pid, host, startTicks }: Record<string, unknown>): Holder | undefined {
  if (typeof id !== 'string' || typeof host !== 'string') return undefined;
  if (typeof pid !== 'number' || !Number.isInteger(pid) || pid < 1) return undefined;
  return { id, pid, host, startTicks: typeof startTicks === 'string' ? startTicks : null };
}

function isAlive(holder: Holder, own: Holder): boolean {
  if (holder.host !== own.host) return true;
  if (!exists(holder.pid)) return false;
  const stat = processStat(holder.pid);
  // A container that restarts gives its process the pid of the one before.
  if (stat === null || holder.startTicks === null) return holder.pid !== own.pid;
  return stat.startTicks === holder.startTicks && stat.state !== 'Z';
}

function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
}

/** Fields 3 and 22 of /proc/<pid>/stat (proc(5)); the command before them is in parentheses and may hold spaces. */
function processStat(pid: number): { readonly state: string; readonly startTicks: string } | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, startTicks] = [fields[0], fields[19]];
    return state === undefined || startTicks === undefined ? null : { state, startTicks };
  } catch {
    return null;
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
