/** The pause of a worker that is throttled too often, unless Retry-After asks for another. */
const pause = { defaultMs: 1_000, maxMs: 60_000 };

/** The time for which nothing is sent since the recipient answers 429 too often. Times are monotonic milliseconds. */
export class ThrottlePause {
  #untilMs = 0;
  /** By Retry-After. */
  #askedUntilMs = 0;

  /** When it ends; 0: there is none. */
  get untilMs(): number {
    return this.#untilMs;
  }

  leftMs(nowMs: number): number {
    return Math.max(0, this.#untilMs - nowMs);
  }

  /** Notes until when the recipient asks for nothing more: a pause that begins lasts so long. */
  ask(untilMs: number): void {
    this.#askedUntilMs = Math.max(this.#askedUntilMs, untilMs);
  }

  begin(nowMs: number): void {
    const isAsked = this.#askedUntilMs > nowMs;
    this.#untilMs = Math.min(nowMs + pause.maxMs, isAsked ? this.#askedUntilMs : nowMs + pause.defaultMs);
  }

  end(): void {
    this.#untilMs = 0;
  }
}
