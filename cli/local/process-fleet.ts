import type { Clock } from '../../api/clock.ts';
import type { FleetWorker } from '../../operator/fleet/fleet-worker.ts';
import type { WorkerReport } from '../../operator/scaling/ledger.ts';
import { Slot } from './slot.ts';
import type { UncleanStops } from './snapshot.ts';
import type { SpawnWorker } from './worker-process.ts';

export type FleetOptions = {
  /** Workers are called `<courier>-<slot>`, slots counted from 0. */
  readonly courier: string;
  readonly spawn: SpawnWorker;
  /** How long a worker may take to stop, in milliseconds; then it is killed. */
  readonly stopWithinMs: number;
  readonly clock: Clock;
  /** Told in words of what happens to workers. */
  readonly report: (sentence: string) => void;
};

/** More processes than may end between two looks. */
const rememberedEnds = 100;

function endedWorker(id: string): FleetWorker {
  return {
    ...{ id, address: undefined, placed: false, ready: false, leaving: true, over: true },
    ...{ createdTimeMs: 0, readyTimeMs: undefined },
  };
}

/** The workers of one Courier, as processes of this machine. */
export class ProcessFleet {
  readonly #options: FleetOptions;
  readonly #slots = new Map<number, Slot>();
  #unclean: UncleanStops = { workers: 0, held: 0 };
  #wake: (() => void) | undefined;
  /** The ids of processes that have ended, the last ones. */
  #ended: readonly string[] = [];

  constructor(options: FleetOptions) {
    this.#options = options;
  }

  /** All workers, those that are leaving included, by name. */
  get workers(): readonly Slot[] {
    return [...this.#slots].sort(([a], [b]) => a - b).map(([, slot]) => slot);
  }

  /** All workers as the scaler sees them, those that are leaving included, and those that have ended of late. */
  get members(): readonly FleetWorker[] {
    const present = this.workers.map((slot) => ({
      ...{ id: slot.id, placed: slot.pid !== undefined, over: false, leaving: !slot.staying },
      ready: slot.state === 'Running',
      address: slot.port === undefined ? undefined : { host: '127.0.0.1', port: slot.port },
      ...{ createdTimeMs: slot.startedTimeMs, readyTimeMs: slot.readyTimeMs },
    }));
    return [...present, ...this.#ended.map(endedWorker)];
  }

  /** How many workers there are; what is leaving is none. */
  get size(): number {
    return this.#staying().length;
  }

  /** All that were asked to stop since the fleet began, and did not stop cleanly. */
  get unclean(): UncleanStops {
    return this.#unclean;
  }

  /**
   * Makes the fleet this large. It grows into the lowest free slots; it shrinks by asking those workers to stop whose
   * removal costs the least, and the place of one that is still leaving is not free.
   *
   * @param costs by the workers' ids; by what they hold, where none are given.
   */
  resize(replicas: number, costs: ReadonlyMap<string, number> = new Map()): void {
    const staying = this.#staying();
    for (let missing = replicas - staying.length; missing > 0; missing--) this.#add();
    const costOf = ({ id, held }: Slot) => costs.get(id) ?? held;
    const cheapestFirst = staying.sort(
      (a, b) => costOf(a) - costOf(b) || b.name.localeCompare(a.name, 'en', { numeric: true }),
    );
    for (const slot of cheapestFirst.slice(0, Math.max(0, staying.length - replicas))) slot.drain();
  }

  /** Takes note of what workers said of themselves. */
  note(reports: readonly WorkerReport[]): void {
    const statuses = new Map(reports.map(({ id, status }) => [id, status]));
    for (const slot of this.workers) slot.status = statuses.get(slot.id) ?? slot.status;
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
    const ended = (id: string) => {
      this.#ended = [...this.#ended, id].slice(-rememberedEnds);
    };
    const gone = () => {
      this.#slots.delete(index);
      this.#wake?.();
    };
    const dependencies = { spawn, stopWithinMs, clock, report, stoppedUncleanly, ended, gone };
    this.#slots.set(index, new Slot(`${courier}-${index}`, dependencies));
  }
}
