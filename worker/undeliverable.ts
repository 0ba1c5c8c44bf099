import type { DeadLetterCause } from './dead-letters/evidence.ts';
import type { Message } from './message.ts';

/**
 * Why a message must not be attempted; undefined when it may be. It is asked for every message, and allocates only where
 * there is something to say.
 *
 * @param maxAgeMs `delivery.maxMessageAgeSeconds` in milliseconds; 0: no limit.
 */
export function undeliverable(message: Message, maxAgeMs: number, nowTimeMs: number): DeadLetterCause | undefined {
  if (message.unreadable !== undefined) {
    return { reason: 'Unreadable', decidedBy: 'default', unreadable: message.unreadable };
  }
  if (maxAgeMs > 0 && nowTimeMs - message.sentTimeMs > maxAgeMs) {
    return { reason: 'TooOld', decidedBy: 'delivery.maxMessageAgeSeconds' };
  }
  return undefined;
}
