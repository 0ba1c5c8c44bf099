import type { Clock } from '../api/clock.ts';
import type { Random } from '../api/random.ts';
import type { AttemptLog } from './attempt-log.ts';
import { type Backoff, backoffMs } from './backoff.ts';
import type { DeadLetters } from './dead-letters/dead-letters.ts';
import type { DeadLetterCause } from './dead-letters/evidence.ts';
import type { Disposition } from './disposition.ts';
import type { Holdings } from './holdings.ts';
import type { Lanes } from './lanes.ts';
import type { LogFields, WorkerLog } from './log.ts';
import { type Message, maxVisibilitySeconds } from './message.ts';
import type { Attempt } from './recipient.ts';
import type { Releaser } from './releaser.ts';
import { retryDelayMs } from './retry-delay.ts';
import type { StuckGroups } from './stuck-groups.ts';
import { WaitingRoom } from './waiting-room.ts';

/** A wait that is worth a receive: longer ones are spent in the queue, where they hold up nobody. */
const shortWaitMs = 5_000;

export type RefusalsOptions = {
  readonly lanes: Lanes;
  readonly holdings: Holdings;
  readonly releaser: Releaser;
  readonly attempts: AttemptLog;
  /** FIFO queues alone. */
  readonly stuck: StuckGroups | undefined;
  /** Undefined: there is no queue for dead letters. */
  readonly deadLetters: DeadLetters | undefined;
  /** After so many attempts here a message is dead-lettered; 0: no limit. */
  readonly maxAttempts: number;
  readonly backoff: Backoff;
  /** Whether there will be further attempts here: a worker that drains or pauses gives back at once. */
  readonly mayAttempt: () => boolean;
  readonly fifo: boolean;
  /** Messages that may wait here, those behind them in their lanes included. */
  readonly waitingCapacity: () => number;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: WorkerLog;
  /** Called when messages that waited may be posted again. */
  readonly due: () => void;
  /** Called when nothing more is to be received; `because` says what the recipient answered, and what decided. */
  readonly pause: (because: string) => void;
};

/** Does with a message that was not accepted what its disposition says. Its lane is closed until then. */
export class Refusals {
  readonly #options: RefusalsOptions;
  readonly #waitingRoom: WaitingRoom;

  constructor(options: RefusalsOptions) {
    this.#options = options;
    this.#waitingRoom = new WaitingRoom(options.clock, (message) => this.#due(message));
  }

  /** Takes a message whose attempt was not accepted. */
  refuse(message: Message, attempt: Attempt, disposition: Disposition): void {
    const cause = this.#deadEnd(message, attempt, disposition);
    if (cause !== undefined && this.#options.deadLetters !== undefined) {
      this.#options.deadLetters.add(message, cause);
      return;
    }
    this.#retry(message, attempt, disposition);
    if (disposition.action === 'Pause') this.#options.pause(`${describe(attempt)} (${disposition.decidedBy})`);
  }

  /** Whether a message has had all the attempts that it may have. */
  isLastAttempt(message: Message): boolean {
    const { maxAttempts } = this.#options;
    return maxAttempts > 0 && message.attempt >= maxAttempts;
  }

  /** Takes a message that must not be attempted. */
  reject(message: Message, cause: DeadLetterCause): void {
    const { deadLetters, log } = this.#options;
    if (deadLetters !== undefined) {
      deadLetters.add(message, cause);
      return;
    }
    const fields = { messageId: message.id, reason: cause.reason, detail: cause.unreadable };
    log.limited(
      'error',
      `rejected:${cause.reason}`,
      'a message cannot be delivered, and goes back to the queue',
      fields,
    );
    this.takeBack(message);
  }

  /** Takes a message that could not be dead-lettered: it goes back to the queue as if it had failed. */
  takeBack(message: Message): void {
    const { backoff, random } = this.#options;
    this.#release(message, backoffMs(message.receiveCount, backoff, random));
  }

