import { hash } from 'node:crypto';
import type { WorkerConfig } from '../../api/worker-config.ts';
import type { Delivery, Message } from '../message.ts';

type Audit = Pick<WorkerConfig['spec']['audit'], 'body' | 'oversize'>;

/** What an audit record says of every message of this worker. */
export type AuditContext = {
  readonly queueUrl: string;
  readonly recipientUrl: string;
  readonly worker: string;
};

/**
 * Makes the audit record of an accepted message: one line of JSON that ends in a newline, at most `maxRecordBytes` of
 * UTF-8. A line answers who got what, when; `messageId` joins duplicates. Where the body does not fit, `oversize` says
 * whether its digest or its beginning stands for it, or it is cut into as many lines as it takes, each of them a record; and
 * the record says so with `"oversize":true`.
 */
export function auditRecords(
  context: AuditContext,
  audit: Audit,
  maxRecordBytes: number,
): (message: Message, delivery: Delivery) => string {
  const origin = `"queue":${JSON.stringify(context.queueUrl)},"recipient":${JSON.stringify(context.recipientUrl)}`;
  const worker = JSON.stringify(context.worker);
  return (message, delivery) => {
    const facts =
      `{"messageId":${JSON.stringify(message.id)},${origin},"status":${delivery.status},"attempt":${message.attempt},` +
      `"receiveCount":${message.receiveCount},"sentTime":"${new Date(message.sentTimeMs).toISOString()}",` +
      `"deliveredTime":"${new Date(delivery.deliveredTimeMs).toISOString()}",` +
      `"durationMilliseconds":${Math.round(delivery.durationMs * 1000) / 1000},"worker":${worker}` +
      (message.groupId === undefined ? '' : `,"groupId":${JSON.stringify(message.groupId)}`);
    if (audit.body === 'None') return `${facts}}\n`;
    if (audit.body === 'Digest') return `${facts},${digest(message.body)}}\n`;
    const line = `${facts},"body":${JSON.stringify(message.body)}}\n`;
    // UTF-8 takes at most three bytes for a UTF-16 unit: most lines need not be measured.
    if (line.length * 3 <= maxRecordBytes || Buffer.byteLength(line) <= maxRecordBytes) return line;
    const reduced = `${facts},"oversize":true,${digest(message.body)}`;
    if (audit.oversize === 'Digest') return `${reduced}}\n`;
    if (audit.oversize === 'Split') return split(reduced, message.body, maxRecordBytes);
    const room = maxRecordBytes - Buffer.byteLength(reduced) - ',"body":""}\n'.length;
    return `${reduced},"body":${JSON.stringify(beginning(message.body, room))}}\n`;
  };
}

/** The most parts of a body, as their numbers are counted with: 1 MiB in pieces of a kilobyte. */
const maxParts = 9999;

/** A line for each piece of the body, all with the same facts: the pieces in their order are the body. */
function split(facts: string, body: string, maxRecordBytes: number): string {
  const framing = `,"part":${maxParts},"parts":${maxParts},"body":""}\n`;
  const room = maxRecordBytes - Buffer.byteLength(facts) - framing.length;
  const pieces: string[] = [];
  for (let at = 0; at < body.length; at += pieces.at(-1)?.length ?? 0) {
    // A record that has no room for a character would be split for ever: then the limit gives way.
    pieces.push(beginning(body.slice(at), room) || String.fromCodePoint(body.codePointAt(at) ?? 0));
  }
  return pieces
    .map((piece, index) => `${facts},"part":${index + 1},"parts":${pieces.length},"body":${JSON.stringify(piece)}}\n`)
    .join('');
}

function digest(body: string): string {
  return `"bodySha256":"${hash('sha256', body, 'hex')}","bodyBytes":${Buffer.byteLength(body)}`;
}

/** The longest beginning of `text` whose JSON form has at most `maxBytes` between its quotes, found by bisection. */
function beginning(text: string, maxBytes: number): string {
  let low = 0;
  let high = text.length;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (Buffer.byteLength(JSON.stringify(text.slice(0, middle))) - 2 <= maxBytes) low = middle;
    else high = middle - 1;
  }
  // Half of a surrogate pair is not a character: JSON would carry it as an escape that readers stumble over.
  return /[\uD800-\uDBFF]$/.test(text.slice(0, low)) ? text.slice(0, low - 1) : text.slice(0, low);
}
