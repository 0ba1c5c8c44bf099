import type { Counters } from './counters.ts';
import type { GateDecision } from './gate.ts';

/** Counts the time in which nothing could be received, by what stopped it. */
export class BlockedTime {
  readonly #counters: Counters;
  #by: GateDecision['limitedBy'] = 'Nothing';
  #sinceMs: number;

  constructor(counters: Counters, nowMs: number) {
    this.#counters = counters;
    this.#sinceMs = nowMs;
  }

  /** Counts the time since the last call for what stopped it then. */
  note(by: GateDecision['limitedBy'], nowMs: number): void {
    const seconds = (nowMs - this.#sinceMs) / 1000;
    if (this.#by === 'Audit') this.#counters.auditBlockedSeconds += seconds;
    else if (this.#by === 'RateLimit') this.#counters.rateLimitedSeconds += seconds;
    this.#sinceMs = nowMs;
    this.#by = by;
  }
}
