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
  /** Until then an order forbids to receive. */
  #heldUntilMs = 0;
  #openSinceMs: number | undefined;

  constructor(pipeline: Pipeline, scenario: Scenario, ledger: Ledger) {
    this.#pipeline = pipeline;
    this.#scenario = scenario;
    this.#ledger = ledger;
  }

  /** Notes whether the breaker is open. To be called after whatever may open it. */
  look(nowMs: number): void {
    if (this.#pipeline.breaker.state !== 'Open') this.#openSinceMs = undefined;
    else this.#openSinceMs ??= nowMs;
  }

  /** Notes the order to receive nothing until then. */
  hold(untilMs: number): void {
    this.#heldUntilMs = untilMs;
  }

  /** Notes that a receive begins. @param asked the most that receives under way may bring, this one included. */
  receiving(asked: number, nowMs: number): void {
    this.look(nowMs);
    const { gate, holdings } = this.#pipeline;
    if (gate.limitedBy === 'Pause') this.#ledger.violated('a receive began while the worker pauses');
    if (nowMs < this.#heldUntilMs) this.#ledger.violated('a receive began that an order forbids');
    if (this.#openSinceMs === undefined) return;
    const heads = this.#heads([...holdings]);
    const allowed = probesAllowed(nowMs - this.#openSinceMs);
    if (heads + asked > allowed)
      this.#ledger.violated(
        `${asked} messages are asked for beside ${heads} probes of ${allowed}, with the breaker open`,
      );
  }

  /** Messages that may be probes. Of a FIFO group that is the first, unless one before it is being dead-lettered. */
  #heads(held: readonly Message[]): number {
    const ready = held.filter(({ state }) => state === 'received' || state === 'posting' || state === 'waiting');
    if (this.#scenario.queue !== 'Fifo') return ready.length;
    const closed = new Set(held.filter(({ state }) => state === 'deadLettering').map(({ groupId }) => groupId));
    return new Set(ready.map(({ groupId }) => groupId).filter((group) => !closed.has(group))).size;
  }
}
