import type { Clock } from '../api/clock.ts';
import { Average } from './average.ts';
import type { Counters } from './counters.ts';
import type { DeadLetterCause } from './dead-letters/evidence.ts';
import type { Disposition } from './disposition.ts';
import type { Holdings } from './holdings.ts';
import type { Lanes } from './lanes.ts';
import type { Message } from './message.ts';
import type { Observations } from './observations.ts';
import type { RateLimiter } from './rate/rate-limiter.ts';
import type { Attempt, Recipient } from './recipient.ts';
import type { Keep, RecipientLimits } from './recipient-limits/recipient-limits.ts';

export type DispatcherOptions = {
  readonly lanes: Lanes;
  readonly recipient: Recipient;
  readonly limits: RecipientLimits;
  readonly rate: RateLimiter;
  /** Why a message must not be attempted. */
  readonly undeliverable: (message: Message) => DeadLetterCause | undefined;
  /** What an attempt means. */
  readonly dispose: (attempt: Attempt) => Disposition;
  readonly holdings: Holdings;
  readonly counters: Counters;
  readonly observations: Observations;
  readonly clock: Clock;
  /** Called with a message that the recipient accepted. */
  readonly delivered: (message: Message) => void;
  /** Called with a message that must not be attempted; its lane is closed. */
  readonly rejected: (message: Message, cause: DeadLetterCause) => void;
  /** Called with a message that was attempted and not accepted; its lane is still closed. */
  readonly refused: (message: Message, attempt: Attempt, disposition: Disposition) => void;
  /** Called with a message that may not be attempted now, since one before it in its lane was lost. */
  readonly heldBack: (message: Message) => void;
  /** Whether a message that has failed may wait here to be a probe. */
  readonly mayKeep: (message: Message) => boolean;
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
    const { lanes, holdings, limits, rate, clock, undeliverable, rejected } = this.#options;
    while (limits.mayStart(holdings.counts.posting) && rate.mayTake()) {
      const message = lanes.take();
      if (message === undefined) return;
      // SQS may already have given it to somebody else: posting it now would make a duplicate for certain.
      if (message.receiptLost || message.visibleMs <= clock.monotonic()) {
        this.#expire(message);
        continue;
      }
      const cause = undeliverable(message);
      if (cause === undefined) this.#post(message);
      else rejected(message, cause);
    }
  }

  #expire(message: Message): void {
    const { lanes, holdings, counters, heldBack } = this.#options;
    counters.unattempted++;
    holdings.move(message, 'expired');
    for (const successor of lanes.fail(message)) heldBack(successor);
  }

  /** Keeps a message for the next probe. Unless it may be its own fault, a probe does not count as an attempt of it. */
  #keep(message: Message, keep: Keep): void {
    const { lanes, holdings, limits } = this.#options;
    if (keep === 'AsProbe' && !limits.isInDoubt) message.attempt--;
    holdings.move(message, 'received');
    lanes.retry(message);
  }

  #post(message: Message): void {
    const { holdings, counters, limits, rate, recipient, clock } = this.#options;
    rate.take(1);
    limits.started(message);
    holdings.move(message, 'posting');
    message.attempt++;
    counters.attempts++;
    counters.requests++;
    this.#oldestMs.set(message, clock.monotonic());
    recipient.post(message, (attempt) => this.#ended(message, attempt));
  }

  #ended(message: Message, attempt: Attempt): void {
    const { lanes, holdings, limits, counters, observations, clock, dispose, delivered, refused, mayKeep } =
      this.#options;
    this.#oldestMs.delete(message);
    this.#attemptMs.add(attempt.durationMs);
    counters.busySlotSeconds += attempt.durationMs / 1000;
    observations.histograms.attemptSeconds.observe(attempt.durationMs / 1000);
    const disposition = dispose(attempt);
    observations.outcomes[disposition.action]++;
    const keep = limits.ended(message, attempt, disposition, holdings.counts);
    if (disposition.action === 'Acknowledge' && attempt.error === undefined) {
      counters.delivered++;
      counters.deliveredSlotSeconds += attempt.durationMs / 1000;
      const deliveredTimeMs = clock.now();
      // Sender and worker have clocks of their own: a message is never younger than nothing.
      observations.histograms.deliveryAgeSeconds.observe(Math.max(0, deliveredTimeMs - message.sentTimeMs) / 1000);
      message.delivery = { status: attempt.status, deliveredTimeMs, durationMs: attempt.durationMs };
      holdings.move(message, 'delivered');
      lanes.advance(message);
      delivered(message);
    } else {
      if (attempt.status === 429) counters.throttled++;
      else counters.failed++;
      if (keep !== undefined && disposition.action === 'Retry' && mayKeep(message)) this.#keep(message, keep);
      else refused(message, attempt, disposition);
    }
    this.pump();
    this.#options.freed();
  }
}
