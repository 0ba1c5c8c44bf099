import { ticksPerSecond } from './agenda.ts';
import type { Fleet } from './fleet.ts';
import type { Pod } from './pod.ts';
import { type AuditModel, within } from './scenario.ts';
import type { Tallies } from './tallies.ts';

/** The sink of the audit records: takes what it can each tick, of each pod in turn. */
export class AuditSink {
  readonly #model: AuditModel;
  #capacity = 0;
  /** The pod whose turn it is, by its id. */
  #next = 0;

  constructor(model: AuditModel) {
    this.#model = model;
  }

  /** @param settle is called with each message whose record is durable now. */
  advance(tick: number, fleet: Fleet, tallies: Tallies, settle: (message: number) => void): void {
    const { perSecond, outages, bufferMessages } = this.#model;
    const isUp = !within(outages, tick / ticksPerSecond);
    this.#capacity = isUp ? Math.min(perSecond, this.#capacity + perSecond / ticksPerSecond) : 0;
    let waiting = this.#inTurn(fleet.living.filter(({ unaudited }) => unaudited.size > 0));
    while (waiting.length > 0 && this.#capacity >= 1) {
      for (const pod of waiting) {
        if (this.#capacity < 1) break;
        this.#capacity--;
        this.#next = pod.id + 1;
        settle(pod.unaudited.shift());
        fleet.update(pod, tick);
      }
      waiting = waiting.filter(({ unaudited }) => unaudited.size > 0);
    }
    for (const pod of fleet.living) {
      if (pod.phase === 'ready' && pod.unaudited.size >= bufferMessages)
        tallies.auditBlockedSeconds += 1 / ticksPerSecond;
    }
  }

  #inTurn(pods: readonly Pod[]): readonly Pod[] {
    const turn = pods.findIndex(({ id }) => id >= this.#next);
    return turn < 1 ? pods : [...pods.slice(turn), ...pods.slice(0, turn)];
  }
}
