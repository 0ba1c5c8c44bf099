import type { DeadLetterEvidence, DeadLetterReason } from '../../api/dead-letter.ts';
import type { Message } from '../message.ts';
import type { Attempt } from '../recipient.ts';

/** Why a message is to be dead-lettered. */
export type DeadLetterCause = {
  readonly reason: DeadLetterReason;
  readonly decidedBy: string;
  /** The last attempt; undefined where none was made. */
  readonly attempt?: Attempt | undefined;
  /** What could not be read. */
  readonly unreadable?: string | undefined;
};

/** What the evidence says of every message of this worker. */
export type EvidenceContext = { readonly queueUrl: string; readonly recipientUrl: string; readonly worker: string };

/** The longest words of an error that are worth carrying. */
const maxDetailLength = 256;

/** The evidence that goes with a message to the queue for dead letters. */
export function evidenceOf(
  message: Message,
  cause: DeadLetterCause,
  context: EvidenceContext,
  nowTimeMs: number,
): DeadLetterEvidence {
  const { reason, decidedBy } = cause;
  return {
    reason,
    decidedBy,
    ...outcomeOf(cause),
    attempts: message.attempt,
    receiveCount: message.receiveCount,
    messageId: message.id,
    queue: context.queueUrl,
    recipient: context.recipientUrl,
    worker: context.worker,
    sentTime: new Date(message.sentTimeMs).toISOString(),
    firstReceivedTime: new Date(message.firstReceivedTimeMs).toISOString(),
    deadLetteredTime: new Date(nowTimeMs).toISOString(),
  };
}

function outcomeOf({ attempt, unreadable }: DeadLetterCause): Pick<DeadLetterEvidence, 'status' | 'error' | 'detail'> {
  if (unreadable !== undefined) return { error: 'Unreadable', detail: shorten(unreadable) };
  if (attempt === undefined) return {};
  return attempt.error === undefined
    ? { status: attempt.status }
    : { error: attempt.error, detail: shorten(attempt.detail) };
}

/** SQS takes no control characters, which JSON escapes, nor U+FFFE and U+FFFF, nor halves of surrogate pairs. */
function shorten(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\uFFFE\uFFFF]/g, '\uFFFD')
    .slice(0, maxDetailLength)
    .toWellFormed();
}
