import type { Clock } from '../../api/clock.ts';
import type { RateShare } from '../../api/exchange.ts';
import { fallbackRate, type Rate } from '../../api/rate-limit.ts';
import type { WorkerStatus } from '../../api/worker-status.ts';
import { allocate, answered, emptyBook, type LeaseBook, released, type Seat, unknownBook } from './allocate.ts';
import { deliveryMs, type Grant, type LeaseReport, leaseMs } from './holder.ts';

export type RateLeasesOptions = {
  readonly clock: Clock;
  /** Whether workers may hold what somebody else has granted: true after a restart of the operator. */
  readonly adopts: boolean;
};

/** What is divided: the limit of a Courier, and among how many workers at most. */
export type DividedLimit = { readonly limit: Rate; readonly maxReplicas: number };

/** The shares that the workers of one Courier hold of its rate limit. */
export class RateLeases {
  readonly #clock: Clock;
  #book: LeaseBook;
  #limit: Rate | undefined;

  constructor({ clock, adopts }: RateLeasesOptions) {
    this.#clock = clock;
    this.#book = adopts ? unknownBook : emptyBook;
  }

  /**
   * Divides the limit anew. The shares are to be handed down at once.
   *
   * @returns the share of each worker by its id; who is not in it keeps what it has.
   */
  divide(seats: readonly Seat[], { limit, maxReplicas }: DividedLimit): ReadonlyMap<string, RateShare> {
    this.#limit = limit;
    const fallback = fallbackRate(limit, maxReplicas);
    const terms = { limit: limit.messagesPerSecond, fallback: fallback.messagesPerSecond };
    const { book, grants } = allocate(this.#book, seats, this.#clock.monotonic(), terms);
    this.#book = book;
    const id = new Date(this.#clock.now()).toISOString();
    const share = (grant: Grant): RateShare => ({
      ...{ id, messagesPerSecond: grant.share, burst: burstOf(grant.share, limit) },
      ...{ ttlSeconds: (leaseMs - deliveryMs) / 1000, fallback },
    });
    return new Map([...grants].map(([worker, grant]) => [worker, share(grant)]));
  }

  /** A worker's process has surely ended. */
  release(id: string): void {
    this.#book = released(this.#book, id);
  }

  /** Takes note of what a worker has answered to an exchange that was begun at `sentMs`, with the share that it was handed. */
  answered(id: string, { rateLimit }: WorkerStatus, sentMs: number, handed: RateShare | null | undefined): void {
    if (this.#limit === undefined) return;
    // One that knows of no limit takes all there is, until it is told.
    const report: LeaseReport = rateLimit
      ? { share: rateLimit.messagesPerSecond, remainingMs: rateLimit.remainingSeconds * 1000 }
      : { share: this.#limit.messagesPerSecond, remainingMs: leaseMs };
    const exchange = { sentMs, answeredMs: this.#clock.monotonic(), fallback: handed?.fallback.messagesPerSecond };
    this.#book = answered(this.#book, id, report, exchange);
  }
}

/** The part of the burst that goes with a share: with less than one nothing is ever sent. */
function burstOf(share: number, { messagesPerSecond, burst }: Rate): number {
  return Math.max(1, (burst * share) / messagesPerSecond);
}
