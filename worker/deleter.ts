import type { Clock } from '../api/clock.ts';
import type { Random } from '../api/random.ts';
import type { EntryFailure, QueuePort } from '../aws/ports.ts';
import { backoffMs } from './backoff.ts';
import { BatchSender, isReceiptLost } from './batch-sender.ts';
import type { Counters } from './counters.ts';
import type { Holdings } from './holdings.ts';
import type { WorkerLog } from './log.ts';
import type { Message } from './message.ts';

/** A delete that failed is tried again for as long as the message's visibility is extended: it is audited already. */
const retryBackoff = { initialMs: 200, maxMs: 10_000 };

/** Remembered messages that may come again: what is missed is a duplicate that is not counted. */
const lateCapacity = 10_000;

type Deletion = { readonly message: Message; readonly failures: number };

export type DeleterOptions = {
  readonly queue: QueuePort;
  readonly holdings: Holdings;
  readonly counters: Counters;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: WorkerLog;
  /** Called when a message is held no more. */
  readonly settled: () => void;
};

/** Deletes audited messages, in batches of ten across receives. */
export class Deleter {
  readonly #options: DeleterOptions;
  readonly #batches: BatchSender<Deletion>;
  /** Messages that were delivered and not deleted, the oldest first. */
  readonly #late = new Set<string>();
  #failure: string | undefined;

  constructor(options: DeleterOptions) {
    this.#options = options;
    this.#batches = new BatchSender<Deletion>({
      clock: options.clock,
      lingerMs: 20,
      maxParallel: 8,
      send: (deletions) => options.queue.deleteBatch(deletions.map(({ message }) => message.receiptHandle)),
      settled: (deletion, failure) => this.#settled(deletion, failure),
    });
  }

  /** Why the last delete failed that is to be tried again, in SQS's words; undefined when one has succeeded since. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** Deletes a message whose audit record is durable. */
  delete(message: Message): void {
    this.#batches.add({ message, failures: 0 });
  }

  /** Whether a message that has come again is a duplicate: this worker has delivered it, and could not delete it. */
  isDelivered(messageId: string): boolean {
    return this.#late.has(messageId);
  }

  #settled({ message, failures }: Deletion, failure: EntryFailure | undefined): void {
    const { counters, holdings, clock, random, log } = this.#options;
    if (failure !== undefined && !failure.senderFault && !isReceiptLost(failure)) {
      this.#failure = `${failure.code}, ${failure.message}`;
      log.limited('warn', `delete:${failure.code}`, 'a delete failed and is tried again', {
        messageId: message.id,
        code: failure.code,
        error: failure.message,
      });
      const again = { message, failures: failures + 1 };
      clock.setTimeout(() => this.#batches.add(again), backoffMs(again.failures, retryBackoff, random));
      return;
    }
    if (failure === undefined) {
      this.#failure = undefined;
      counters.deleted++;
    } else {
      counters.deletedLate++;
      this.#remember(message.id);
      log.limited('warn', 'deletedLate', 'a delivered message could not be deleted and may be delivered again', {
        messageId: message.id,
        code: failure.code,
        error: failure.message,
      });
    }
    holdings.move(message, 'deleted');
    this.#options.settled();
  }

  #remember(messageId: string): void {
    this.#late.add(messageId);
    const [oldest] = this.#late;
    if (this.#late.size > lateCapacity && oldest !== undefined) this.#late.delete(oldest);
  }
}
