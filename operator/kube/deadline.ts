import type { Clock, Timer } from './clock.ts';

/**
 * An abort signal that fires when the time is up or when one of the signals it was given fires. Unlike
 * `AbortSignal.any` it lets go of those signals when it is disposed, so that a signal that lives as long as the process
 * does not collect a listener for every request.
 */
export class Deadline implements Disposable {
  readonly #controller = new AbortController();
  readonly #clock: Clock;
  readonly #release: (() => void)[] = [];
  #timer: Timer | undefined;
  #expired = false;

  constructor(clock: Clock, timeoutMs: number, ...signals: readonly (AbortSignal | undefined)[]) {
    this.#clock = clock;
    this.extend(timeoutMs);
    for (const signal of signals) this.#follow(signal);
  }

  /** Fires once, for the first cause. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Whether it was the time that ran out, rather than a signal that fired. */
  get expired(): boolean {
    return this.#expired;
  }

  /** Moves the end to `timeoutMs` from now. */
  extend(timeoutMs: number): void {
    this.#timer?.cancel();
    this.#timer = this.#clock.setTimeout(() => {
      this.#expired = true;
      this.#controller.abort(new Error(`no answer within ${timeoutMs} ms`));
    }, timeoutMs);
  }

  [Symbol.dispose](): void {
    this.#timer?.cancel();
    for (const release of this.#release.splice(0)) release();
  }

  #follow(signal: AbortSignal | undefined): void {
    if (signal === undefined) return;
    const abort = () => this.#controller.abort(signal.reason);
    if (signal.aborted) {
      abort();
      return;
    }
    signal.addEventListener('abort', abort, { once: true });
    this.#release.push(() => signal.removeEventListener('abort', abort));
  }
}
