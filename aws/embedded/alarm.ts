import type { Clock, Timer } from '../../api/clock.ts';

/** Rings at a time that can be moved. */
export class Alarm {
  readonly #clock: Clock;
  readonly #ring: () => void;
  #set: { readonly at: number; readonly timer: Timer } | undefined;

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  /** Sets the alarm to a time of the clock's monotonic milliseconds, or off. */
  set(at: number | undefined): void {
    if (at === this.#set?.at) return;
    this.#set?.timer.cancel();
    this.#set = at === undefined ? undefined : { at, timer: this.#schedule(at) };
  }

  #schedule(at: number): Timer {
    // Rounded up: a timer that fires a fraction of a millisecond early would find nothing due.
    const delayMs = Math.ceil(at - this.#clock.monotonic());
    return this.#clock.setTimeout(() => {
      this.#set = undefined;
      this.#ring();
    }, delayMs);
  }
}
