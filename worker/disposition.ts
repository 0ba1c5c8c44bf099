import type { Random } from '../api/random.ts';
import { type Backoff, backoffMs } from './backoff.ts';
import type { Attempt } from './recipient.ts';
import { retryAfterSeconds } from './retry-after.ts';

/** What becomes of a message after an attempt. */
export type Disposition =
  | { readonly action: 'Acknowledge'; readonly status: number }
  | { readonly action: 'Retry'; readonly delaySeconds: number; readonly throttled: boolean };

/**
 * Decides what an attempt means: 2xx is acceptance, everything else is tried again. A redirect is not followed: it is
 * not acceptance. The delay is the back-off for this receive count, or Retry-After where the recipient asks for more.
 *
 * @returns a delay in whole seconds, since SQS counts visibility in them; at least one, so that nothing spins.
 */
export function dispose(
  attempt: Attempt,
  receiveCount: number,
  backoff: Backoff,
  nowTimeMs: number,
  random: Random,
): Disposition {
  if (attempt.error === undefined && attempt.status >= 200 && attempt.status < 300) {
    return { action: 'Acknowledge', status: attempt.status };
  }
  const asked = attempt.error === undefined ? retryAfterSeconds(attempt.retryAfter, nowTimeMs) : undefined;
  const delaySeconds = Math.max(1, Math.ceil(Math.max(backoffMs(receiveCount, backoff, random) / 1000, asked ?? 0)));
  return { action: 'Retry', delaySeconds, throttled: attempt.error === undefined && attempt.status === 429 };
}
