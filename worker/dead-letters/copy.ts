import { type DeadLetterEvidence, evidenceAttribute, parseEvidence } from '../../api/dead-letter.ts';
import type { OutgoingMessage } from '../../aws/ports.ts';
import { maxMessageAttributes, maxMessageBytes, messageBytes } from '../../aws/send-entry.ts';
import type { Message } from '../message.ts';

/**
 * The copy of a message for the queue for dead letters: body and attributes unchanged, and the evidence in one attribute
 * more. Where that does not fit SQS's limits, or the sender has an attribute of that name, the evidence is left out and
 * never anything of the sender's. Evidence of an earlier dead-lettering, which a redrive of SQS brings back, is replaced.
 *
 * @param evidence undefined: without.
 */
export function deadLetterCopy(
  message: Message,
  evidence: DeadLetterEvidence | undefined,
  fifo: boolean,
): OutgoingMessage {
  const { body, groupId, systemAttributes } = message;
  const copy = {
    body,
    attributes: message.attributes,
    groupId,
    // Of the same message within five minutes SQS takes one copy: a call that timed out may have been heard.
    ...(fifo && { deduplicationId: `${message.id}:dlq` }),
    traceHeader: systemAttributes.AWSTraceHeader,
  };
  const own = ownAttributes(message);
  if (evidence === undefined || own === undefined) return copy;
  const attributes = { ...own, [evidenceAttribute]: { dataType: 'String', stringValue: JSON.stringify(evidence) } };
  const fits =
    Object.keys(attributes).length <= maxMessageAttributes && messageBytes({ body, attributes }) <= maxMessageBytes;
  return fits ? { ...copy, attributes } : copy;
}

/** The sender's attributes; undefined when one of them has the name of the evidence. */
function ownAttributes({ attributes }: Message): Message['attributes'] | undefined {
  const { [evidenceAttribute]: taken, ...others } = attributes;
  if (taken === undefined) return attributes;
  return parseEvidence(taken.stringValue) === undefined ? undefined : others;
}
