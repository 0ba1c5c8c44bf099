import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environment } from '../../api/environment.ts';
import type { WorkerStatus } from '../../api/worker-status.ts';

const main = new URL('../../worker/main.ts', import.meta.url).pathname;

/** A real worker process, started from the sources. */
export class WorkerUnderTest {
  readonly #child: ChildProcess;
  readonly #exit: Promise<number | NodeJS.Signals>;
  readonly #port: Promise<number>;
  #log = '';

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#log += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#log += text;
    });
    this.#exit = once(child, 'exit').then(([code, signal]) => code ?? signal);
    this.#port = new Promise((resolve, reject) => {
      child.once('message', (message: { port: number }) => resolve(message.port));
      child.once('exit', () => reject(new Error(`the worker ended before it listened:\n${this.#log}`)));
    });
    // Who needs the port asks for it; a test that only kills the worker does not.
    this.#port.catch(() => {});
  }

  /** Starts a worker with a Courier manifest as its configuration. */
  static async start(
    directory: string,
    name: string,
    manifest: object,
    env: NodeJS.ProcessEnv,
  ): Promise<WorkerUnderTest> {
    const config = join(directory, `${name}.json`);
    await writeFile(config, JSON.stringify(manifest));
    const child = spawn(process.execPath, [main], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: {
        ...process.env,
        ...env,
        [environment.config]: config,
        [environment.worker]: name,
        [environment.listen]: '127.0.0.1:0',
      },
    });
    return new WorkerUnderTest(child);
  }

  /** What it has logged so far. */
  get log(): string {
    return this.#log;
  }

  /** Asks the status API; resolves with the status code and the body. */
  async get(path: string): Promise<{ status: number; body: string }> {
    const response = await fetch(`http://127.0.0.1:${await this.#port}${path}`);
    return { status: response.status, body: await response.text() };
  }

  async status(): Promise<WorkerStatus> {
    return JSON.parse((await this.get('/status')).body);
  }

  /** Halts it, or lets it go on. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child.kill(signal);
  }

  /** Sends a signal; resolves with the exit code, or with the signal that ended it. */
  end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals> {
    this.#child.kill(signal);
    return this.#exit;
  }
}

/** A directory that is gone after the test. */
export async function temporaryDirectory(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'courier-test-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** What an audit directory holds: each worker's records in all its segments, and how many lines are not records. */
export async function readAudit(directory: string): Promise<{ records: AuditRecord[]; unreadable: number }> {
  const records: AuditRecord[] = [];
  let unreadable = 0;
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (!/\.(?:ndjson|active)$/.test(entry.name)) continue;
    const lines = (await readFile(join(entry.parentPath, entry.name), 'utf8')).split('\n');
    if (lines.pop() !== '') unreadable++;
    for (const line of lines) {
      try {
        records.push(JSON.parse(line));
      } catch {
        unreadable++;
      }
    }
  }
  return { records, unreadable };
}

export type AuditRecord = {
  readonly messageId: string;
  readonly status: number;
  readonly attempt: number;
  readonly receiveCount: number;
  readonly worker: string;
  readonly body: string;
};

/** Resolves once `done` is true, asked again and again. What it waits for is real: processes and sockets. */
export async function eventually(
  done: () => boolean | Promise<boolean>,
  what: string,
  limitMs = 60_000,
): Promise<void> {
  const end = performance.now() + limitMs;
  while (!(await done())) {
    if (performance.now() > end) throw new Error(`not within ${limitMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
