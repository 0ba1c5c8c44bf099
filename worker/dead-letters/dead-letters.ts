import type { Clock } from '../../api/clock.ts';
import type { DeadLetterEvidence } from '../../api/dead-letter.ts';
import type { Random } from '../../api/random.ts';
import type { BatchOutcome, EntryFailure, OutgoingMessage, SendPort } from '../../aws/ports.ts';
import { messageBytes } from '../../aws/send-entry.ts';
import { backoffMs } from '../backoff.ts';
import { BatchSender, callFailure } from '../batch-sender.ts';
import type { Counters } from '../counters.ts';
import type { Holdings } from '../holdings.ts';
import type { WorkerLog } from '../log.ts';
import type { Message } from '../message.ts';
import { deadLetterCopy } from './copy.ts';
import { type DeadLetterCause, type EvidenceContext, evidenceOf } from './evidence.ts';

/** A copy is tried this often before the message goes back to its queue; meanwhile its heartbeat goes on. */
const maxTries = 4;
const retryBackoff = { initialMs: 200, maxMs: 5_000 };
/** SQS takes 1 MiB in a call, other servers a quarter of it; a message that is larger goes alone. */
const maxCallBytes = 256 * 1024;

type Copy = {
  readonly message: Message;
  readonly cause: DeadLetterCause;
  readonly evidence: DeadLetterEvidence | undefined;
  readonly outgoing: OutgoingMessage;
  readonly failures: number;
};

export type DeadLettersOptions = {
  /** The queue for dead letters. */
  readonly queue: SendPort;
  readonly fifo: boolean;
  readonly context: EvidenceContext;
  readonly holdings: Holdings;
  readonly counters: Counters;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: WorkerLog;
  /** Called with a message whose copy is safe: it may be deleted. */
  readonly copied: (message: Message) => void;
  /** Called with a message that could not be copied: it must go back to its queue. */
  readonly failed: (message: Message) => void;
};

/**
 * Copies messages to the queue for dead letters, in batches across receives. A copy comes before the delete, so a message
 * may be there twice and never nowhere: a call without an answer is made again.
 */
export class DeadLetters {
  readonly #options: DeadLettersOptions;
  readonly #batches: BatchSender<Copy>;

  constructor(options: DeadLettersOptions) {
    this.#options = options;
    this.#batches = new BatchSender<Copy>({
      clock: options.clock,
      lingerMs: 20,
      maxParallel: 4,
      send: (copies) => this.#send(copies),
      settled: (copy, failure) => this.#settled(copy, failure),
    });
  }

  /** Takes a message that is not to be attempted any more. */
  add(message: Message, cause: DeadLetterCause): void {
    const { clock, context, holdings } = this.#options;
    holdings.move(message, 'deadLettering');
    this.#copy(message, cause, evidenceOf(message, cause, context, clock.now()), 0);
  }

  #copy(message: Message, cause: DeadLetterCause, evidence: DeadLetterEvidence | undefined, failures: number): void {
    const outgoing = deadLetterCopy(message, evidence, this.#options.fifo);
    this.#batches.add({ message, cause, evidence, outgoing, failures });
  }

  async #send(copies: readonly Copy[]): Promise<BatchOutcome> {
    const calls = withinBytes(copies).map(async (some): Promise<BatchOutcome> => {
      try {
        return await this.#options.queue.sendBatch(some.map(({ outgoing }) => outgoing));
      } catch (error) {
        return some.map(() => callFailure(error));
      }
    });
    return (await Promise.all(calls)).flat();
  }

  #settled({ message, cause, evidence, outgoing, failures }: Copy, failure: EntryFailure | undefined): void {
    const { holdings, counters, clock, random, log, copied, failed } = this.#options;
    const { reason, decidedBy } = cause;
    if (failure === undefined) {
      counters.deadLettered++;
      log.limited('warn', `deadLettered:${reason}`, 'a message was moved to the queue for dead letters', {
        messageId: message.id,
        reason,
        decidedBy,
        attempt: message.attempt,
        evidence: outgoing.attributes !== message.attributes,
      });
      holdings.move(message, 'deadLettered');
      copied(message);
      return;
    }
    counters.deadLetterFailures++;
    const fields = { messageId: message.id, code: failure.code, error: failure.message };
    log.limited(
      'error',
      `deadLetter:${failure.code}`,
      'a message could not be moved to the queue for dead letters',
      fields,
    );
    // A queue with a lower limit than SQS's own may take the message as it came.
    const lighter = failure.senderFault ? undefined : evidence;
    const isHopeless = failure.senderFault && evidence === undefined;
    if (isHopeless || failures + 1 >= maxTries) failed(message);
    else {
      const again = () => this.#copy(message, cause, lighter, failures + 1);
      clock.setTimeout(again, backoffMs(failures + 1, retryBackoff, random));
    }
  }
}

/** Cuts a batch into calls of at most {@link maxCallBytes}. */
function withinBytes(copies: readonly Copy[]): readonly (readonly Copy[])[] {
  const calls: Copy[][] = [];
  let room = 0;
  for (const copy of copies) {
    const bytes = messageBytes(copy.outgoing);
    if (bytes > room) {
      calls.push([]);
      room = maxCallBytes;
    }
    calls.at(-1)?.push(copy);
    room -= bytes;
  }
  return calls;
}
