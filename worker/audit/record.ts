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
 * whether its digest or its beginning stands for it, and the record says so with `"oversize":true`.
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
    const room = maxRecordBytes - Buffer.byteLength(reduced) - ',"body":""}\n'.length;
    return `${reduced},"body":${JSON.stringify(beginning(message.body, room))}}\n`;
  };
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
