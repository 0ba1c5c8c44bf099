import { randomUUID } from 'node:crypto';
import type { Clock, Timer } from '../../api/clock.ts';
import type { WorkerStatus } from '../../api/worker-status.ts';
import { held } from '../../operator/scaling/ledger.ts';
import { plural } from '../format.ts';
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
  /** How long the worker may take to stop, in milliseconds; then it is killed. */
  readonly stopWithinMs: number;
  readonly clock: Clock;
  /** Told in words of what happened to the worker. */
  readonly report: (sentence: string) => void;
  /** Told how many messages a worker held that was asked to stop and failed, or was killed. */
  readonly stoppedUncleanly: (held: number) => void;
  /** Told of each process that has ended, by its id. */
  readonly ended: (id: string) => void;
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
  /** That of its present process: unlike the name, no other process ever has it. */
  id = randomUUID();
  readonly #dependencies: SlotDependencies;
  #state: SlotState = 'Starting';
  #process: WorkerProcess | undefined;
  #restart: Timer | undefined;
  #overdue: Timer | undefined;
  #startedMs = 0;
  /** When its process was started, and when that began to listen; milliseconds since the epoch. */
  startedTimeMs = 0;
  readyTimeMs: number | undefined;
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

  /** Asks the worker to stop, once; when it takes too long, it is killed. */
  drain(): void {
    if (!this.staying) return;
    const { clock, report, stopWithinMs } = this.#dependencies;
    this.#restart?.cancel();
    if (this.#process === undefined) {
      this.#leave();
      return;
    }
    this.#state = 'Draining';
    this.#process.terminate();
    this.#overdue = clock.setTimeout(() => {
      report(`${this.name} has not stopped within ${stopWithinMs / 1000} s and is killed`);
      this.#process?.kill();
    }, stopWithinMs);
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
    this.startedTimeMs = clock.now();
    this.#process = spawn(this.name, {
      listening: (port) => {
        this.port = port;
        this.readyTimeMs = clock.now();
        if (this.#state === 'Starting') this.#state = 'Running';
      },
      exited: (exit) => this.#exited(exit),
    });
  }

  #exited(exit: Exit): void {
    const { clock, report } = this.#dependencies;
    if (this.#state === 'Draining') this.#stopped(exit);
    this.#process = undefined;
    this.#dependencies.ended(this.id);
    this.id = randomUUID();
    this.port = undefined;
    this.readyTimeMs = undefined;
    this.status = undefined;
    if (this.#state === 'Draining') {
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

  #stopped(exit: Exit): void {
    const { report, stoppedUncleanly } = this.#dependencies;
    this.#overdue?.cancel();
    // One that was still starting holds nothing, and mostly ends by the signal itself.
    if (exit.code === 0 || (this.port === undefined && exit.signal !== 'SIGKILL')) return;
    const lost = `; it held ${plural(this.held, 'message')}: received again when the visibility timeout ends`;
    report(`${this.name} did not stop cleanly: ${describeExit(exit)}${this.held === 0 ? '' : lost}`);
    stoppedUncleanly(this.held);
  }

  #leave(): void {
    this.#state = 'Gone';
    this.#dependencies.gone();
  }
}
