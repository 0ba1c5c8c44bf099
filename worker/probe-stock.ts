import type { Holdings } from './holdings.ts';
import type { Lanes } from './lanes.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { Message } from './message.ts';
import type { RecipientLimits } from './recipient-limits/recipient-limits.ts';
import type { Refusals } from './refusals.ts';
import type { Releaser } from './releaser.ts';

/**
 * For so long a message that fails alone may do so because the recipient is down. Then it is taken for the cause, and goes its
 * way by its attempts and receives, so that it does not hold up its group until SQS takes it back.
 */
const longestDoubtMs = 3_600_000;
/** How long what was received waits here for a recipient that is down: shorter outages cost no receive. */
const surplusAfterMs = 60_000;

export type ProbeStockOptions = {
  readonly lanes: Lanes;
  readonly holdings: Holdings;
  readonly releaser: Pick<Releaser, 'giveBack'>;
  readonly limits: Pick<RecipientLimits, 'openForMs' | 'probesToHold' | 'isInDoubt'>;
  readonly refusals: Pick<Refusals, 'isLastAttempt'>;
  readonly lifecycle: Pick<Lifecycle, 'mayAttempt'>;
};

/** The messages that are held while the recipient is down, to see with one now and then whether it is back. */
export class ProbeStock {
  readonly #options: ProbeStockOptions;

  constructor(options: ProbeStockOptions) {
    this.#options = options;
  }

  /** A message that may be the cause itself is kept to probe with as long as a worker holds back, and has attempts left. */
  mayKeep(message: Message): boolean {
    const { lifecycle, limits, refusals } = this.#options;
    if (!lifecycle.mayAttempt) return false;
    const { isInDoubt, openForMs } = limits;
    return !isInDoubt || (openForMs < longestDoubtMs && !refusals.isLastAttempt(message));
  }

  /**
   * While the recipient is down for long, gives back what is not needed to probe it: others may have more luck. What waits behind
   * a probe of its FIFO group stays: nobody else is handed it, and it is no probe either, so that its place would be filled with
   * others of which the same is true.
   */
  giveBackSurplus(): void {
    const { lanes, holdings, releaser, limits } = this.#options;
    const { openForMs, probesToHold } = limits;
    if (openForMs < surplusAfterMs || probesToHold === undefined) return;
    if (holdings.counts.received - lanes.blocked <= probesToHold) return;
    let probes = 0;
    for (const message of lanes.clear()) {
      const isProbe = !lanes.wouldWait(message);
      if (isProbe && ++probes > probesToHold) releaser.giveBack(message, 0);
      else lanes.add(message);
    }
  }
}
