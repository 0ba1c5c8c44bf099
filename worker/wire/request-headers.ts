import type { WorkerConfig } from '../../api/worker-config.ts';
import { fixedAuthorization } from './authorization.ts';
import { assertHeaderValue, headerSafe } from './header-value.ts';
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
  const authorization = fixedAuthorization(recipient, read);
  const named = headers.some(({ name }) => name.toLowerCase() === 'user-agent');
  return [
    ...['content-type', contentType],
    ...(named ? [] : isSqsd ? ['User-Agent', sqsdUserAgent] : ['user-agent', 'courier']),
    ...(authorization === undefined ? [] : ['authorization', authorization]),
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

function queueName(url: string): string {
  return headerSafe(url.slice(url.lastIndexOf('/') + 1));
}
