import type { Clock, Timer } from '../api/clock.ts';
import type { WorkerState } from '../api/worker-status.ts';

/** How far a worker's life has gone, and what keeps it from receiving meanwhile: an order to finish, or a pause. */
export class Lifecycle {
  readonly #clock: Clock;
  #state: WorkerState = 'Starting';
  /** Set while the operator wants nothing to be received; fires when that runs out. */
  #hold: Timer | undefined;
  #paused: string | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get state(): WorkerState {
    return this.#state;
  }

  /** Whether the operator has asked the worker to finish what it holds. */
  get isHeld(): boolean {
    return this.#hold !== undefined;
  }

  /** Why nothing is received any more: the recipient's answer, and what says that it means to stop. */
  get paused(): string | undefined {
    return this.#paused;
  }

  /** Whether what waits here may still be attempted. */
  get mayAttempt(): boolean {
    return this.#state !== 'Draining' && this.#paused === undefined;
  }

  enter(state: WorkerState): void {
    this.#state = state;
  }

  /** Holds for `seconds`, or until told 0. @param lifted called when it holds no more. */
  hold(seconds: number, lifted: () => void): void {
    this.#hold?.cancel();
    this.#hold = undefined;
    if (seconds > 0) this.#hold = this.#clock.setTimeout(() => this.hold(0, lifted), seconds * 1000);
    else lifted();
  }

  /** Pauses for as long as this process lives. @returns whether it did not do so already. */
  pause(because: string): boolean {
    if (this.#paused !== undefined) return false;
    this.#paused = because;
    return true;
  }
}
