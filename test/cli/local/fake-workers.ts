import type { ExchangeOrder } from '../../../api/exchange.ts';
import type { WorkerStatus } from '../../../api/worker-status.ts';
import { ProcessFleet } from '../../../cli/local/process-fleet.ts';
import type { SpawnWorker, WorkerEvents } from '../../../cli/local/worker-process.ts';
import type { Address } from '../../../operator/fleet/fleet-worker.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { workerStatus } from '../../support/worker-status.ts';

/** A worker process that does only what a test makes it do. */
export class FakeWorker {
  readonly name: string;
  readonly pid: number;
  readonly #events: WorkerEvents;
  terminated = false;
  killed = false;
  status: WorkerStatus;

  constructor(name: string, pid: number, events: WorkerEvents) {
    this.name = name;
    this.pid = pid;
    this.#events = events;
    this.status = workerStatus({ worker: name, bootId: `boot-${pid}` });
  }

  /** Its port is its process id. */
  listen(): void {
    this.#events.listening(this.pid);
  }

  exit(code: number | null = 0, signal: string | null = null): void {
    this.#events.exited({ code, signal });
  }

  holds(messages: number): void {
    this.status = workerStatus({ worker: this.name, bootId: `boot-${this.pid}`, holding: { posting: messages } });
  }
}

/** How long fake workers may take to stop, in milliseconds. */
export const stopWithinMs = 45_000;

/** A fleet of fake workers on a virtual clock. */
export function fakeFleet() {
  const clock = new VirtualClock();
  const workers: FakeWorker[] = [];
  const reports: string[] = [];
  const spawn: SpawnWorker = (name, events) => {
    const worker = new FakeWorker(name, workers.length + 1, events);
    workers.push(worker);
    return {
      pid: worker.pid,
      terminate: () => {
        worker.terminated = true;
      },
      kill: () => {
        worker.killed = true;
      },
    };
  };
  /** Orders by the names of the workers that got them last. */
  const orders = new Map<string, ExchangeOrder>();
  const exchange = async ({ port }: Address, order: ExchangeOrder) => {
    const worker = workers.find(({ pid }) => pid === port);
    if (worker === undefined) throw new Error(`nobody listens on ${port}`);
    orders.set(worker.name, order);
    return worker.status;
  };
  const report = (sentence: string) => reports.push(sentence);
  const fleet = new ProcessFleet({ courier: 'orders', spawn, stopWithinMs, clock, report });
  /** The worker that was started last under this name. */
  const worker = (name: string) => {
    const found = workers.findLast((candidate) => candidate.name === name);
    if (found === undefined) throw new Error(`no worker ${name} was started`);
    return found;
  };
  return { clock, fleet, workers, reports, worker, exchange, orders };
}
