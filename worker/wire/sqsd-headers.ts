import type { Random } from '../../api/random.ts';
import type { Message } from '../message.ts';
import { attributeHeaderName } from './attribute-name.ts';
import { headerSafe } from './header-value.ts';
import { pushTraceHeaders } from './trace-context.ts';

/** What the daemon of AWS Elastic Beanstalk calls itself; recipients look at the part before the "/". */
export const sqsdUserAgent = 'aws-sqsd/3.0.4';

/** Attributes of periodic tasks: they have headers of their own. */
const taskPrefix = 'beanstalk.sqsd.';

/**
 * The headers that aws-sqsd gives a message, spelled as it spells them on the wire (source: the daemon's Ruby code, whose
 * HTTP client capitalises each part of a name), and two that it does not know: `courier-attempt`, and the trace. A Binary
 * attribute has none; a message of a periodic task has its name and time, and goes to the recipient's URL as all do.
 */
export function sqsdHeaders(always: readonly string[], message: Message, random: Random): string[] {
  const { attributes, systemAttributes } = message;
  const headers = always.concat(
    'X-Aws-Sqsd-Msgid',
    headerSafe(message.id),
    'X-Aws-Sqsd-Receive-Count',
    String(message.receiveCount),
    'X-Aws-Sqsd-First-Received-At',
    wholeSeconds(message.firstReceivedTimeMs),
    'X-Aws-Sqsd-Sent-At',
    wholeSeconds(message.sentTimeMs),
  );
  const { SenderId: senderId } = systemAttributes;
  if (senderId !== undefined) headers.push('X-Aws-Sqsd-Sender-Id', headerSafe(senderId));
  pushAttribute(headers, 'X-Aws-Sqsd-Path', attributes['beanstalk.sqsd.path']?.stringValue);
  pushAttribute(headers, 'X-Aws-Sqsd-Taskname', attributes['beanstalk.sqsd.task_name']?.stringValue);
  pushAttribute(headers, 'X-Aws-Sqsd-Scheduled-At', scheduledTime(attributes['beanstalk.sqsd.scheduled_time']));
  for (const name in attributes) {
    if (name.startsWith(taskPrefix)) continue;
    pushAttribute(
      headers,
      `X-Aws-Sqsd-Attr-${capitalized(attributeHeaderName(name, attributes))}`,
      attributes[name]?.stringValue,
    );
  }
  headers.push('courier-attempt', String(message.attempt));
  pushTraceHeaders(headers, message, random);
  return headers;
}

function pushAttribute(headers: string[], name: string, value: string | undefined): void {
  if (value !== undefined) headers.push(name, headerSafe(value));
}

/** `foo-BAR_baz` as `Foo-Bar_baz`. */
function capitalized(name: string): string {
  return name
    .split('-')
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1).toLowerCase())
    .join('-');
}

/** ISO 8601 in UTC without a fraction, as Ruby's Time#iso8601 writes it. */
function wholeSeconds(timeMs: number): string {
  return new Date(timeMs).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** The daemon writes a time anew in UTC; one that cannot be read goes on as it is. */
function scheduledTime(attribute: { readonly stringValue?: string } | undefined): string | undefined {
  const text = attribute?.stringValue;
  const timeMs = Date.parse(text ?? '');
  return Number.isNaN(timeMs) ? text : wholeSeconds(timeMs);
}
