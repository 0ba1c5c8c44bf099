import type { Random } from '../../api/random.ts';
import type { CourierRecipientBatch } from '../../api/v1alpha1.gen.ts';
import type { Message } from '../message.ts';
import { type EventKind, eventJson } from './cloud-event.ts';
import { childTraceparent, traceContextOf } from './trace-context.ts';

/** Writes one message as a part of a batch, in JSON. */
export type EncodeElement = (message: Message, attempt: number) => string;

type Frame = {
  readonly contentType: string;
  readonly before: string;
  readonly between: string;
  readonly after: string;
};

/** What stands around the elements of each format, and what it is called. */
export const batchFrames: Readonly<Record<CourierRecipientBatch['format'], Frame>> = {
  JSONArray: { contentType: 'application/json', before: '[', between: ',', after: ']' },
  NDJSON: { contentType: 'application/x-ndjson', before: '', between: '\n', after: '\n' },
  CloudEventsBatch: {
    ...{ contentType: 'application/cloudevents-batch+json; charset=utf-8', before: '[', between: ',', after: ']' },
  },
};

/** The element of CloudEventsBatch is an event; those of the other formats hold what Plain has in headers. */
export function elementEncoder(
  format: CourierRecipientBatch['format'],
  kind: EventKind,
  random: Random,
): EncodeElement {
  if (format === 'CloudEventsBatch') return (message, attempt) => eventJson({ ...message, attempt }, kind);
  return (message, attempt) => plainElement(message, attempt, random);
}

function plainElement(message: Message, attempt: number, random: Random): string {
  const trace = traceContextOf(message);
  // Without a prototype, since an attribute may well be called __proto__, and an assignment would lose it.
  const attributes: Record<string, string> = Object.create(null);
  for (const name in message.attributes) {
    const value = message.attributes[name]?.stringValue;
    if (value !== undefined) attributes[name] = value;
  }
  return JSON.stringify({
    messageId: message.id,
    attempt,
    receiveCount: message.receiveCount,
    sentTime: new Date(message.sentTimeMs).toISOString(),
    firstReceivedTime: new Date(message.firstReceivedTimeMs).toISOString(),
    groupId: message.groupId,
    traceparent: trace && childTraceparent(trace, random),
    tracestate: trace?.state,
    attributes,
    body: message.body,
  });
}

/** The body of a batch, which grows message by message up to `maxBytes`. */
export class BatchBody {
  readonly ids = new Set<string>();
  readonly #frame: Frame;
  readonly #maxBytes: number;
  readonly #encode: EncodeElement;
  readonly #elements: string[] = [];
  #bytes: number;

  constructor(frame: Frame, maxBytes: number, encode: EncodeElement) {
    this.#frame = frame;
    this.#maxBytes = maxBytes;
    this.#encode = encode;
    this.#bytes = frame.before.length + frame.after.length;
  }

  /** Adds a message if it fits; the first is added in any case. */
  add(message: Message, attempt: number): boolean {
    const element = this.#encode(message, attempt);
    const bytes = Buffer.byteLength(element) + (this.#elements.length === 0 ? 0 : this.#frame.between.length);
    if (this.#elements.length > 0 && this.#bytes + bytes > this.#maxBytes) return false;
    this.#elements.push(element);
    this.#bytes += bytes;
    this.ids.add(message.id);
    return true;
  }

  toBuffer(): Buffer {
    const { before, between, after } = this.#frame;
    return Buffer.from(`${before}${this.#elements.join(between)}${after}`);
  }
}
