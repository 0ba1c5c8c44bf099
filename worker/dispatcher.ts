import type { DeadLetterCause } from './dead-letters/evidence.ts';
import type { Disposition } from './disposition.ts';
import type { MessageLanes } from './lanes.ts';
import type { WorkerLog } from './log.ts';
import type { Message } from './message.ts';
import { OpenRequests } from './open-requests.ts';
import type { RateLimiter } from './rate/rate-limiter.ts';
import type { Attempt, Recipient } from './recipient.ts';
import { Settlement, type SettlementOptions } from './settlement.ts';

/** What it takes to post messages, be it one or several a request. */
export type DispatchOptions = SettlementOptions & {
  readonly rate: RateLimiter;
  /** Why a message must not be attempted. */
  readonly undeliverable: (message: Message) => DeadLetterCause | undefined;
  /** What an attempt means. */
  readonly dispose: (attempt: Attempt) => Disposition;
  readonly log: WorkerLog;
  /** Called with a message that the recipient accepted. */
  readonly delivered: (message: Message) => void;
  /** Called with a message that must not be attempted; its lane is closed. */
  readonly rejected: (message: Message, cause: DeadLetterCause) => void;
  /** Called when a slot has fallen free. */
  readonly freed: () => void;
};

export type DispatcherOptions = DispatchOptions & { readonly lanes: MessageLanes; readonly recipient: Recipient };

/** Posts what waits in the lanes, as many at once as there are slots. */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #settlement: Settlement;
  /** The requests that are open now, and how long they take. */
  readonly open: OpenRequests;

  constructor(options: DispatcherOptions) {
    this.#options = options;
    this.#settlement = new Settlement(options);
    this.open = new OpenRequests(options);
  }

  /** Posts whatever may be posted now. */
  pump(): void {
    const { lanes, holdings, limits, rate, recipient, undeliverable, rejected } = this.#options;
    while (limits.mayStart(holdings.counts.posting) && rate.mayTake() && recipient.isReady(this.#ready)) {
      const message = lanes.take();
      if (message === undefined) return;
      if (this.#settlement.isLost(message)) {
        this.#settlement.expire(message);
        continue;
      }
      const cause = undeliverable(message);
      if (cause === undefined) this.#post(message);
      else rejected(message, cause);
    }
  }

  readonly #ready = () => this.pump();

  #post(message: Message): void {
    const { limits, rate, recipient } = this.#options;
    rate.take(1);
    limits.started(message);
    this.#settlement.began(message);
    this.open.began(message);
    recipient.post(message, (attempt) => this.#ended(message, attempt));
  }

  #ended(message: Message, attempt: Attempt): void {
    const { lanes, holdings, limits, counters, dispose, delivered } = this.#options;
    this.open.ended(message, attempt);
    const disposition = dispose(attempt);
    const keep = limits.ended(message, attempt, disposition, holdings.counts);
    if (disposition.action === 'Acknowledge' && attempt.error === undefined) {
      counters.deliveredSlotSeconds += attempt.durationMs / 1000;
      this.#settlement.accept(message, attempt.status, attempt.durationMs);
      lanes.advance(message);
      delivered(message);
    } else {
      this.#settlement.refuse(message, attempt, disposition, keep);
    }
    this.pump();
    this.#options.freed();
  }
}
