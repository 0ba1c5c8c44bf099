import type { Timer } from '../../api/clock.ts';
import type { DispatchOptions } from '../dispatcher.ts';
import type { Disposition } from '../disposition.ts';
import type { Message } from '../message.ts';
import { OpenRequests } from '../open-requests.ts';
import type { Attempt, BatchRecipient, BatchRequest, BatchResult } from '../recipient.ts';
import { signalOf } from '../recipient-limits/signal.ts';
import { Settlement } from '../settlement.ts';
import type { BatchLanes } from './batch-lanes.ts';

export type BatchDispatcherOptions = DispatchOptions & {
  readonly lanes: BatchLanes;
  readonly recipient: BatchRecipient;
  /** Whether the messages of a batch have an order. */
  readonly fifo: boolean;
};

/**
 * Posts what waits in the lanes in batches, as many at once as there are slots. To the limits a batch is one request, known by
 * its first message; to the rate limit, the audit and the queue it is so many messages.
 */
export class BatchDispatcher {
  readonly #options: BatchDispatcherOptions;
  readonly #settlement: Settlement;
  /** The requests that are open now, and how long they take. */
  readonly open: OpenRequests;
  #due: Timer | undefined;

  constructor(options: BatchDispatcherOptions) {
    this.#options = options;
    this.#settlement = new Settlement(options);
    this.open = new OpenRequests(options);
  }

  /** Posts whatever is due and may be posted now. */
  pump(): void {
    const { limits, rate, recipient } = this.#options;
    while (limits.mayStart(this.open.count) && rate.mayTake() && recipient.isReady(this.#ready)) {
      const request = recipient.begin();
      const batch = this.#take(request);
      if (batch === undefined) {
        this.#awaitDue();
        return;
      }
      const [first] = batch;
      if (first !== undefined && !this.#turnAway(first)) this.#post(first, batch, request);
    }
  }

  readonly #ready = () => this.pump();

  /** Fills a request from a lane, up to a message that cannot be sent: that comes alone, when it is the first. */
  #take(request: BatchRequest): readonly Message[] | undefined {
    const { lanes, limits, rate, clock } = this.#options;
    // While the recipient is down, one message at a time shows whether it is back.
    const atMost = limits.probesToHold === undefined ? rate.tokens : 1;
    let taken = 0;
    let isAlone = false;
    return lanes.takeBatch(atMost, clock.monotonic(), (message) => {
      if (isAlone) return false;
      isAlone = this.#isUnfit(message);
      if (isAlone) return taken === 0;
      taken++;
      return request.add(message, message.attempt + 1);
    });
  }

  #isUnfit(message: Message): boolean {
    return this.#settlement.isLost(message) || this.#options.undeliverable(message) !== undefined;
  }

  #turnAway(message: Message): boolean {
    if (this.#settlement.isLost(message)) {
      this.#settlement.expire(message);
      return true;
    }
    const cause = this.#options.undeliverable(message);
    if (cause === undefined) return false;
    this.#options.rejected(message, cause);
    return true;
  }

  #post(first: Message, batch: readonly Message[], request: BatchRequest): void {
    const { limits, rate } = this.#options;
    rate.take(batch.length);
    limits.started(first);
    for (const message of batch) this.#settlement.began(message);
    this.open.began(first);
    request.post((result) => this.#ended(first, batch, result));
  }

  #ended(first: Message, batch: readonly Message[], { attempt, failed }: BatchResult): void {
    const { limits, holdings, counters, dispose } = this.#options;
    const holding = { ...holdings.counts, posting: this.open.count };
    this.open.ended(first, attempt);
    const disposition = dispose(attempt);
    const keep = limits.ended(first, attempt, disposition, holding);
    if (disposition.action === 'Acknowledge' && attempt.error === undefined) {
      if (failed.size < batch.length) counters.deliveredSlotSeconds += attempt.durationMs / 1000;
      this.#settle(batch, attempt.status, attempt.durationMs, failed);
    } else if (batch.length > 1 && mayBeOnesFault(attempt, disposition)) {
      this.#split(batch);
    } else {
      const [, ...others] = this.#options.fifo ? this.#onlyFirst(batch) : batch;
      this.#settlement.refuse(first, attempt, disposition, keep);
      for (const message of others) this.#settlement.refuse(message, attempt, disposition, undefined);
    }
    this.pump();
    this.#options.freed();
  }

  /**
   * Books a batch that was accepted, except for the messages that its answer names. On a FIFO queue everything behind the
   * first of those counts as not accepted as well, or it would have overtaken.
   */
  #settle(batch: readonly Message[], status: number, durationMs: number, failed: ReadonlySet<string>): void {
    const { fifo, lanes, delivered } = this.#options;
    const firstFailed = batch.findIndex(({ id }) => failed.has(id));
    const isAccepted = (message: Message, index: number) =>
      fifo ? firstFailed === -1 || index < firstFailed : !failed.has(message.id);
    const accepted = batch.filter(isAccepted);
    const rest = batch.filter((message, index) => !isAccepted(message, index));
    for (const message of accepted) this.#settlement.accept(message, status, durationMs);
    const [last] = accepted;
    if (rest.length === 0 && last !== undefined) lanes.advance(last);
    const attempt: Attempt = { error: 'ItemFailure', detail: 'the answer to the batch names the message', durationMs };
    const disposition = this.#options.dispose(attempt);
    for (const message of fifo ? this.#onlyFirst(rest) : rest) {
      this.#settlement.refuse(message, attempt, disposition, undefined);
    }
    for (const message of accepted) delivered(message);
  }

  /** Puts all but the first of a batch back in their lane, where they wait for what becomes of it. */
  #onlyFirst(batch: readonly Message[]): readonly Message[] {
    const rest = batch.slice(1);
    this.#takeBack(rest);
    this.#options.lanes.putBack(rest);
    return batch.slice(0, 1);
  }

  #split(batch: readonly Message[]): void {
    const { lanes, log } = this.#options;
    log.limited('warn', 'split', 'a batch was refused, and is sent again in two halves to find the reason', {
      messages: batch.length,
    });
    this.#takeBack(batch);
    lanes.split(batch);
  }

  /** Books messages whose attempt has failed and that wait here for another. */
  #takeBack(messages: readonly Message[]): void {
    const { holdings, counters, observations } = this.#options;
    for (const message of messages) {
      counters.failed++;
      observations.outcomes.Retry++;
      holdings.move(message, 'received');
    }
  }

  #awaitDue(): void {
    const { lanes, clock } = this.#options;
    const delayMs = lanes.nextDueMs - clock.monotonic();
    if (this.#due !== undefined || !Number.isFinite(delayMs)) return;
    this.#due = clock.setTimeout(
      () => {
        this.#due = undefined;
        this.pump();
        // What was lost while it waited has made room.
        this.#options.freed();
      },
      Math.max(1, Math.ceil(delayMs)),
    );
  }
}

/**
 * Whether one message may be the reason why the recipient refused all of them: it answers well, but not to this request, or a
 * rule would dead-letter for it, which no message deserves for another's sake.
 */
function mayBeOnesFault(attempt: Attempt, disposition: Disposition): boolean {
  if (disposition.action === 'DeadLetter') return true;
  if (disposition.action !== 'Retry' || attempt.error !== undefined) return false;
  return attempt.status >= 400 && signalOf(attempt, disposition) === 'Well';
}
