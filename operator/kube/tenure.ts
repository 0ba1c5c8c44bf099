import { operationOf } from './attempt.ts';
import type { Clock, Timer } from './clock.ts';
import { KubeError } from './errors.ts';
import type { WriteGuard } from './requests.ts';

/**
 * The time in which this process may write, because it leads. It is extended by every renewal of the lease, begins anew
 * never, and is measured by a clock that does not stop when the process does: whoever was halted for too long finds it
 * over before any timer has had the chance to say so.
 */
export class Tenure {
  readonly #clock: Clock;
  readonly #durationMs: number;
  readonly #holder: string;
  readonly #ended = new AbortController();
  #untilMs = Number.NEGATIVE_INFINITY;
  #expiry: Timer | undefined;

  /** @param holder what an error calls this process. */
  constructor(clock: Clock, durationMs: number, holder: string) {
    this.#clock = clock;
    this.#durationMs = durationMs;
    this.#holder = holder;
  }

  /** Whether the lease was held at some time. */
  get hasBegun(): boolean {
    return this.#untilMs !== Number.NEGATIVE_INFINITY;
  }

  /** Fires when the tenure ends; its reason is an Error that says why. */
  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  /** Whether nobody else can lead now. */
  mayWrite(): boolean {
    return !this.#ended.signal.aborted && this.#clock.monotonic() < this.#untilMs;
  }

  /** @param sentMs monotonic time at which the successful renewal was sent: others count from when they saw it, later. */
  extend(sentMs: number): void {
    if (this.#ended.signal.aborted) return;
    this.#untilMs = sentMs + this.#durationMs;
    this.#expiry?.cancel();
    const remainingMs = this.#untilMs - this.#clock.monotonic();
    this.#expiry = this.#clock.setTimeout(() => this.end('the lease was not renewed in time'), remainingMs);
  }

  /** Ends the tenure, and with it the writes under way. */
  end(why: string): void {
    this.#expiry?.cancel();
    if (!this.#ended.signal.aborted) this.#ended.abort(new Error(why));
  }

  /** Refuses writes outside the tenure. */
  readonly guard: WriteGuard = (access) => {
    if (this.mayWrite()) return this.#ended.signal;
    const detail = `${this.#holder} does not lead`;
    throw new KubeError({ operation: operationOf(access), reason: 'WriteRefused', detail });
  };
}
