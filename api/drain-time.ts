import type { CourierSpec } from './v1alpha1.gen.ts';

/** What the last audit write and the last deletes may take, beyond everything else. */
const bookkeepingSeconds = 10;

/**
 * The longest that a worker may take to stop, in seconds: an open long poll comes back, what is in flight is answered,
 * then audited and deleted. Who stops a worker waits at least this long before killing it.
 */
export function drainSeconds({ queue, recipient }: Pick<CourierSpec, 'queue' | 'recipient'>): number {
  const posting = recipient.connectTimeoutSeconds + recipient.timeoutSeconds;
  return Math.max(queue.waitTimeSeconds, posting) + bookkeepingSeconds;
}
