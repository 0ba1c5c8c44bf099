import type { Clock, Timer } from '../api/clock.ts';

const tickMs = 1000;
/** A tick that is later than this was not delayed by work: the process was halted, by SIGSTOP, its container or its machine. */
const haltMs = 1000;
/** What was waiting to be read when the process went on has been read by then. */
const aftermathMs = 1000;

/**
 * Notices when the process was halted. An answer that is read after that may have been waiting for all of it, and with it
 * SQS's count of the visibility timeout.
 */
export class StallWatch {
  readonly #clock: Clock;
  #timer: Timer | undefined;
  #tickedMs: number;
  /** The last halt: when it began at the earliest, and when it was noticed. */
  #halt: { readonly sinceMs: number; readonly noticedMs: number } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#tickedMs = clock.monotonic();
  }

  start(): void {
    this.#tickedMs = this.#clock.monotonic();
    this.#schedule();
  }

  stop(): void {
    this.#timer?.cancel();
  }

  /** The earliest moment, in monotonic milliseconds, at which an answer that is read now can have arrived. */
  get arrivalMs(): number {
    const nowMs = this.#clock.monotonic();
    if (nowMs - this.#tickedMs > tickMs + haltMs) return this.#tickedMs;
    if (this.#halt !== undefined && nowMs - this.#halt.noticedMs < aftermathMs) return this.#halt.sinceMs;
    return nowMs;
  }

  #schedule(): void {
    this.#timer = this.#clock.setTimeout(() => {
      const nowMs = this.#clock.monotonic();
      if (nowMs - this.#tickedMs > tickMs + haltMs) this.#halt = { sinceMs: this.#tickedMs, noticedMs: nowMs };
      this.#tickedMs = nowMs;
      this.#schedule();
    }, tickMs);
  }
}
