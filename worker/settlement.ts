import type { Clock } from '../api/clock.ts';
import type { Counters } from './counters.ts';
import type { Disposition } from './disposition.ts';
import type { Holdings } from './holdings.ts';
import type { Lanes } from './lanes.ts';
import type { Message } from './message.ts';
import type { Observations } from './observations.ts';
import type { Attempt } from './recipient.ts';
import type { Keep, RecipientLimits } from './recipient-limits/recipient-limits.ts';

export type SettlementOptions = {
  readonly lanes: Lanes;
  readonly limits: RecipientLimits;
  readonly holdings: Holdings;
  readonly counters: Counters;
  readonly observations: Observations;
  readonly clock: Clock;
  /** Called with a message that was attempted and not accepted; its lane is still closed. */
  readonly refused: (message: Message, attempt: Attempt, disposition: Disposition) => void;
  /** Called with a message that may not be attempted now, since one before it in its lane was lost. */
  readonly heldBack: (message: Message) => void;
  /** Whether a message that has failed may wait here to be a probe. */
  readonly mayKeep: (message: Message) => boolean;
};

/** Books what becomes of a message when it is attempted, whether alone or with others. */
export class Settlement {
  readonly #options: SettlementOptions;

  constructor(options: SettlementOptions) {
    this.#options = options;
  }

  /** Whether SQS may already have given a message to somebody else: posting it would make a duplicate for certain. */
  isLost(message: Message): boolean {
    return message.receiptLost || message.visibleMs <= this.#options.clock.monotonic();
  }

  /** Lets go of a message that is lost. */
  expire(message: Message): void {
    const { lanes, holdings, counters, heldBack } = this.#options;
    counters.unattempted++;
    holdings.move(message, 'expired');
    for (const successor of lanes.fail(message)) heldBack(successor);
  }

  /** Notes that a message is sent. */
  began(message: Message): void {
    const { holdings, counters } = this.#options;
    holdings.move(message, 'posting');
    message.attempt++;
    counters.attempts++;
  }

  /** Books a message that was accepted. Its lane stays closed. */
  accept(message: Message, status: number, durationMs: number): void {
    const { holdings, counters, observations, clock } = this.#options;
    observations.outcomes.Acknowledge++;
    counters.delivered++;
    const deliveredTimeMs = clock.now();
    // Sender and worker have clocks of their own: a message is never younger than nothing.
    observations.histograms.deliveryAgeSeconds.observe(Math.max(0, deliveredTimeMs - message.sentTimeMs) / 1000);
    message.delivery = { status, deliveredTimeMs, durationMs };
    holdings.move(message, 'delivered');
  }

  /** Books a message that was not accepted, and sees to it that what its disposition says is done. */
  refuse(message: Message, attempt: Attempt, disposition: Disposition, keep: Keep | undefined): void {
    const { counters, observations, refused, mayKeep } = this.#options;
    observations.outcomes[disposition.action]++;
    if (attempt.status === 429) counters.throttled++;
    else counters.failed++;
    if (keep !== undefined && disposition.action === 'Retry' && mayKeep(message)) this.#keep(message, keep);
    else refused(message, attempt, disposition);
  }

  /** Keeps a message for the next probe. Unless it may be its own fault, a probe does not count as an attempt of it. */
  #keep(message: Message, keep: Keep): void {
    const { lanes, holdings, limits } = this.#options;
    if (keep === 'AsProbe' && !limits.isInDoubt) message.attempt--;
    holdings.move(message, 'received');
    lanes.retry(message);
  }
}
