import type { WorkerConfig } from '../api/worker-config.ts';
import type { Message } from './message.ts';

type Spec = WorkerConfig['spec'];

/**
 * The headers of a request, as names and values in turn: those of every request, prepared once, then the message's.
 *
 * `courier-message-id` stays the same over all attempts, so a recipient recognises duplicates by it. A String or Number
 * attribute `x` becomes `courier-attribute-x`; what a header cannot hold is percent-encoded as UTF-8, and so is `%`.
 */
export function requestHeaders(recipient: Spec['recipient'], queue: Spec['queue']): (message: Message) => string[] {
  const always = [
    ...['content-type', recipient.contentType],
    ...(recipient.headers?.some(({ name }) => name.toLowerCase() === 'user-agent') ? [] : ['user-agent', 'courier']),
    ...(recipient.headers ?? []).flatMap(({ name, value }) => [name, value]),
    ...['courier-queue', headerSafe(queue.url)],
  ];
  return (message) => {
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
      if (value !== undefined) headers.push(`courier-attribute-${name}`, headerSafe(value));
    }
    return headers;
  };
}

/** Visible ASCII and inner spaces travel as they are; a `%` would be ambiguous, everything else would be refused. */
const unsafe = /[^\x20-\x7e]|%|^ | $/;

/** Encodes what a header value cannot carry as `%XX` of its UTF-8 bytes. */
export function headerSafe(value: string): string {
  if (!unsafe.test(value)) return value;
  let safe = '';
  for (const byte of Buffer.from(value)) {
    const plain = byte > 0x20 && byte < 0x7f && byte !== 0x25;
    safe += plain ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return safe;
}
