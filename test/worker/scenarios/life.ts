import type { Clock, Timer } from '../../../api/clock.ts';

/** What a dead process waits for. */
export function never(): Promise<never> {
  return new Promise(() => {});
}

/** More steps than any worker takes that gets on with its work. */
const mostSteps = 50_000;

/** The life of one worker process, counted in steps: it passes one before and one after whatever it does to the world. */
export class Life {
  readonly worker: number;
  readonly clock: Clock;
  readonly #world: Clock;
  readonly #timers = new Set<Timer>();
  #alive = true;
  #halted = false;
  /** What has come back and fallen due while it was halted, in its order. */
  readonly #held: (() => void)[] = [];
  #steps = 0;
  #stepsLeft = Number.POSITIVE_INFINITY;
  #due: () => void = () => {};

  constructor(worker: number, clock: Clock) {
    this.worker = worker;
    this.#world = clock;
    this.clock = {
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      setTimeout: (callback, delayMs) => this.#setTimeout(clock, callback, delayMs),
    };
  }

  get alive(): boolean {
    return this.#alive;
  }

  /** Whether it is halted: it lives, and does nothing. */
  get halted(): boolean {
    return this.#halted;
  }

  /** Whether it was ended since it only went round in a circle. */
  get hasSpun(): boolean {
    return this.#steps > mostSteps;
  }

  /** Halts it as SIGSTOP does: what comes back and falls due from now on waits. */
  halt(): void {
    this.#halted = true;
  }

  /** Lets it go on as SIGCONT does. */
  resume(): void {
    this.#halted = false;
    for (const callback of this.#held.splice(0)) this.#world.setTimeout(() => this.whenRunning(callback), 0);
  }

  /** Calls `callback` now, or when it is no longer halted; never when it has died by then. */
  whenRunning(callback: () => void): void {
    if (!this.#alive) return;
    if (this.#halted) this.#held.push(callback);
    else callback();
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
    // A call that never comes back ends even a circle that leaves no room for timers.
    if (++this.#steps > mostSteps) this.end();
    return this.#alive;
  }

  /** Makes a call as a process does: one that dies before it does not make it, one that dies in it never has its answer. */
  async through<Result>(call: () => Promise<Result>): Promise<Result> {
    if (!this.step()) return never();
    await this.#running();
    const outcome = await call().then(
      (result) => () => result,
      (error: unknown) => () => {
        throw error;
      },
    );
    if (!this.step()) return never();
    await this.#running();
    return outcome();
  }

  /** Resolves when it is not halted; with that being so, without a turn of the event loop. */
  async #running(): Promise<void> {
    if (this.#halted) await new Promise<void>((resolve) => this.whenRunning(resolve));
  }

  #setTimeout(clock: Clock, callback: () => void, delayMs: number): Timer {
    if (!this.#alive) return { cancel: () => {} };
    let isCancelled = false;
    const timer = clock.setTimeout(() => {
      this.#timers.delete(timer);
      this.whenRunning(() => {
        if (!isCancelled) callback();
      });
    }, delayMs);
    this.#timers.add(timer);
    return {
      cancel: () => {
        isCancelled = true;
        this.#timers.delete(timer);
        timer.cancel();
      },
    };
  }
}
