import type { Clock, Timer } from '../../api/clock.ts';
import type { ExchangeOrder } from '../../api/exchange.ts';
import type { Random } from '../../api/random.ts';
import type { Deployment, LiveCourier, Pod } from '../courier/objects.ts';
import type { Fleets } from '../courier/reconciler.ts';
import { exchangeToken, tokenSha256 } from '../exchange/token.ts';
import type { Address } from '../fleet/fleet-worker.ts';
import { leaseMs } from '../leases/holder.ts';
import { CourierScaler, type CourierScalerOptions, type Sample } from './courier-scaler.ts';
import { asksTheSame, saysMore } from './news.ts';
import type { ScalingRecord } from './scaling-metrics.ts';
import { workerPod } from './worker-pods.ts';

export type SampledFleetsOptions = {
  readonly look: CourierScalerOptions['look'];
  readonly exchange: (
    address: Address,
    token: string,
    order: ExchangeOrder,
    signal: AbortSignal,
  ) => ReturnType<CourierScalerOptions['exchange']>;
  readonly writeCosts: CourierScalerOptions['writeCosts'];
  readonly operatorKey: Uint8Array;
  readonly podsOf: (courierKey: string) => readonly Pod[];
  readonly deploymentOf: (courier: LiveCourier) => Deployment | undefined;
  /** Called when a sample says something new: the Courier is to be reconciled. */
  readonly changed: (key: string) => void;
  readonly intervalMs: number;
  readonly clock: Clock;
  readonly random: Random;
};

/** Looks come no sooner after each other than this, whatever happens. */
const hurriedMs = 1_000;

/** Counters that changed and nothing else are told this seldom. */
const countersEveryMs = 30_000;

type Fleet = {
  courier: LiveCourier;
  readonly scaler: CourierScaler;
  readonly token: string;
  readonly stop: AbortController;
  toldMs: number;
  /** When the last look began, and which workers could be asked then. */
  tickedMs: number;
  there: string;
  /** Undefined while a look is under way. */
  timer: Timer | undefined;
};

/** Samples every Courier at its own pace, spread over the interval. */
export class SampledFleets implements Fleets {
  readonly #options: SampledFleetsOptions;
  readonly #fleets = new Map<string, Fleet>();

  constructor(options: SampledFleetsOptions) {
    this.#options = options;
  }

  ensure(key: string, courier: LiveCourier): void {
    const fleet = this.#fleets.get(key);
    if (fleet !== undefined && asksTheSame(fleet.courier, courier)) {
      fleet.courier = courier;
      this.#hurry(key, fleet);
      return;
    }
    // What was seen of another queue, or as somebody else, says nothing of this one.
    this.forget(key);
    const { clock, look, operatorKey, random, writeCosts } = this.#options;
    const intervalMs = this.#intervalMs(courier);
    const token = exchangeToken(operatorKey, courier.metadata.uid);
    const scaler = new CourierScaler({
      ...{ clock, look, writeCosts, intervalMs },
      exchange: (address, order, signal) => this.#options.exchange(address, token, order, signal),
    });
    const fresh: Fleet = {
      courier,
      scaler,
      token,
      stop: new AbortController(),
      toldMs: Number.NEGATIVE_INFINITY,
      tickedMs: Number.NEGATIVE_INFINITY,
      there: '',
      timer: undefined,
    };
    this.#fleets.set(key, fresh);
    // The first look at once, spread a little, so that two thousand Couriers do not ask in the same moment.
    this.#schedule(key, fresh, random() * Math.min(intervalMs, 500));
  }

  sample(key: string): Sample | undefined {
    return this.#fleets.get(key)?.scaler.sample;
  }

  tokenSha256(courier: LiveCourier): string {
    return tokenSha256(exchangeToken(this.#options.operatorKey, courier.metadata.uid));
  }

  forget(key: string): void {
    const fleet = this.#fleets.get(key);
    if (fleet === undefined) return;
    this.#fleets.delete(key);
    fleet.timer?.cancel();
    fleet.stop.abort();
  }

  /** What is known of the scaling of every Courier. */
  *records(): Generator<ScalingRecord> {
    for (const { courier, scaler } of this.#fleets.values()) {
      const { namespace, name } = courier.metadata;
      const { drainTargetSeconds } = courier.spec.scaling;
      yield { namespace, courier: name, drainTargetSeconds, sample: scaler.sample, decisions: scaler.decisions };
    }
  }

  /** Stops sampling. */
  close(): void {
    for (const key of [...this.#fleets.keys()]) this.forget(key);
  }

  /** Who has come gets its share of a rate limit at once, and that of who has gone is given to others. */
  #hurry(key: string, fleet: Fleet): void {
    const { clock, podsOf } = this.#options;
    if (fleet.courier.spec.recipient.rateLimit === undefined || fleet.timer === undefined) return;
    if (workersThere(podsOf(key)) === fleet.there) return;
    fleet.timer.cancel();
    this.#schedule(key, fleet, Math.max(0, fleet.tickedMs + hurriedMs - clock.monotonic()));
  }

  /** Leases of a rate limit are renewed well before they run out, however seldom else there is a look. */
  #intervalMs({ spec }: LiveCourier): number {
    const { intervalMs } = this.#options;
    return spec.recipient.rateLimit === undefined ? intervalMs : Math.min(intervalMs, leaseMs / 3);
  }

  #schedule(key: string, fleet: Fleet, delayMs: number): void {
    fleet.timer = this.#options.clock.setTimeout(() => void this.#tick(key, fleet), delayMs);
  }

  async #tick(key: string, fleet: Fleet): Promise<void> {
    const { clock, random, podsOf, deploymentOf, changed } = this.#options;
    const before = fleet.scaler.sample;
    const seen = podsOf(key);
    fleet.timer = undefined;
    fleet.there = workersThere(seen);
    fleet.tickedMs = clock.monotonic();
    const pods = seen.map(workerPod);
    const live = deploymentOf(fleet.courier)?.spec?.replicas;
    const after = await fleet.scaler.tick(fleet.courier, pods, live, fleet.stop.signal);
    if (fleet.stop.signal.aborted) return;
    const nowMs = clock.monotonic();
    if (saysMore(before, after) || nowMs - fleet.toldMs >= countersEveryMs) {
      fleet.toldMs = nowMs;
      changed(key);
    }
    this.#schedule(key, fleet, this.#intervalMs(fleet.courier) * (0.9 + 0.2 * random()));
  }
}

/** Which workers run, as text to compare. */
function workersThere(pods: readonly Pod[]): string {
  const running = pods.map(workerPod).filter(({ address, over }) => address !== undefined && !over);
  return running
    .map(({ id }) => id)
    .sort()
    .join();
}
