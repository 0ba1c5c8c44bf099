import { toTicks } from './agenda.ts';

/** Failures in a row that open it. */
const failuresToOpen = 5;
const firstOpenSeconds = 5;
const longestOpenSeconds = 30;

/** The circuit breaker of a worker: open, it receives nothing; then one message is the probe. */
export class Breaker {
  state: 'closed' | 'open' | 'probing' = 'closed';
  #failures = 0;
  #openSeconds = firstOpenSeconds;
  #openUntilTick = 0;

  /** @returns the tick until which it is open now; undefined when nothing has changed. */
  onFailure(tick: number): number | undefined {
    this.#failures++;
    if (this.state === 'open' || (this.state === 'closed' && this.#failures < failuresToOpen)) return undefined;
    if (this.state === 'probing') this.#openSeconds = Math.min(longestOpenSeconds, 2 * this.#openSeconds);
    this.state = 'open';
    this.#openUntilTick = tick + toTicks(this.#openSeconds);
    return this.#openUntilTick;
  }

  onSuccess(): void {
    this.#failures = 0;
    if (this.state === 'closed') return;
    this.state = 'closed';
    this.#openSeconds = firstOpenSeconds;
  }

  /** When its time is over, it lets a probe through. */
  onTime(tick: number): void {
    if (this.state === 'open' && tick >= this.#openUntilTick) this.state = 'probing';
  }
}
