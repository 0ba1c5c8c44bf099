import type { Clock } from '../../api/clock.ts';
import type { LogWarning } from './worker-log.ts';

/** A warning that was shown is not shown again for this long, in milliseconds: in an outage every second brings the same. */
const quietMs = 30_000;

/** Which warnings were shown lately. */
export class RecentWarnings {
  readonly #clock: Clock;
  readonly #shownMs = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** True when the same was not shown lately; then it counts as shown now. */
  isNew({ worker, text }: LogWarning): boolean {
    const nowMs = this.#clock.monotonic();
    for (const [key, shownMs] of this.#shownMs) {
      if (nowMs - shownMs >= quietMs) this.#shownMs.delete(key);
    }
    const key = `${worker}: ${text}`;
    if (this.#shownMs.has(key)) return false;
    this.#shownMs.set(key, nowMs);
    return true;
  }
}
