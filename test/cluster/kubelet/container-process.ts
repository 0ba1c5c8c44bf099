import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { constants } from 'node:os';
import { killAtExit } from '../end-with-parent.ts';
import type { Launch } from './sandbox.ts';

/** How a process ended, as a container runtime says it: 128 and the signal's number where a signal ended it. */
export type Exit = { readonly exitCode: number; readonly signal: number | undefined };

/** The exit code of a shell that does not find its command. */
const notStarted = 127;

/** A container's program. */
export class ContainerProcess {
  readonly exited: Promise<Exit>;
  readonly #child: ChildProcess;
  #running = true;
  #killAtMs = Number.POSITIVE_INFINITY;
  #kill: NodeJS.Timeout | undefined;

  /** @param logFile gets its standard output and standard error. */
  constructor({ command, environment, workingDirectory }: Launch, logFile: string) {
    const [program = '', ...args] = command;
    const log = openSync(logFile, 'a');
    const stdio = ['ignore', log, log] as const;
    this.#child = spawn(program, args, { cwd: workingDirectory, env: environment, stdio: [...stdio], detached: true });
    closeSync(log);
    killAtExit(this.#child);
    this.exited = this.#untilExit();
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get running(): boolean {
    return this.#running;
  }

  /** SIGTERM now and SIGKILL after `graceSeconds`; called again, it counts if that makes the end come sooner. */
  terminate(graceSeconds: number): void {
    const killAtMs = performance.now() + graceSeconds * 1000;
    if (!this.running || killAtMs >= this.#killAtMs) return;
    if (this.#kill === undefined) this.#child.kill('SIGTERM');
    clearTimeout(this.#kill);
    this.#killAtMs = killAtMs;
    this.#kill = setTimeout(() => this.#child.kill('SIGKILL'), graceSeconds * 1000);
  }

  async #untilExit(): Promise<Exit> {
    try {
      await once(this.#child, 'exit');
      this.#endGroup();
    } catch {
      // It could not be started.
    }
    this.#running = false;
    clearTimeout(this.#kill);
    const { exitCode, signalCode } = this.#child;
    if (signalCode === null) return { exitCode: exitCode ?? notStarted, signal: undefined };
    const signal = constants.signals[signalCode];
    return { exitCode: 128 + signal, signal };
  }

  /** What the program has started ends with it, as in a container. */
  #endGroup(): void {
    try {
      process.kill(-this.pid, 'SIGKILL');
    } catch {
      // The group has no other member.
    }
  }
}
