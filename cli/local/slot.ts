import type { Clock, Timer } from '../../api/clock.ts';
import type { WorkerStatus } from '../../api/worker-status.ts';
import { held } from '../../operator/scaling/ledger.ts';
import { describeExit, type Exit, type SpawnWorker, type WorkerProcess } from './worker-process.ts';

/**
 * - `Starting`: the process runs, its status API does not listen yet.
 * - `Running`: it can be asked for its status.
 * - `Restarting`: it died, and is started again after a while.
 * - `Draining`: it was asked to stop and finishes what it holds.
 * - `Gone`: it has stopped.
 */
export type SlotState = 'Starting' | 'Running' | 'Restarting' | 'Draining' | 'Gone';

export type SlotDependencies = {
  readonly spawn: SpawnWorker;
  readonly clock: Clock;
  /** Told in words of what happened to the worker. */
  readonly report: (sentence: string) => void;
  /** Called when the slot is gone. */
  readonly gone: () => void;
};

/** The wait before a dead worker is started again: doubled with each death in a row, forgotten after a minute's life. */
export const restartBackoff = { initialMs: 500, maxMs: 30_000, healthyMs: 60_000 } as const;

/**
 * One place in a fleet: a name, and the process that works under it. A process that dies unasked is replaced under the
 * same name, so that its successor takes up the audit directory it left.
 */
export class Slot {
  readonly name: string;
  readonly #dependencies: SlotDependencies;
  #state: SlotState = 'Starting';
  #process: WorkerProcess | undefined;
  #restart: Timer | undefined;
  #startedMs = 0;
  #deaths = 0;
  /** Where its status API listens; undefined until it does, and after it has ended. */
  port: number | undefined;
  /** The last status that this process gave. */
  status: WorkerStatus | undefined;

  constructor(name: string, dependencies: SlotDependencies) {
    this.name = name;
    this.#dependencies = dependencies;
    this.#start();
  }

  get state(): SlotState {
    return this.#state;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** True while it is part of the fleet's size. */
  get staying(): boolean {
    return this.#state !== 'Draining' && this.#state !== 'Gone';
  }

  /** Messages it holds, as far as is known. */
  get held(): number {
    return this.port !== undefined && this.status !== undefined ? held(this.status) : 0;
  }

  /** Asks the worker to stop, once. */
  drain(): void {
    if (!this.staying) return;
    this.#restart?.cancel();
    if (this.#process === undefined) {
      this.#leave();
      return;
    }
    this.#state = 'Draining';
    this.#process.terminate();
  }

  /** Ends the worker at once. */
  kill(): void {
    this.drain();
    this.#process?.kill();
  }

  #start(): void {
    const { clock, spawn } = this.#dependencies;
    this.#state = 'Starting';
    this.#startedMs = clock.monotonic();
    this.#process = spawn(this.name, {
      listening: (port) => {
        this.port = port;
        if (this.#state === 'Starting') this.#state = 'Running';
      },
      exited: (exit) => this.#exited(exit),
    });
  }

  #exited(exit: Exit): void {
    const { clock, report } = this.#dependencies;
    const listened = this.port !== undefined;
    this.#process = undefined;
    this.port = undefined;
    this.status = undefined;
    if (this.#state === 'Draining') {
      // One that was still starting holds nothing, and ends by the signal itself.
      if (listened && exit.code !== 0) report(`${this.name} did not stop cleanly: ${describeExit(exit)}`);
      this.#leave();
      return;
    }
    const healthy = clock.monotonic() - this.#startedMs >= restartBackoff.healthyMs;
    this.#deaths = healthy ? 1 : this.#deaths + 1;
    const delayMs = Math.min(restartBackoff.maxMs, restartBackoff.initialMs * 2 ** Math.min(this.#deaths - 1, 16));
    report(`${this.name} died (${describeExit(exit)}); it is started again in ${delayMs / 1000} s`);
    this.#state = 'Restarting';
    this.#restart = clock.setTimeout(() => this.#start(), delayMs);
  }

  #leave(): void {
    this.#state = 'Gone';
    this.#dependencies.gone();
  }
}
