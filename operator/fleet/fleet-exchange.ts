import type { Clock } from '../../api/clock.ts';
import type { ExchangeOrder, RateShare } from '../../api/exchange.ts';
import { rateOf } from '../../api/rate-limit.ts';
import type { CourierSpec } from '../../api/v1alpha1.gen.ts';
import type { WorkerStatus } from '../../api/worker-status.ts';
import { RateLeases } from '../leases/rate-leases.ts';
import { held, type Ledger, openLedger, record, type WorkerReport } from '../scaling/ledger.ts';
import type { Address, FleetWorker } from './fleet-worker.ts';

export type FleetExchangeOptions = {
  /** One round trip to a worker. @throws Error when it does not answer. */
  readonly exchange: (address: Address, order: ExchangeOrder, signal: AbortSignal) => Promise<WorkerStatus>;
  /** How often rounds are made. */
  readonly intervalMs: number;
  /** Whether the workers may hold leases from somebody before us. */
  readonly adopts: boolean;
  readonly clock: Clock;
};

/** What orders are made of. */
export type OrderSource = {
  readonly spec: Pick<CourierSpec, 'recipient' | 'scaling'>;
  /** Who is to receive nothing more. */
  readonly drains: { has(id: string): boolean };
};

/** The last answer of a worker, monotonic milliseconds, and whether the order before it was to receive nothing more. */
type Heard = { readonly status: WorkerStatus; readonly atMs: number; readonly drains: boolean };

/** An order, and a report, outlive a few rounds that fail. */
const outlivedRounds = 3;
/** More than a worker has sent of late, since demand grows. Source: the scaling contract, 6. */
const demandMargin = 1.2;

/** Talks to the workers of one Courier: hands down orders and leases, and keeps what they say of themselves. */
export class FleetExchange {
  readonly #options: FleetExchangeOptions;
  readonly #leases: RateLeases;
  readonly #heard = new Map<string, Heard>();
  #ledger: Ledger;

  constructor(options: FleetExchangeOptions) {
    this.#options = options;
    this.#leases = new RateLeases(options);
    this.#ledger = openLedger(options.clock.now());
  }

  /** The sums of all workers, those that are gone included. */
  get ledger(): Ledger {
    return this.#ledger;
  }

  /** One round with all workers: everybody that can be asked gets its order, and its share of the rate limit. */
  async round(workers: readonly FleetWorker[], source: OrderSource, signal: AbortSignal): Promise<void> {
    const { rateLimit } = source.spec.recipient;
    for (const { id, over } of workers) if (over) this.#leases.release(id);
    const shares = rateLimit === undefined ? undefined : this.#divide(workers, source, rateOf(rateLimit));
    await this.#askAll(workers, source, (id) => (shares === undefined ? null : shares.get(id)), signal);
    const there = new Set(workers.map(({ id }) => id));
    for (const id of this.#heard.keys()) if (!there.has(id)) this.#heard.delete(id);
  }

  /** Hands some workers an order between two rounds. Their shares stay. */
  async tell(workers: readonly FleetWorker[], source: OrderSource, signal: AbortSignal): Promise<void> {
    await this.#askAll(workers, source, () => undefined, signal);
  }

  /** What these workers said of themselves, where that is not older than three rounds. */
  reports(workers: readonly FleetWorker[], drains: OrderSource['drains']): readonly WorkerReport[] {
    const oldestMs = this.#options.clock.monotonic() - outlivedRounds * this.#options.intervalMs;
    return workers.flatMap(({ id, leaving }) => {
      const heard = this.#heard.get(id);
      if (heard === undefined || heard.atMs < oldestMs) return [];
      return [{ id, status: heard.status, leaving: leaving || drains.has(id) }];
    });
  }

  /** Whether a worker was told to receive nothing more, and holds nothing any more. */
  hasFinished(id: string): boolean {
    const heard = this.#heard.get(id);
    return heard?.drains === true && heard.status.openReceives === 0 && held(heard.status) === 0;
  }

  #divide(
    workers: readonly FleetWorker[],
    { spec }: OrderSource,
    limit: ReturnType<typeof rateOf>,
  ): ReadonlyMap<string, RateShare> {
    const seats = workers
      .filter(({ over, placed }) => placed && !over)
      .map(({ id, address }) => {
        const demand = demandMargin * (this.#heard.get(id)?.status.rates.demandPerSecond ?? 0);
        return { id, askable: address !== undefined, demand };
      });
    return this.#leases.divide(seats, { limit, maxReplicas: spec.scaling.maxReplicas });
  }

  async #askAll(
    workers: readonly FleetWorker[],
    { spec, drains }: OrderSource,
    shareOf: (id: string) => RateShare | null | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    const { clock, intervalMs } = this.#options;
    const sentMs = clock.monotonic();
    const asked = workers.map(async ({ id, address, leaving }): Promise<WorkerReport | undefined> => {
      if (address === undefined) return undefined;
      const share = shareOf(id);
      const order: ExchangeOrder = {
        ...{ drain: drains.has(id), validSeconds: (outlivedRounds * intervalMs) / 1000 },
        ...{ maxConcurrency: spec.recipient.concurrency.maxPerReplica, ...(share === undefined ? {} : { share }) },
      };
      try {
        const status = await this.#options.exchange(address, order, signal);
        this.#leases.answered(id, status, sentMs, share);
        this.#heard.set(id, { status, atMs: clock.monotonic(), drains: order.drain });
        return { id, status, leaving };
      } catch {
        // It is busy, starting or gone. What it said last holds for a while, and how many speak is what counts.
        return undefined;
      }
    });
    const answers = (await Promise.all(asked)).filter((report) => report !== undefined);
    this.#ledger = record(this.#ledger, answers, clock.now());
  }
}
