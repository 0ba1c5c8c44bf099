import type { Clock, Timer } from '../../../api/clock.ts';

/** What a dead process waits for. */
export function never(): Promise<never> {
  return new Promise(() => {});
}

/** The life of one worker process, counted in steps: it passes one before and one after whatever it does to the world. */
export class Life {
  readonly worker: number;
  readonly clock: Clock;
  readonly #timers = new Set<Timer>();
  #alive = true;
  #stepsLeft = Number.POSITIVE_INFINITY;
  #due: () => void = () => {};

  constructor(worker: number, clock: Clock) {
    this.worker = worker;
    this.clock = {
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      setTimeout: (callback, delayMs) => this.#setTimeout(clock, callback, delayMs),
    };
  }

  get alive(): boolean {
    return this.#alive;
  }

  /** Has `due` called at the step that is so many from here. */
  stopAfter(steps: number, due: () => void): void {
    this.#stepsLeft = steps;
    this.#due = due;
  }

  /** Ends it: no timer fires any more, no call comes back. */
  end(): void {
    this.#alive = false;
    for (const timer of this.#timers) timer.cancel();
  }

  /** Passes a step. @returns whether the worker has survived it. */
  step(): boolean {
    if (this.#alive && --this.#stepsLeft === 0) this.#due();
    return this.#alive;
  }

  /** Makes a call as a process does: one that dies before it does not make it, one that dies in it never has its answer. */
  async through<Result>(call: () => Promise<Result>): Promise<Result> {
    if (!this.step()) return never();
    const outcome = await call().then(
      (result) => () => result,
      (error: unknown) => () => {
        throw error;
      },
    );
    return this.step() ? outcome() : never();
  }

  #setTimeout(clock: Clock, callback: () => void, delayMs: number): Timer {
    if (!this.#alive) return { cancel: () => {} };
    const timer = clock.setTimeout(() => {
      this.#timers.delete(timer);
      callback();
    }, delayMs);
    this.#timers.add(timer);
    return timer;
  }
}
