import type { Clock } from '../api/clock.ts';
import type { QueuePort } from '../aws/ports.ts';
import type { AttemptLog } from './attempt-log.ts';
import { BatchSender, isReceiptLost } from './batch-sender.ts';
import type { Counters } from './counters.ts';
import type { Holdings } from './holdings.ts';
import type { WorkerLog } from './log.ts';
import { grantableVisibilitySeconds, type Message } from './message.ts';

type Release = { readonly message: Message; readonly delaySeconds: number };

export type ReleaserOptions = {
  readonly queue: QueuePort;
  readonly holdings: Holdings;
  readonly counters: Counters;
  readonly attempts: AttemptLog;
  readonly clock: Clock;
  readonly log: WorkerLog;
  /** Called when a release has reached SQS, or failed to. */
  readonly settled: () => void;
};

/**
 * Gives messages back to the queue through their visibility. They are held no more from then on: a release that fails
 * is not tried again, since the message then returns by itself when its present visibility ends.
 */
export class Releaser {
  readonly #options: ReleaserOptions;
  readonly #batches: BatchSender<Release>;
  /** Releases that wait for an extension of their message to end. */
  #deferred = 0;

  constructor(options: ReleaserOptions) {
    this.#options = options;
    const { queue, clock, log } = options;
    this.#batches = new BatchSender<Release>({
      clock,
      lingerMs: 20,
      maxParallel: 4,
      send: (releases) =>
        queue.changeVisibilityBatch(
          releases.map(({ message, delaySeconds }) => ({
            receiptHandle: message.receiptHandle,
            visibilityTimeoutSeconds: Math.max(0, grantableVisibilitySeconds(message, delaySeconds, clock.monotonic())),
          })),
        ),
      settled: ({ message }, failure) => {
        if (failure !== undefined && !isReceiptLost(failure)) {
          log.limited(
            'warn',
            `release:${failure.code}`,
            'a release failed; the message returns when its visibility ends',
            {
              messageId: message.id,
              code: failure.code,
              error: failure.message,
            },
          );
        }
        options.settled();
      },
    });
  }

  /** Releases that have not reached SQS yet. */
  get pending(): number {
    return this.#batches.pending + this.#deferred;
  }

  /** Gives back a message whose attempt failed, to be received again in `delaySeconds`. */
  retryIn(message: Message, delaySeconds: number): void {
    this.#options.counters.released++;
    this.#release(message, delaySeconds);
  }

  /**
   * Gives back a message that need not be attempted now, to be received again in `delaySeconds`; 0: at once. It may have been
   * attempted before, in a batch or as a probe.
   */
  giveBack(message: Message, delaySeconds: number): void {
    const { counters } = this.#options;
    if (message.attempt > message.earlierAttempts) counters.released++;
    else counters.unattempted++;
    this.#release(message, delaySeconds);
  }

  #release(message: Message, delaySeconds: number): void {
    const { holdings, attempts } = this.#options;
    if (message.attempt > 0) attempts.remember(message.id, message.attempt);
    holdings.move(message, 'released');
    if (message.extension === undefined) {
      this.#batches.add({ message, delaySeconds });
      return;
    }
    this.#deferred++;
    void message.extension.then(() => {
      this.#deferred--;
      this.#batches.add({ message, delaySeconds });
    });
  }
}
