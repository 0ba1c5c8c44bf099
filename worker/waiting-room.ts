import type { Clock, Timer } from '../api/clock.ts';
import type { Message } from './message.ts';

/**
 * The messages whose next attempt comes so soon that they wait for it here, under the heartbeat, and not in the queue: a
 * receive less for each retry.
 */
export class WaitingRoom {
  readonly #clock: Clock;
  readonly #due: (message: Message) => void;
  readonly #timers = new Map<Message, { readonly timer: Timer; readonly dueMs: number }>();

  /** @param due called with a message whose wait has ended. */
  constructor(clock: Clock, due: (message: Message) => void) {
    this.#clock = clock;
    this.#due = due;
  }

  add(message: Message, delayMs: number): void {
    const timer = this.#clock.setTimeout(() => {
      this.#timers.delete(message);
      this.#due(message);
    }, delayMs);
    this.#timers.set(message, { timer, dueMs: this.#clock.monotonic() + delayMs });
  }

  /** Ends every wait; with each message what was left of it, in milliseconds. */
  clear(): readonly { readonly message: Message; readonly leftMs: number }[] {
    const nowMs = this.#clock.monotonic();
    const waiting = [...this.#timers].map(([message, { timer, dueMs }]) => {
      timer.cancel();
      return { message, leftMs: Math.max(0, dueMs - nowMs) };
    });
    this.#timers.clear();
    return waiting;
  }
}
