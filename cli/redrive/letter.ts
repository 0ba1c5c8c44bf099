import { type DeadLetterEvidence, evidenceAttribute, parseEvidence } from '../../api/dead-letter.ts';
import type { OutgoingMessage, ReceivedMessage } from '../../aws/ports.ts';

/** A message in the queue for dead letters, and what Courier wrote of it. */
export type Letter = {
  readonly message: ReceivedMessage;
  /** Undefined where SQS moved it, or the evidence did not fit. */
  readonly evidence: DeadLetterEvidence | undefined;
  /** When it was moved, in epoch milliseconds; where there is no evidence, when SQS says that it was sent. */
  readonly movedTimeMs: number;
};

/** Reads what was received from a queue for dead letters. */
export function toLetter(message: ReceivedMessage): Letter {
  const evidence = parseEvidence(message.messageAttributes[evidenceAttribute]?.stringValue);
  const movedTimeMs = evidence === undefined ? Number.NaN : Date.parse(evidence.deadLetteredTime);
  const sentTimeMs = Number(message.attributes.SentTimestamp ?? 0);
  return { message, evidence, movedTimeMs: Number.isNaN(movedTimeMs) ? sentTimeMs : movedTimeMs };
}

/**
 * The message as it was before it was dead-lettered: without the evidence, everything else unchanged. On a FIFO queue a
 * letter has the same deduplication id however often it is replayed, so a replay that broke off leaves no second message.
 */
export function replayed({ message, evidence }: Letter, fifo: boolean): OutgoingMessage {
  const { [evidenceAttribute]: ours, ...others } = message.messageAttributes;
  const { MessageGroupId: groupId, AWSTraceHeader: traceHeader } = message.attributes;
  return {
    body: message.body,
    attributes: evidence === undefined ? message.messageAttributes : others,
    groupId,
    ...(fifo && { deduplicationId: `${message.messageId}:redrive` }),
    traceHeader,
  };
}

/** What `courier redrive list --json` says of a letter. */
export function describeLetter({ message, evidence, movedTimeMs }: Letter): object {
  const { MessageGroupId: groupId } = message.attributes;
  return {
    letterId: message.messageId,
    movedTime: new Date(movedTimeMs).toISOString(),
    bodyBytes: Buffer.byteLength(message.body),
    ...(groupId !== undefined && { groupId }),
    evidence: evidence ?? null,
  };
}
