import type { Random } from '../../api/random.ts';
import type { Message } from '../message.ts';
import { attributeHeaderName } from './attribute-name.ts';
import { headerSafe } from './header-value.ts';
import { pushTraceHeaders } from './trace-context.ts';

/**
 * The headers that carry a message's facts, after those of every request: names and values in turn.
 *
 * `courier-message-id` stays the same over all attempts, so a recipient recognises duplicates by it. A String or Number
 * attribute `x` becomes `courier-attribute-x`; what a header cannot hold is percent-encoded as UTF-8, and so is `%`, in its
 * name, too.
 */
export function messageHeaders(always: readonly string[], message: Message, random: Random): string[] {
  const headers = always.concat(
    'courier-message-id',
    headerSafe(message.id),
    'courier-attempt',
    String(message.attempt),
    'courier-receive-count',
    String(message.receiveCount),
    'courier-sent-time',
    new Date(message.sentTimeMs).toISOString(),
    'courier-first-received-time',
    new Date(message.firstReceivedTimeMs).toISOString(),
  );
  if (message.groupId !== undefined) headers.push('courier-group-id', headerSafe(message.groupId));
  for (const name in message.attributes) {
    const value = message.attributes[name]?.stringValue;
    if (value === undefined) continue;
    headers.push(`courier-attribute-${attributeHeaderName(name, message.attributes)}`, headerSafe(value));
  }
  pushTraceHeaders(headers, message, random);
  return headers;
}
