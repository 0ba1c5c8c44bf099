import type { ExchangeOrder } from '../../../api/exchange.ts';
import type { WorkerStatus } from '../../../api/worker-status.ts';
import { FleetScaler, type FleetView } from '../../../operator/fleet/fleet-scaler.ts';
import type { FleetWorker } from '../../../operator/fleet/fleet-worker.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { liveCourier } from '../courier/fixtures.ts';

export const intervalMs = 5_000;

/** A worker that can be asked at a host of its own name. */
export function fleetWorker(id: string, fields: Partial<FleetWorker> = {}): FleetWorker {
  return {
    ...{ id, address: { host: id, port: 8080 }, placed: true, ready: true, leaving: false, over: false },
    ...{ createdTimeMs: 0, readyTimeMs: 4_000, ...fields },
  };
}

/** A scaler over workers that answer what a test says, in virtual time. */
export class FakeFleet {
  readonly clock = new VirtualClock();
  /** What each worker answers; those without an answer do not. */
  readonly answers = new Map<string, WorkerStatus>();
  /** The last order of each worker. */
  readonly orders = new Map<string, ExchangeOrder>();
  readonly scaler: FleetScaler;
  readonly #signal = new AbortController().signal;

  constructor({ adopts = false } = {}) {
    this.scaler = new FleetScaler({
      ...{ clock: this.clock, intervalMs, adopts },
      exchange: async ({ host }, order) => {
        const answer = this.answers.get(host);
        if (answer === undefined) throw new Error(`${host} does not answer`);
        this.orders.set(host, order);
        return answer;
      },
    });
  }

  /** A round and a decision. */
  async round(workers: readonly FleetWorker[], fields: Partial<FleetView> & { readonly live: number }) {
    await this.clock.advance(intervalMs);
    const spec = fields.spec ?? liveCourier().spec;
    await this.scaler.listen({ spec, workers }, this.#signal);
    const queue = { visible: 0, notVisible: 0, delayed: 0 };
    return await this.scaler.decide({ queue, lastReplicaRate: null, ...fields, spec, workers }, this.#signal);
  }
}
