import type { Disposition } from '../disposition.ts';
import type { Attempt } from '../recipient.ts';

/**
 * What an attempt says of the recipient, whatever becomes of its message:
 *
 * - `Well`: it answers. That it refuses one message, with most statuses of 4xx, says nothing against it.
 * - `Throttled`: it asks for less (429).
 * - `Failed`: it did not answer in time, failed itself (5xx), or refuses everybody: a url that is not there or has moved, or
 *   credentials that it does not take.
 */
export type Signal = 'Well' | 'Throttled' | 'Failed';

/** Statuses that speak of the request's address and credentials, which are the same for every message, or of time. */
const refusesEverybody: ReadonlySet<number> = new Set([301, 302, 303, 307, 308, 401, 403, 404, 407, 408, 421]);

/** Reads what an attempt says of the recipient. What a rule settles, by accepting or dead-lettering, is no failure. */
export function signalOf(attempt: Attempt, { action }: Disposition): Signal {
  if (attempt.error !== undefined) return 'Failed';
  if (attempt.status === 429) return 'Throttled';
  if (action !== 'Retry') return 'Well';
  return attempt.status >= 500 || refusesEverybody.has(attempt.status) ? 'Failed' : 'Well';
}
