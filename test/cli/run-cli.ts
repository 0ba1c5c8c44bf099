import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { sleep, systemClock } from '../../api/clock.ts';

const entry = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));

export type Result = { readonly exitCode: number | null; readonly stdout: string; readonly stderr: string };

/** The environment of a machine that knows nothing of AWS, with these variables. */
export function bareEnvironment(variables: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_') && !name.startsWith('COURIER_'));
  const nowhere = { AWS_CONFIG_FILE: '/nowhere', AWS_SHARED_CREDENTIALS_FILE: '/nowhere' };
  return { ...Object.fromEntries(own), ...nowhere, AWS_EC2_METADATA_DISABLED: 'true', ...variables };
}

/** The real command line, started, in a directory if one is given; it is killed when the test ends. */
export function startCli(t: TestContext, args: readonly string[], env = bareEnvironment(), cwd?: string): RunningCli {
  const child = spawn(process.execPath, [entry, ...args], { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  t.after(() => child.kill('SIGKILL'));
  return new RunningCli(child);
}

/** Runs the real command line to its end. */
export function runCli(t: TestContext, args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Result> {
  return startCli(t, args, env).ended;
}

/** A command that runs, and what it has written so far. */
export class RunningCli {
  readonly #child: ChildProcess;
  readonly ended: Promise<Result>;
  stdout = '';
  stderr = '';

  constructor(child: ChildProcess) {
    this.#child = child;
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
    });
    this.ended = once(child, 'close').then(([exitCode]) => ({ exitCode, stdout: this.stdout, stderr: this.stderr }));
  }

  /** Dies without a word, as by `kill -9`. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }

  /** Nobody reads what it says from now on, as when `| head` has seen enough. */
  hangUp(): void {
    this.#child.stdout?.destroy();
  }

  interrupt(): void {
    this.#child.kill('SIGINT');
  }

  /** Resolves to the match once stdout has one; throws when the command ends first. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.stdout);
      if (match !== null) return match;
      const more = once(this.#child.stdout ?? this.#child, 'data').then(() => undefined);
      const result = await Promise.race([more, this.ended]);
      if (result !== undefined && pattern.exec(this.stdout) === null) {
        throw new Error(`it ended without saying ${pattern}:\n${this.stdout}${this.stderr}`);
      }
    }
  }
}

/** A directory that is gone after the test. */
export async function temporaryDirectory(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'courier-test-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** Writes a file into `directory`; resolves to its path. */
export async function write(directory: string, name: string, text: string): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, text);
  return path;
}

/** Resolves once the file holds `text`; the test's own timeout ends the wait. */
export async function fileSays(path: string, text: string): Promise<void> {
  while (!(await readFile(path, 'utf8').catch(() => '')).includes(text)) await sleep(systemClock, 20);
}
