import type { WorkerConfig } from '../../api/worker-config.ts';
import { headerSafe } from './header-value.ts';
import type { ReadSecret } from './secrets.ts';
import { sqsdUserAgent } from './sqsd-headers.ts';

/**
 * The headers of every request, as names and values in turn.
 * @throws Error with a sentence when a value from a Secret cannot be one of a header.
 */
export function requestHeaders(
  { recipient, queue }: WorkerConfig['spec'],
  contentType: string,
  read: ReadSecret,
): string[] {
  const { headers = [], profile } = recipient;
  const isSqsd = profile === 'Sqsd';
  const named = headers.some(({ name }) => name.toLowerCase() === 'user-agent');
  return [
    ...['content-type', contentType],
    ...(named ? [] : isSqsd ? ['User-Agent', sqsdUserAgent] : ['user-agent', 'courier']),
    ...headers.flatMap((header) => [header.name, headerValue(header, read)]),
    ...(isSqsd ? ['X-Aws-Sqsd-Queue', queueName(queue.url)] : ['courier-queue', headerSafe(queue.url)]),
  ];
}

type Header = NonNullable<WorkerConfig['spec']['recipient']['headers']>[number];

function headerValue({ name, value, valueFrom }: Header, read: ReadSecret): string {
  if (valueFrom === undefined) return value ?? '';
  const { secretKeyRef } = valueFrom;
  const secret = read(secretKeyRef.name, secretKeyRef.key) ?? '';
  assertHeaderValue(secret, `the key ${secretKeyRef.key} of the Secret ${secretKeyRef.name}`, `the header ${name}`);
  return secret;
}

/** @throws Error with a sentence that does not quote `value`. */
export function assertHeaderValue(value: string, source: string, header: string): void {
  if (/^[\t\x20-\x7e]*$/.test(value)) return;
  throw new Error(
    `${source} holds a line break or a character that is not ASCII, which ${header} cannot carry: remove it`,
  );
}

function queueName(url: string): string {
  return headerSafe(url.slice(url.lastIndexOf('/') + 1));
}
