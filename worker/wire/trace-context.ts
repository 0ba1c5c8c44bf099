import type { Random } from '../../api/random.ts';
import type { Message } from '../message.ts';

/** The trace that a message belongs to. */
export type TraceContext = {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** The span that sent the message, 16 hexadecimal digits; undefined where X-Ray names none. */
  readonly parentId: string | undefined;
  /** Two hexadecimal digits; 01: sampled. */
  readonly flags: string;
  /** `tracestate`, as it came. */
  readonly state: string | undefined;
};

type Traced = Pick<Message, 'attributes' | 'systemAttributes'>;

/**
 * Finds the trace of a message: in its attribute `traceparent` (W3C Trace Context), else in the AWSTraceHeader that X-Ray
 * gives it. What is not well-formed is as good as none.
 */
export function traceContextOf({ attributes, systemAttributes }: Traced): TraceContext | undefined {
  const { traceparent } = attributes;
  const ofSender = traceparent && parseTraceparent(traceparent.stringValue ?? '', attributes.tracestate?.stringValue);
  if (ofSender !== undefined) return ofSender;
  const header = systemAttributes.AWSTraceHeader;
  return header === undefined ? undefined : parseTraceHeader(header);
}

/** A `traceparent` of the same trace with a span of its own. */
export function childTraceparent({ traceId, flags }: TraceContext, random: Random): string {
  return `00-${traceId}-${spanId(random)}-${flags}`;
}

/** The `traceparent` that the message came with; undefined where its span is not known. */
export function parentTraceparent({ traceId, parentId, flags }: TraceContext): string | undefined {
  return parentId === undefined ? undefined : `00-${traceId}-${parentId}-${flags}`;
}

/** Headers that continue the trace of a message with a new span; appended to `headers`. */
export function pushTraceHeaders(headers: string[], message: Traced, random: Random): void {
  const trace = traceContextOf(message);
  if (trace === undefined) return;
  headers.push('traceparent', childTraceparent(trace, random));
  if (trace.state !== undefined) headers.push('tracestate', trace.state);
}

const form = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const zeros = /^0+$/;

function parseTraceparent(value: string, state: string | undefined): TraceContext | undefined {
  const [, version, traceId = '', parentId = '', flags = '', rest] = form.exec(value.trim()) ?? [];
  if (version === undefined || version === 'ff' || zeros.test(traceId) || zeros.test(parentId)) return undefined;
  if (version === '00' && rest !== undefined) return undefined;
  // Of a version that is not known yet, only the sampled flag means what it means here.
  const known = version === '00' ? flags : sampledFlags((Number.parseInt(flags, 16) & 1) === 1);
  return { traceId, parentId, flags: known, state: validState(state) };
}

/** W3C asks for 512 characters at least; what no header carries is left out, since it is of no use without its form. */
function validState(state: string | undefined): string | undefined {
  return state !== undefined && /^[\x21-\x7e](?:[\x20-\x7e]{0,510}[\x21-\x7e])?$/.test(state) ? state : undefined;
}

/** `Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1`, its fields in any order. */
function parseTraceHeader(value: string): TraceContext | undefined {
  const fields = new Map(value.split(';').map((field) => [field.split('=')[0]?.trim(), field.split('=')[1]?.trim()]));
  const [, seconds, unique] = /^1-([0-9a-f]{8})-([0-9a-f]{24})$/i.exec(fields.get('Root') ?? '') ?? [];
  if (seconds === undefined || unique === undefined) return undefined;
  const parent = fields.get('Parent')?.toLowerCase();
  return {
    traceId: (seconds + unique).toLowerCase(),
    parentId: parent !== undefined && /^[0-9a-f]{16}$/.test(parent) && !zeros.test(parent) ? parent : undefined,
    flags: sampledFlags(fields.get('Sampled') === '1'),
    state: undefined,
  };
}

function sampledFlags(sampled: boolean): string {
  return sampled ? '01' : '00';
}

/** 64 random bits; never zero, which means none. */
function spanId(random: Random): string {
  const half = () => Math.floor(random() * 0x1_0000_0000);
  const id = half().toString(16).padStart(8, '0') + half().toString(16).padStart(8, '0');
  return zeros.test(id) ? '0000000000000001' : id;
}
