import type { Random } from '../api/random.ts';
import type { QueueCounts } from '../operator/scaling/types.ts';
import { ticksPerSecond, toTicks } from './agenda.ts';
import { normal, uniform } from './distributions.ts';
import { type QueueModel, within } from './scenario.ts';

/** What GetQueueAttributes says: late, noisy, sometimes wrong, sometimes nothing. */
export class Counters {
  readonly #model: QueueModel;
  readonly #random: Random;
  /** The truth, by tick. */
  readonly visible: Int32Array;
  readonly notVisible: Int32Array;

  constructor(model: QueueModel, ticks: number, random: Random) {
    this.#model = model;
    this.#random = random;
    this.visible = new Int32Array(ticks);
    this.notVisible = new Int32Array(ticks);
  }

  record(tick: number, visible: number, notVisible: number): void {
    this.visible[tick] = visible;
    this.notVisible[tick] = notVisible;
  }

  /** One reading at the beginning of `tick`; null during an outage. */
  read(tick: number): QueueCounts | null {
    const { lagSeconds, glitchShare, phantomShare, outages } = this.#model;
    const random = this.#random;
    const seenTick = Math.max(0, tick - 1 - toTicks(uniform(random, ...lagSeconds)));
    const part = random() < glitchShare ? random() : 1;
    const phantoms = random() < phantomShare ? 1 + Math.floor(2 * random()) : 0;
    const hidden = random() < 0.5;
    const visible = this.#noisy((this.visible[seenTick] ?? 0) * part) + (hidden ? 0 : phantoms);
    const notVisible = this.#noisy((this.notVisible[seenTick] ?? 0) * part) + (hidden ? phantoms : 0);
    return within(outages, tick / ticksPerSecond) ? null : { visible, notVisible, delayed: 0 };
  }

  #noisy(count: number): number {
    return Math.max(0, Math.round(count * (1 + this.#model.noise * normal(this.#random))));
  }
}
