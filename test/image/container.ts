import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';

/** A process that runs as a container of the image. */
export class Container {
  readonly #child: ChildProcess;
  readonly #ended: Promise<number | NodeJS.Signals>;
  #output = '';

  constructor(child: ChildProcess) {
    this.#child = child;
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output += text;
      });
    this.#ended = once(child, 'close').then(([code, signal]) => code ?? signal);
  }

  /** What it has written to its standard output and error so far. */
  get output(): string {
    return this.#output;
  }

  /** Its exit code, or the signal that ended it. */
  get ended(): Promise<number | NodeJS.Signals> {
    return this.#ended;
  }

  /** Tells it to end. @returns its exit code, or the signal that ended it. */
  end(): Promise<number | NodeJS.Signals> {
    this.#child.kill('SIGTERM');
    return this.#ended;
  }

  /** What is awaited of it. @throws Error when it ends before. */
  async until<T>(awaited: Promise<T>): Promise<T> {
    const ended = this.#ended.then(() => {
      throw new Error(`it has ended:\n${this.#output}`);
    });
    ended.catch(() => {});
    return await Promise.race([awaited, ended]);
  }

  async residentBytes(): Promise<number> {
    const status = await readFile(`/proc/${this.#child.pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
  }
}
