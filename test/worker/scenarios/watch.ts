import type { Message } from '../../../worker/message.ts';
import type { Pipeline } from '../../../worker/pipeline.ts';
import type { Ledger } from './ledger.ts';
import type { Scenario } from './scenario.ts';

/** The most messages to probe with, as docs/delivery.md says: three, another each minute, ten at most. */
function probesAllowed(openForMs: number): number {
  return Math.min(10, 3 + Math.floor(openForMs / 60_000));
}

/** Judges each receive of one worker: none while it pauses, none but for probes while the breaker is open. */
export class ReceiveWatch {
  readonly #pipeline: Pipeline;
  readonly #scenario: Scenario;
  readonly #ledger: Ledger;
  #openSinceMs: number | undefined;

  constructor(pipeline: Pipeline, scenario: Scenario, ledger: Ledger) {
    this.#pipeline = pipeline;
    this.#scenario = scenario;
    this.#ledger = ledger;
  }

  /** Notes that a receive begins. @param asked the most that receives under way may bring, this one included. */
  receiving(asked: number, nowMs: number): void {
    const { gate, breaker, holdings } = this.#pipeline;
    if (gate.limitedBy === 'Pause') this.#ledger.violated('a receive began while the worker pauses');
    if (breaker.state !== 'Open') {
      this.#openSinceMs = undefined;
      return;
    }
    this.#openSinceMs ??= nowMs;
    const allowed = probesAllowed(nowMs - this.#openSinceMs + 60_000);
    const heads = this.#heads([...holdings]);
    if (heads + asked > allowed)
      this.#ledger.violated(`${asked} messages are asked for beside ${heads} probes while the breaker is open`);
  }

  /** Messages that may be probes: of a FIFO group that is the first. */
  #heads(held: readonly Message[]): number {
    const ready = held.filter(({ state }) => state === 'received' || state === 'posting' || state === 'waiting');
    if (this.#scenario.queue !== 'Fifo') return ready.length;
    return new Set(ready.map(({ groupId }) => groupId)).size;
  }
}
