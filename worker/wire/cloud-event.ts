import type { Message } from '../message.ts';
import { percentEncoded } from './header-value.ts';
import { parentTraceparent, traceContextOf } from './trace-context.ts';

/** What the events of a Courier have in common. */
export type EventKind = {
  readonly type: string;
  /** A URI reference. */
  readonly source: string;
  /** The media type of the data. */
  readonly contentType: string;
};

/** Attributes of an event besides `specversion` and `datacontenttype`, in the order in which they are written. */
type EventAttributes = Record<string, string | number>;

/** Names of CloudEvents 1.0 and of its data, which no message attribute may take. */
const reserved: ReadonlySet<string> = new Set([
  ...['id', 'source', 'specversion', 'type', 'datacontenttype', 'dataschema', 'subject', 'time', 'data'],
  ...['partitionkey', 'traceparent', 'tracestate', 'courierattempt', 'courierreceivecount', 'courierattributes'],
]);

/**
 * A message as an event of CloudEvents 1.0. Its id is the message's, over all attempts. A message group is the
 * `partitionkey`; the trace that the message came with is in `traceparent` and `tracestate`, as the distributed tracing
 * extension says. A String or Number attribute whose name an extension may have is one; the others are in
 * `courierattributes`, as JSON.
 */
function attributesOf(message: Message, { type, source }: EventKind): EventAttributes {
  const event: EventAttributes = { id: message.id, source, type, time: new Date(message.sentTimeMs).toISOString() };
  event.courierattempt = message.attempt;
  event.courierreceivecount = message.receiveCount;
  if (message.groupId !== undefined) event.partitionkey = message.groupId;
  const trace = traceContextOf(message);
  const traceparent = trace && parentTraceparent(trace);
  if (traceparent !== undefined) event.traceparent = traceparent;
  if (trace?.state !== undefined) event.tracestate = trace.state;
  // Without a prototype, since an attribute may well be called __proto__, and an assignment would lose it.
  const others: Record<string, string> = Object.create(null);
  for (const name in message.attributes) {
    const value = message.attributes[name]?.stringValue;
    if (value === undefined || name === 'traceparent' || name === 'tracestate') continue;
    if (/^[a-z0-9]{1,20}$/.test(name) && !reserved.has(name)) event[name] = value;
    else others[name] = value;
  }
  if (Object.keys(others).length > 0) event.courierattributes = JSON.stringify(others);
  return event;
}

/** The headers of binary mode, names and values in turn: what a header cannot carry is percent-encoded, as its binding says. */
export function binaryEventHeaders(message: Message, kind: EventKind): string[] {
  const headers = ['ce-specversion', '1.0'];
  for (const [name, value] of Object.entries(attributesOf(message, kind))) {
    headers.push(`ce-${name}`, percentEncoded(String(value), '"%'));
  }
  return headers;
}

/**
 * The event in the JSON format. Data that is JSON stands in it as it is, other data as a string; what calls itself JSON
 * and is none, in base64, so that it is the same bytes in every case.
 */
export function eventJson(message: Message, kind: EventKind): string {
  const attributes = { specversion: '1.0', ...attributesOf(message, kind), datacontenttype: kind.contentType };
  return `${JSON.stringify(attributes).slice(0, -1)},${dataMember(message.body, kind.contentType)}}`;
}

function dataMember(body: string, contentType: string): string {
  if (!isJsonType(contentType)) return `"data":${JSON.stringify(body)}`;
  try {
    JSON.parse(body);
  } catch {
    return `"data_base64":"${Buffer.from(body).toString('base64')}"`;
  }
  return `"data":${body}`;
}

/** `application/json`, `text/json`, `application/problem+json`: what section 3.1 of the JSON format calls JSON. */
function isJsonType(contentType: string): boolean {
  return /^[^/]+\/(?:[^;]+\+)?json *(?:;|$)/i.test(contentType);
}
