import type { WorkerStatus } from './worker-status.ts';

/**
 * The exchange between the operator and a worker: one POST each interval. The operator hands down an order, the worker
 * answers with its status. Each side ignores what it does not know and lives without what the other does not send, so
 * operator and workers may be of different versions. When the exchange stops, orders run out and workers go on.
 */
export const exchangePath = '/exchange';

/** What the operator hands down. */
export type ExchangeOrder = {
  /** Receive nothing and finish what is held: this worker is to be removed. */
  readonly drain: boolean;
  /** How long the order holds unless it is renewed, in seconds. */
  readonly validSeconds: number;
};

/** The longest that a worker obeys an order that nobody renews. */
const maxValidSeconds = 300;

/**
 * Reads an order.
 * @throws TypeError naming what is wrong with it.
 */
export function parseExchangeOrder(value: unknown): ExchangeOrder {
  if (typeof value !== 'object' || value === null) throw new TypeError('an order is a JSON object');
  const drain = 'drain' in value ? value.drain : false;
  if (typeof drain !== 'boolean') throw new TypeError('drain must be true or false');
  const validSeconds = 'validSeconds' in value ? value.validSeconds : 0;
  if (typeof validSeconds !== 'number' || !(validSeconds >= 0)) throw new TypeError('validSeconds must be 0 or more');
  return { drain, validSeconds: Math.min(validSeconds, maxValidSeconds) };
}

/** What a worker answers to an order. */
export type ExchangeAnswer = WorkerStatus;
