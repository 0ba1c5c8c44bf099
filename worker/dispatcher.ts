import type { Clock } from '../api/clock.ts';
import type { Random } from '../api/random.ts';
import { Average } from './average.ts';
import type { Backoff } from './backoff.ts';
import type { Counters } from './counters.ts';
import { dispose } from './disposition.ts';
import type { Holdings } from './holdings.ts';
import type { Lanes } from './lanes.ts';
import type { WorkerLog } from './log.ts';
import type { Message } from './message.ts';
import type { Attempt, Recipient } from './recipient.ts';

export type DispatcherOptions = {
  readonly lanes: Lanes;
  readonly recipient: Recipient;
  /** Requests that may be open at once. */
  readonly slots: number;
  readonly backoff: Backoff;
  readonly holdings: Holdings;
  readonly counters: Counters;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: WorkerLog;
  /** Called with a message that the recipient accepted. */
  readonly delivered: (message: Message) => void;
  /** Called with a message that was attempted and refused. */
  readonly refused: (message: Message, delaySeconds: number) => void;
  /** Called with a message that may not be attempted now, since one before it in its lane was refused. */
  readonly heldBack: (message: Message, delaySeconds: number) => void;
  /** Called when a slot has fallen free. */
  readonly freed: () => void;
};

/** Posts what waits in the lanes, as many at once as there are slots. */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  /** Slow enough that a rare slow response does not swing the prefetch. */
  readonly #attemptMs = new Average(0.05);
  #oldestMs = new Map<Message, number>();

  constructor(options: DispatcherOptions) {
    this.#options = options;
  }

  /** Mean duration of attempts in milliseconds; undefined before the first. */
  get attemptMs(): number | undefined {
    return this.#attemptMs.value;
  }

  /** Monotonic milliseconds at which the oldest open request began; undefined when none is open. */
  get oldestPostMs(): number | undefined {
    for (const startedMs of this.#oldestMs.values()) return startedMs;
    return undefined;
  }

  /** Posts whatever may be posted now. */
  pump(): void {
    const { lanes, holdings, slots, clock } = this.#options;
    while (holdings.counts.posting < slots) {
      const message = lanes.take();
      if (message === undefined) return;
      // SQS may already have given it to somebody else: posting it now would make a duplicate for certain.
      if (message.receiptLost || message.visibleMs <= clock.monotonic()) this.#expire(message);
      else this.#post(message);
    }
  }

  #expire(message: Message): void {
    const { lanes, holdings, counters, heldBack } = this.#options;
    counters.unattempted++;
    holdings.move(message, 'expired');
    for (const successor of lanes.fail(message)) heldBack(successor, 0);
  }

  #post(message: Message): void {
    const { holdings, counters, recipient, clock } = this.#options;
    holdings.move(message, 'posting');
    message.attempt++;
    counters.attempts++;
    this.#oldestMs.set(message, clock.monotonic());
    recipient.post(message, (attempt) => this.#ended(message, attempt));
  }

  #ended(message: Message, attempt: Attempt): void {
    const { lanes, holdings, counters, clock, random, backoff } = this.#options;
    this.#oldestMs.delete(message);
    this.#attemptMs.add(attempt.durationMs);
    counters.busySlotSeconds += attempt.durationMs / 1000;
    const timeMs = clock.now();
    const disposition = dispose(attempt, message.receiveCount, backoff, timeMs, random);
    if (disposition.action === 'Acknowledge') {
      counters.delivered++;
      counters.deliveredSlotSeconds += attempt.durationMs / 1000;
      message.delivery = { status: disposition.status, deliveredTimeMs: timeMs, durationMs: attempt.durationMs };
      holdings.move(message, 'delivered');
      lanes.advance(message);
      this.#options.delivered(message);
    } else {
      this.#refuse(message, attempt, disposition);
    }
    this.pump();
    this.#options.freed();
  }

  #refuse(
    message: Message,
    attempt: Attempt,
    { delaySeconds, throttled }: { delaySeconds: number; throttled: boolean },
  ) {
    const { lanes, counters, log, refused, heldBack } = this.#options;
    if (throttled) counters.throttled++;
    else counters.failed++;
    const what = attempt.error ?? attempt.status;
    log.limited('warn', `attempt:${what}`, 'an attempt failed and is tried again', {
      messageId: message.id,
      ...(attempt.error === undefined ? { status: attempt.status } : { error: attempt.error, detail: attempt.detail }),
      attempt: message.attempt,
      receiveCount: message.receiveCount,
      delaySeconds,
    });
    const successors = lanes.fail(message);
    refused(message, delaySeconds);
    for (const successor of successors) heldBack(successor, delaySeconds);
  }
}
