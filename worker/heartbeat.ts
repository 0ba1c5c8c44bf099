import type { Clock, Timer } from '../api/clock.ts';
import type { QueuePort } from '../aws/ports.ts';
import { BatchSender, isReceiptLost } from './batch-sender.ts';
import type { Counters } from './counters.ts';
import type { Holdings } from './holdings.ts';
import type { WorkerLog } from './log.ts';
import { grantableVisibilitySeconds, type Message } from './message.ts';

type Beat = {
  readonly message: Message;
  readonly seconds: number;
  readonly sentMs: number;
  readonly ended: () => void;
};

export type HeartbeatOptions = {
  readonly queue: QueuePort;
  readonly holdings: Holdings;
  readonly counters: Counters;
  readonly clock: Clock;
  readonly log: WorkerLog;
  readonly visibilityTimeoutSeconds: number;
};

/**
 * Extends the visibility of what the worker holds, for as long as it holds it: when a third of it is gone, so that an
 * extension may fail and be tried again. At SQS's ceiling of 12 hours it stops, and the message returns to the queue.
 */
export class Heartbeat {
  readonly #options: HeartbeatOptions;
  readonly #batches: BatchSender<Beat>;
  /** Delivered messages that SQS will hand out again since their audit took more than 12 hours. */
  readonly #givenUp = new WeakSet<Message>();
  #timer: Timer | undefined;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
    this.#batches = new BatchSender<Beat>({
      clock: options.clock,
      lingerMs: 0,
      maxParallel: 8,
      send: (beats) =>
        options.queue.changeVisibilityBatch(
          beats.map(({ message, seconds }) => ({
            receiptHandle: message.receiptHandle,
            visibilityTimeoutSeconds: seconds,
          })),
        ),
      settled: (beat, failure) => {
        const { message } = beat;
        message.extension = undefined;
        if (failure === undefined) message.visibleMs = beat.sentMs + beat.seconds * 1000;
        else if (isReceiptLost(failure)) message.receiptLost = true;
        else {
          options.log.limited('warn', `heartbeat:${failure.code}`, 'a visibility timeout could not be extended', {
            messageId: message.id,
            code: failure.code,
            error: failure.message,
          });
        }
        beat.ended();
      },
    });
  }

  start(): void {
    const sweepMs = (this.#options.visibilityTimeoutSeconds * 1000) / 6;
    this.#timer = this.#options.clock.setTimeout(() => {
      this.#sweep();
      this.start();
    }, sweepMs);
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #sweep(): void {
    const { clock, holdings, visibilityTimeoutSeconds } = this.#options;
    const sentMs = clock.monotonic();
    const dueMs = sentMs + (visibilityTimeoutSeconds * 1000 * 2) / 3;
    for (const message of holdings) {
      if (message.visibleMs > dueMs || message.receiptLost || message.extension !== undefined) continue;
      const seconds = grantableVisibilitySeconds(message, visibilityTimeoutSeconds, sentMs);
      // Near the ceiling an extension is worth a call only while it still moves the end.
      if (sentMs + seconds * 1000 <= message.visibleMs || seconds < 1) this.#giveUp(message);
      else {
        const { promise, resolve } = Promise.withResolvers<void>();
        message.extension = promise;
        this.#batches.add({ message, seconds, sentMs, ended: resolve });
      }
    }
    this.#batches.flush();
  }

  #giveUp(message: Message): void {
    if (message.state !== 'delivered' || this.#givenUp.has(message)) return;
    this.#givenUp.add(message);
    this.#options.counters.auditForcedRedeliveries++;
    this.#options.log.limited(
      'error',
      'auditForcedRedelivery',
      'a delivered message could not be audited within 12 hours and will be delivered again',
      { messageId: message.id },
    );
  }
}
