import type { Clock, Timer } from '../api/clock.ts';

/** Calls at the earliest of the moments that it is set to. Times are monotonic milliseconds. */
export class Alarm {
  readonly #clock: Clock;
  readonly #ring: () => void;
  #set: { readonly atMs: number; readonly timer: Timer } | undefined;

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  /** Has it ring at `atMs`, unless it will ring before; infinite: never. */
  setAt(atMs: number, nowMs: number): void {
    if (!Number.isFinite(atMs) || (this.#set !== undefined && this.#set.atMs <= atMs)) return;
    this.cancel();
    const timer = this.#clock.setTimeout(
      () => {
        this.#set = undefined;
        this.#ring();
      },
      Math.ceil(atMs - nowMs),
    );
    this.#set = { atMs, timer };
  }

  cancel(): void {
    this.#set?.timer.cancel();
    this.#set = undefined;
  }
}
