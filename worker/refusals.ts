import type { Clock } from '../api/clock.ts';
import type { Random } from '../api/random.ts';
import type { AttemptLog } from './attempt-log.ts';
import type { Backoff } from './backoff.ts';
import type { Disposition } from './disposition.ts';
import type { Lanes } from './lanes.ts';
import type { WorkerLog } from './log.ts';
import type { Message } from './message.ts';
import type { Attempt } from './recipient.ts';
import type { Releaser } from './releaser.ts';
import { retryDelayMs } from './retry-delay.ts';

export type RefusalsOptions = {
  readonly lanes: Lanes;
  readonly releaser: Releaser;
  readonly attempts: AttemptLog;
  readonly backoff: Backoff;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: WorkerLog;
  /** Called when nothing more is to be received; `because` says what the recipient answered, and what decided. */
  readonly pause: (because: string) => void;
};

/** Does with a message that was attempted and not accepted what its disposition says. */
export class Refusals {
  readonly #options: RefusalsOptions;

  constructor(options: RefusalsOptions) {
    this.#options = options;
  }

  refuse(message: Message, attempt: Attempt, disposition: Disposition): void {
    this.#release(message, attempt, disposition);
    if (disposition.action === 'Pause') this.#options.pause(`${describe(attempt)} (${disposition.decidedBy})`);
  }

  #release(message: Message, attempt: Attempt, { delaySeconds: ruleDelaySeconds, decidedBy }: Disposition): void {
    const { lanes, releaser, attempts, backoff, clock, random, log } = this.#options;
    const delayMs = retryDelayMs(attempt, message.receiveCount, ruleDelaySeconds, backoff, clock.now(), random);
    // SQS counts visibility in whole seconds; at least one, so that nothing spins.
    const delaySeconds = Math.max(1, Math.ceil(delayMs / 1000));
    log.limited('warn', `attempt:${attempt.error ?? attempt.status}`, 'an attempt failed and is tried again', {
      messageId: message.id,
      ...(attempt.error === undefined ? { status: attempt.status } : { error: attempt.error, detail: attempt.detail }),
      attempt: message.attempt,
      receiveCount: message.receiveCount,
      delaySeconds,
      decidedBy,
    });
    attempts.remember(message.id, message.attempt);
    const successors = lanes.fail(message);
    releaser.retryIn(message, delaySeconds);
    for (const successor of successors) releaser.giveBack(successor, delaySeconds);
  }
}

function describe(attempt: Attempt): string {
  return attempt.error === undefined
    ? `it answered ${attempt.status}`
    : `the attempt ended in ${attempt.error}: ${attempt.detail}`;
}
