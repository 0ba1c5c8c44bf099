import type { Random } from '../api/random.ts';
import { type Backoff, backoffMs } from './backoff.ts';
import type { Attempt } from './recipient.ts';
import { askedDelayMs } from './retry-after.ts';

/**
 * How long a message waits after a failed attempt, in milliseconds: the rule's own delay or else the back-off, and
 * Retry-After where the recipient asks for more.
 *
 * @param failures how often the message has failed, this time included.
 * @param ruleDelaySeconds what the rule says that decided; undefined: the back-off.
 */
export function retryDelayMs(
  attempt: Attempt,
  failures: number,
  ruleDelaySeconds: number | undefined,
  backoff: Backoff,
  nowTimeMs: number,
  random: Random,
): number {
  const ownMs = ruleDelaySeconds === undefined ? backoffMs(failures, backoff, random) : ruleDelaySeconds * 1000;
  return attempt.error === undefined ? Math.max(ownMs, askedDelayMs(attempt.headers, nowTimeMs)) : ownMs;
}