  /** Gives back to the queue what waits here. */
  clear(): void {
    for (const { message, leftMs } of this.#waitingRoom.clear()) this.#release(message, leftMs);
  }

  #deadEnd(message: Message, attempt: Attempt, { action, decidedBy }: Disposition): DeadLetterCause | undefined {
    if (action === 'DeadLetter') return { reason: 'Refused', decidedBy, attempt };
    if (action !== 'Retry' || !this.isLastAttempt(message)) return undefined;
    return { reason: 'AttemptsExhausted', decidedBy: 'delivery.maxAttempts', attempt };
  }

  #retry(message: Message, attempt: Attempt, { action, delaySeconds, decidedBy }: Disposition): void {
    const { backoff, clock, random, log } = this.#options;
    const delayMs = retryDelayMs(attempt, failuresOf(message), delaySeconds, backoff, clock.now(), random);
    log.limited('warn', `attempt:${attempt.error ?? attempt.status}`, 'an attempt failed and is tried again', {
      messageId: message.id,
      ...outcomeFields(attempt),
      attempt: message.attempt,
      receiveCount: message.receiveCount,
      delayMilliseconds: Math.round(delayMs),
      decidedBy,
    });
    if (action === 'Retry' && this.#mayWait(delayMs)) this.#wait(message, delayMs);
    else this.#release(message, delayMs);
  }

  #mayWait(delayMs: number): boolean {
    const { fifo, maxAttempts, holdings, mayAttempt, waitingCapacity } = this.#options;
    return mayAttempt() && delayMs <= longestWaitMs(fifo, maxAttempts) && holdings.counts.waiting < waitingCapacity();
  }

  #wait(message: Message, delayMs: number): void {
    const { lanes, holdings, attempts } = this.#options;
    // Its visibility may end here, after a halt of the process for example, and it comes again.
    attempts.remember(message.id, message.attempt);
    holdings.move(message, 'waiting');
    for (const successor of lanes.successors(message)) holdings.move(successor, 'waiting');
    this.#waitingRoom.add(message, delayMs);
  }

  #due(message: Message): void {
    const { lanes, holdings, due } = this.#options;
    holdings.move(message, 'received');
    for (const successor of lanes.successors(message)) holdings.move(successor, 'received');
    lanes.retry(message);
    due();
  }

  #release(message: Message, delayMs: number): void {
    const { lanes, releaser, stuck, clock } = this.#options;
    // SQS counts visibility in whole seconds; at least one, so that nothing spins, and no more than SQS grants.
    const delaySeconds = Math.min(maxVisibilitySeconds, Math.max(1, Math.ceil(delayMs / 1000)));
    stuck?.note(message.groupId, delaySeconds * 1000, clock.monotonic());
    const successors = lanes.fail(message);
    releaser.retryIn(message, delaySeconds);
    for (const successor of successors) releaser.giveBack(successor, delaySeconds);
  }
}

/** Failures so far, as far as they are known here: receives by others may have been attempts. */
function failuresOf({ attempt, earlierAttempts, receiveCount }: Message): number {
  return Math.max(attempt, receiveCount - 1 + attempt - earlierAttempts);
}

function outcomeFields(attempt: Attempt): LogFields {
  return attempt.error === undefined ? { status: attempt.status } : { error: attempt.error, detail: attempt.detail };
}

function describe(attempt: Attempt): string {
  return attempt.error === undefined
    ? `it answered ${attempt.status}`
    : `the attempt ended in ${attempt.error}: ${attempt.detail}`;
}

/**
 * How long a retry may wait in the worker. On a FIFO queue SQS hands out the messages behind a released one with it again,
 * and their receive counts rise for nothing: where the attempts are counted here, and end in the queue for dead letters, a
 * message waits here for as long as SQS lets it be held.
 */
function longestWaitMs(fifo: boolean, maxAttempts: number): number {
  return fifo && maxAttempts > 0 ? maxVisibilitySeconds * 1000 : shortWaitMs;
}
