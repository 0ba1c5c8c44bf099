import type { Clock } from '../../api/clock.ts';
import type { WorkerStatus } from '../../api/worker-status.ts';
import type { WorkerReport } from '../../operator/scaling/ledger.ts';
import { Slot } from './slot.ts';
import type { UncleanStops } from './snapshot.ts';
import type { SpawnWorker } from './worker-process.ts';

export type FleetOptions = {
  /** Workers are called `<courier>-<slot>`, slots counted from 0. */
  readonly courier: string;
  readonly spawn: SpawnWorker;
  /** Asks the worker whose status API listens on `port`. */
  readonly readStatus: (port: number) => Promise<WorkerStatus>;
  /** How long a worker may take to stop, in milliseconds; then it is killed. */
  readonly stopWithinMs: number;
  readonly clock: Clock;
  /** Told in words of what happens to workers. */
  readonly report: (sentence: string) => void;
};

/** The workers of one Courier, as processes of this machine. */
export class ProcessFleet {
  readonly #options: FleetOptions;
  readonly #slots = new Map<number, Slot>();
  #unclean: UncleanStops = { workers: 0, held: 0 };
  #wake: (() => void) | undefined;

  constructor(options: FleetOptions) {
    this.#options = options;
  }

  /** All workers, those that are leaving included, by name. */
  get workers(): readonly Slot[] {
    return [...this.#slots].sort(([a], [b]) => a - b).map(([, slot]) => slot);
  }

  /** Replicas as the scaler counts them; what is leaving is none. */
  get replicas(): { readonly ready: number; readonly starting: number } {
    const staying = this.#staying();
    const ready = staying.filter((slot) => slot.state === 'Running').length;
    return { ready, starting: staying.length - ready };
  }

  /** All that were asked to stop since the fleet began, and did not stop cleanly. */
  get unclean(): UncleanStops {
    return this.#unclean;
  }

  /**
   * Makes the fleet this large. It grows into the lowest free slots; it shrinks by asking the least busy workers to stop,
   * and the place of one that is still leaving is not free.
   */
  resize(replicas: number): void {
    const staying = this.#staying();
    for (let missing = replicas - staying.length; missing > 0; missing--) this.#add();
    const idleFirst = staying.sort((a, b) => a.held - b.held || b.name.localeCompare(a.name, 'en', { numeric: true }));
    for (const slot of idleFirst.slice(0, Math.max(0, staying.length - replicas))) slot.drain();
  }

  /** Asks every worker for its status; those that do not answer are left out. */
  async poll(): Promise<readonly WorkerReport[]> {
    const reports = this.workers.map(async (slot): Promise<WorkerReport | undefined> => {
      if (slot.port === undefined) return undefined;
      try {
        slot.status = await this.#options.readStatus(slot.port);
      } catch {
        // A worker that is busy, dead or just leaving says nothing this time; its fleet learns of its end by itself.
        return undefined;
      }
      return { status: slot.status, leaving: !slot.staying };
    });
    return (await Promise.all(reports)).filter((report) => report !== undefined);
  }

  /** Asks all workers to stop and resolves when none is left; one that takes too long is killed. */
  async drain(): Promise<void> {
    for (const slot of this.workers) slot.drain();
    while (this.#slots.size > 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Ends all workers at once. */
  kill(): void {
    for (const slot of this.workers) slot.kill();
  }

  #staying(): Slot[] {
    return this.workers.filter((slot) => slot.staying);
  }

  #add(): void {
    let index = 0;
    while (this.#slots.has(index)) index++;
    const { courier, spawn, stopWithinMs, clock, report } = this.#options;
    const stoppedUncleanly = (held: number) => {
      this.#unclean = { workers: this.#unclean.workers + 1, held: this.#unclean.held + held };
    };
    const gone = () => {
      this.#slots.delete(index);
      this.#wake?.();
    };
    const dependencies = { spawn, stopWithinMs, clock, report, stoppedUncleanly, gone };
    this.#slots.set(index, new Slot(`${courier}-${index}`, dependencies));
  }
}
