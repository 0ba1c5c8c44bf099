import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { endingWithParent, killAtExit } from './end-with-parent.ts';

/** Kubernetes' servers are Go's: with its default of 100 a fifth of the API server's time is the garbage collector's. */
const goEnvironment = { ...process.env, GOGC: '400' };

/** A server that tests start, kill and start again. It logs to a file, over all its lives. */
export class ServerProcess {
  readonly name: string;
  readonly logFile: string;
  readonly #command: readonly string[];
  #child: ChildProcess | undefined;

  constructor(name: string, command: readonly string[], logFile: string) {
    this.name = name;
    this.logFile = logFile;
    this.#command = command;
  }

  /** The process id, while it runs. */
  get pid(): number | undefined {
    return this.running ? this.#child?.pid : undefined;
  }

  get running(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** @throws Error when it runs already, or cannot be started. */
  async start(): Promise<void> {
    if (this.running) throw new Error(`${this.name} runs already, as process ${this.pid}`);
    const [program = '', ...args] = endingWithParent(this.#command);
    const log = openSync(this.logFile, 'a');
    // A session of its own: a Ctrl-C in the terminal is for this process, which then ends its servers in order.
    this.#child = spawn(program, args, { stdio: ['ignore', log, log], detached: true, env: goEnvironment });
    closeSync(log);
    killAtExit(this.#child);
    await once(this.#child, 'spawn');
  }

  /** Sends a signal, SIGSTOP and SIGCONT included, and does not wait for what comes of it. */
  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  /** Ends it with `signal` and waits until it is gone; harmless when it is gone already. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#child;
    if (child === undefined || !this.running) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  }

  /** Asks it to end, and after `graceMs` milliseconds makes it; waits until it is gone. */
  async stop(graceMs = 5_000): Promise<void> {
    const timer = new AbortController();
    const insist = delay(graceMs, undefined, { signal: timer.signal }).then(
      () => this.signal('SIGKILL'),
      () => {},
    );
    await this.kill('SIGTERM');
    timer.abort();
    await insist;
  }

  /** Kills it with `signal` and starts it again. */
  async restart(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    await this.kill(signal);
    await this.start();
  }

  /** @throws Error with the end of its log when it does not run. */
  async assertRunning(): Promise<void> {
    if (this.running) return;
    const lines = (await readFile(this.logFile, 'utf8')).trimEnd().split('\n');
    const end = this.#child?.signalCode ?? this.#child?.exitCode ?? 'not started';
    throw new Error(`${this.name} does not run (${end}); the end of its log:\n${lines.slice(-20).join('\n')}`);
  }
}
