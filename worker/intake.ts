import type { Clock } from '../api/clock.ts';
import type { ReceivedMessage } from '../aws/ports.ts';
import type { AttemptLog } from './attempt-log.ts';
import type { Counters } from './counters.ts';
import type { Deleter } from './deleter.ts';
import type { Holdings } from './holdings.ts';
import type { Lanes } from './lanes.ts';
import type { Lifecycle } from './lifecycle.ts';
import { type Message, takeUp } from './message.ts';
import type { ReceiveAge } from './receive-age.ts';
import type { RecipientLimits } from './recipient-limits/recipient-limits.ts';
import type { Releaser } from './releaser.ts';
import type { SizeEstimate } from './size-estimate.ts';
import type { StallWatch } from './stall-watch.ts';
import type { StuckGroups } from './stuck-groups.ts';

export type IntakeOptions = {
  readonly visibilityTimeoutSeconds: number;
  readonly lifecycle: Lifecycle;
  readonly lanes: Lanes;
  readonly holdings: Holdings;
  readonly releaser: Releaser;
  readonly limits: RecipientLimits;
  readonly attempts: AttemptLog;
  readonly size: SizeEstimate;
  readonly receiveAge: ReceiveAge;
  readonly stalls: StallWatch;
  /** FIFO queues alone. */
  readonly stuck: StuckGroups | undefined;
  readonly deleter: Pick<Deleter, 'isDelivered'>;
  readonly counters: Counters;
  readonly clock: Clock;
  /** Called when messages have been put into their lanes. */
  readonly taken: () => void;
};

/** Takes up what a receive has brought: into its lane, or back to the queue when nothing is attempted any more. */
export class Intake {
  readonly #options: IntakeOptions;

  constructor(options: IntakeOptions) {
    this.#options = options;
  }

  take(received: readonly ReceivedMessage[]): void {
    const { clock, stalls, limits, lanes, taken } = this.#options;
    const now = { timeMs: clock.now(), monotonicMs: stalls.arrivalMs };
    // While the recipient is down, what has not failed yet tells more than what has.
    const failed = limits.openForMs > 0 ? lanes.clear() : [];
    for (const one of received) this.#takeOne(one, now);
    for (const message of failed) lanes.add(message);
    limits.received();
    taken();
  }

  #takeOne(received: ReceivedMessage, now: { timeMs: number; monotonicMs: number }): void {
    const { visibilityTimeoutSeconds, attempts, holdings, size, receiveAge, lifecycle, lanes, releaser } =
      this.#options;
    const message = takeUp(received, now, visibilityTimeoutSeconds, attempts.of(received.messageId));
    this.#count(message, now.monotonicMs);
    receiveAge.add(message, now.timeMs, now.monotonicMs);
    holdings.add(message);
    size.add(message.bytes);
    if (lifecycle.mayAttempt) lanes.add(message);
    else releaser.giveBack(message, 0);
  }

  #count(message: Message, nowMs: number): void {
    const { counters, stuck, deleter } = this.#options;
    counters.received++;
    if (message.receiveCount > 1) {
      counters.redelivered++;
      stuck?.note(message.groupId, 0, nowMs);
    }
    if (deleter.isDelivered(message.id)) counters.duplicates++;
  }
}
