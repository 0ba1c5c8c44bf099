import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { sleep, systemClock } from '../../../api/clock.ts';
import { BackOff, type BackOffPolicy } from './back-off.ts';
import type { Waiting } from './container-launch.ts';
import { type ProbeEffects, probeContainer } from './container-probes.ts';
import { ContainerProcess, type Exit } from './container-process.ts';
import type { Log } from './log.ts';
import type { Container, ContainerState, ContainerStatus, PodSpec, Terminated } from './objects.ts';
import type { Launch } from './sandbox.ts';
import { wholeSeconds } from './timestamps.ts';

/** What a container is, and how it lives. */
export type ContainerPlan = {
  readonly container: Container;
  readonly podIP: string;
  readonly restartPolicy: NonNullable<PodSpec['restartPolicy']>;
  readonly graceSeconds: number;
  readonly backOff: BackOffPolicy;
  /** Log files are `<restart>.log` in here. */
  readonly logDirectory: string;
  /**
   * Prepares a start.
   * @returns what to run, or why it cannot run now: it is asked again until it can.
   */
  readonly prepare: () => Promise<Launch | Waiting>;
  /** Called after each change of the status. */
  readonly changed: () => void;
  readonly log: Log;
};

const retryPreparationMs = 500;

/** The life of one container of a pod: starts, probes, restarts, end. */
export class ContainerRunner {
  readonly #plan: ContainerPlan;
  readonly #backOff: BackOff;
  readonly #stopping = new AbortController();
  #process: ContainerProcess | undefined;
  #state: ContainerState = { waiting: { reason: 'ContainerCreating' } };
  #lastState: ContainerState = {};
  #restartCount = 0;
  #started = false;
  #ready = false;

  constructor(plan: ContainerPlan) {
    this.#plan = plan;
    this.#backOff = new BackOff(plan.backOff);
  }

  get name(): string {
    return this.#plan.container.name;
  }

  /** The process id, while it runs. */
  get pid(): number | undefined {
    return this.#process?.running ? this.#process.pid : undefined;
  }

  /** What the container has written since its last start. */
  get logFile(): string {
    return join(this.#plan.logDirectory, `${this.#restartCount}.log`);
  }

  get status(): ContainerStatus {
    const { name, image } = this.#plan.container;
    return {
      name,
      image,
      imageID: image,
      ...(this.#process === undefined ? {} : { containerID: containerId(this.#process) }),
      ready: this.#ready,
      started: this.#started,
      restartCount: this.#restartCount,
      state: this.#state,
      lastState: this.#lastState,
    };
  }

  /** Says why the pod's containers wait before any of them may start. */
  wait(reason: string, message: string): void {
    this.#setState({ waiting: { reason, message } });
  }

  /** Runs it until it is stopped, or has ended and its restart policy leaves it so. */
  async run(): Promise<void> {
    await mkdir(this.#plan.logDirectory, { recursive: true });
    while (!this.#stopping.signal.aborted) {
      const launch = await this.#prepared();
      if (launch === undefined) return;
      const startedAtMs = performance.now();
      const exit = await this.#runOnce(launch);
      if (this.#stopping.signal.aborted || !this.#restarts(exit)) return;
      await this.#backOffAfter(performance.now() - startedAtMs);
      if (!this.#stopping.signal.aborted) this.#restartCount++;
    }
  }

  /**
   * SIGTERM, and SIGKILL after `graceSeconds`; called again, it counts if that makes the end come sooner. {@link run} then
   * ends.
   */
  stop(graceSeconds: number): void {
    this.#stopping.abort();
    this.#process?.terminate(graceSeconds);
  }

  async #prepared(): Promise<Launch | undefined> {
    const { signal } = this.#stopping;
    for (; !signal.aborted; await sleep(systemClock, retryPreparationMs, signal)) {
      const launch = await this.#plan.prepare();
      if (!('reason' in launch)) return signal.aborted ? undefined : launch;
      this.wait(launch.reason, launch.message);
    }
    return undefined;
  }

  async #runOnce(launch: Launch): Promise<Exit> {
    const startedAt = new Date();
    const process = new ContainerProcess(launch, this.logFile);
    this.#process = process;
    const { container, podIP } = this.#plan;
    const { startupProbe, readinessProbe } = container;
    this.#started = startupProbe === undefined;
    this.#ready = this.#started && readinessProbe === undefined;
    this.#setState({ running: { startedAt: wholeSeconds(startedAt) } });
    const probing = new AbortController();
    const probes = probeContainer({ container, podIP }, this.#effects(process), probing.signal);
    const exit = await process.exited;
    probing.abort();
    await probes;
    this.#started = false;
    this.#ready = false;
    this.#setState({ terminated: terminated(exit, process, startedAt) });
    return exit;
  }

  #effects(process: ContainerProcess): ProbeEffects {
    const { container, graceSeconds, log } = this.#plan;
    return {
      started: () => {
        this.#started = true;
        this.#setReady(container.readinessProbe === undefined);
        this.#plan.changed();
      },
      ready: (ready) => this.#setReady(ready),
      end: (probe, failure) => {
        log(`container ${container.name}, process ${process.pid}, is ended: ${failure}`);
        process.terminate(probe.terminationGracePeriodSeconds ?? graceSeconds);
      },
    };
  }

  async #backOffAfter(ranMs: number): Promise<void> {
    this.#lastState = this.#state;
    const delayMs = this.#backOff.next(ranMs);
    if (delayMs === 0) return;
    const { name } = this.#plan.container;
    this.wait('CrashLoopBackOff', `back-off ${delayMs / 1000}s restarting failed container=${name}`);
    await sleep(systemClock, delayMs, this.#stopping.signal);
  }

  #restarts({ exitCode }: Exit): boolean {
    const { restartPolicy } = this.#plan;
    return restartPolicy === 'Always' || (restartPolicy === 'OnFailure' && exitCode !== 0);
  }

  #setReady(ready: boolean): void {
    if (this.#ready === ready) return;
    this.#ready = ready;
    this.#plan.changed();
  }

  #setState(state: ContainerState): void {
    this.#state = state;
    this.#plan.changed();
  }
}

/** The scheme names the container runtime; the rest is the process id. */
function containerId({ pid }: ContainerProcess): string {
  return `process://${pid}`;
}

function terminated(exit: Exit, process: ContainerProcess, startedAt: Date): Terminated {
  return {
    exitCode: exit.exitCode,
    ...(exit.signal === undefined ? {} : { signal: exit.signal }),
    reason: exit.exitCode === 0 ? 'Completed' : 'Error',
    startedAt: wholeSeconds(startedAt),
    finishedAt: wholeSeconds(new Date()),
    containerID: containerId(process),
  };
}
