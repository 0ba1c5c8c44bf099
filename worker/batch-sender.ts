import type { Clock, Timer } from '../api/clock.ts';
import { AwsError } from '../aws/errors.ts';
import type { BatchOutcome, EntryFailure } from '../aws/ports.ts';

/** SQS takes ten entries in a batch call. */
const entriesPerCall = 10;

export type BatchSenderOptions<Entry> = {
  readonly clock: Clock;
  /** How long an entry may wait for others to share its call with, in milliseconds. */
  readonly lingerMs: number;
  /** Calls under way at once. */
  readonly maxParallel: number;
  readonly send: (entries: readonly Entry[]) => Promise<BatchOutcome>;
  /** Called once for each entry; `failure` is undefined when it succeeded. */
  readonly settled: (entry: Entry, failure: EntryFailure | undefined) => void;
};

/**
 * Gathers entries of SQS batch calls, across whatever brought them, into full calls: ten are sent at once, fewer after
 * the linger. It does not retry: what a failure means is for `settled` to say, which may add the entry again.
 */
export class BatchSender<Entry> {
  readonly #options: BatchSenderOptions<Entry>;
  #waiting: Entry[] = [];
  #linger: Timer | undefined;
  #calls = 0;
  #sent = 0;

  constructor(options: BatchSenderOptions<Entry>) {
    this.#options = options;
  }

  /** Entries that wait or whose call is under way. */
  get pending(): number {
    return this.#waiting.length + this.#sent;
  }

  add(entry: Entry): void {
    this.#waiting.push(entry);
    if (this.#waiting.length >= entriesPerCall) this.#sendFull();
    else this.#linger ??= this.#options.clock.setTimeout(this.#lingerEnded, this.#options.lingerMs);
  }

  /** Sends what waits without waiting for more. */
  flush(): void {
    while (this.#waiting.length > 0 && this.#calls < this.#options.maxParallel) this.#send();
  }

  readonly #lingerEnded = () => {
    this.#linger = undefined;
    this.flush();
  };

  #sendFull(): void {
    while (this.#waiting.length >= entriesPerCall && this.#calls < this.#options.maxParallel) this.#send();
  }

  #send(): void {
    const entries = this.#waiting.splice(0, entriesPerCall);
    if (this.#waiting.length === 0) {
      this.#linger?.cancel();
      this.#linger = undefined;
    }
    this.#calls++;
    this.#sent += entries.length;
    this.#options.send(entries).then(
      (outcome) => this.#done(entries, outcome),
      (error: unknown) => this.#done(entries, new Array(entries.length).fill(callFailure(error))),
    );
  }

  #done(entries: readonly Entry[], outcome: BatchOutcome): void {
    this.#calls--;
    this.#sent -= entries.length;
    for (const [index, entry] of entries.entries()) this.#options.settled(entry, outcome[index]);
    // What had to wait for a free call has lingered long enough.
    if (this.#linger === undefined) this.flush();
    else this.#sendFull();
  }
}

/** A call that failed as a whole failed for each of its entries. */
export function callFailure(error: unknown): EntryFailure {
  const code = error instanceof AwsError ? error.code : 'Unknown';
  return { code, message: error instanceof Error ? error.message : String(error), senderFault: false };
}

/**
 * SQS's words for a receipt that it no longer knows: the message was deleted already, or its visibility has ended.
 * `InvalidParameterValue` is what AWS says of both when the visibility is to be changed.
 */
const lostReceipt = new Set(['ReceiptHandleIsInvalid', 'MessageNotInflight', 'InvalidParameterValue']);

/** Whether a failure means that SQS no longer knows the receipt: nobody can do anything about it. */
export function isReceiptLost(failure: EntryFailure): boolean {
  return lostReceipt.has(failure.code);
}
