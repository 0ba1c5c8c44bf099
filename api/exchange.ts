import type { Rate } from './rate-limit.ts';
import type { WorkerStatus } from './worker-status.ts';

/**
 * The exchange between the operator and a worker: one POST each interval. The operator hands down an order, the worker
 * answers with its status. Each side ignores what it does not know and lives without what the other does not send, so
 * operator and workers may be of different versions. When the exchange stops, orders run out and workers go on.
 */
export const exchangePath = '/exchange';

/** What the operator hands down. */
export type ExchangeOrder = {
  /** Begin no more receives, and finish what is held or still comes: this worker is to be removed. */
  readonly drain: boolean;
  /** How long `drain` holds unless it is renewed, in seconds. */
  readonly validSeconds: number;
  /** The worker's share of the Courier's rate limit; null: there is no limit; absent: what it has stays as it is. */
  readonly share?: RateShare | null;
  /** The most requests that it may have open at a time; absent: as before. */
  readonly maxConcurrency?: number;
};

/** A lease on a part of the Courier's rate limit. */
export type RateShare = Rate & {
  /** Names the grant: the status says by which one a worker lives. The text of a later one is greater. */
  readonly id: string;
  /** How long it may be used after it has come, in seconds. */
  readonly ttlSeconds: number;
  /** What the worker may take when the lease has run out and the time of another one has passed as well. */
  readonly fallback: Rate;
};

/** The longest that a worker obeys what nobody renews. */
const maxValidSeconds = 300;

/**
 * Reads an order.
 * @throws TypeError naming what is wrong with it.
 */
export function parseExchangeOrder(value: unknown): ExchangeOrder {
  const order = recordOf(value, 'an order');
  const { drain = false, validSeconds = 0, share, maxConcurrency } = order;
  if (typeof drain !== 'boolean') throw new TypeError('drain must be true or false');
  return {
    drain,
    validSeconds: Math.min(quantity(validSeconds, 'validSeconds'), maxValidSeconds),
    ...(share === undefined ? {} : { share: share === null ? null : parseShare(share) }),
    ...(maxConcurrency === undefined ? {} : { maxConcurrency: parseConcurrency(maxConcurrency) }),
  };
}

function parseShare(value: unknown): RateShare {
  const { id, ttlSeconds, fallback, ...rate } = recordOf(value, 'share');
  if (typeof id !== 'string') throw new TypeError('share.id must be a string');
  return {
    id,
    ...parseRate(rate, 'share'),
    ttlSeconds: Math.min(quantity(ttlSeconds, 'share.ttlSeconds'), maxValidSeconds),
    fallback: parseRate(recordOf(fallback, 'share.fallback'), 'share.fallback'),
  };
}

function parseRate({ messagesPerSecond, burst }: Readonly<Record<string, unknown>>, what: string): Rate {
  return {
    messagesPerSecond: quantity(messagesPerSecond, `${what}.messagesPerSecond`),
    burst: quantity(burst, `${what}.burst`),
  };
}

function parseConcurrency(value: unknown): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1) {
    throw new TypeError('maxConcurrency must be a whole number of 1 or more');
  }
  return value;
}

function quantity(value: unknown, what: string): number {
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0)
    throw new TypeError(`${what} must be 0 or more`);
  return value;
}

function recordOf(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) throw new TypeError(`${what} must be a JSON object`);
  return { ...value };
}

/** What a worker answers to an order. */
export type ExchangeAnswer = WorkerStatus;
