import type { Random } from '../api/random.ts';

/** The slots that wait for a message: added, removed and drawn at random in constant time. */
export class FreeSlots {
  readonly #slots: number[] = [];
  /** Where each slot stands in `#slots`; -1 or nothing: not in it. */
  readonly #position: number[] = [];

  get size(): number {
    return this.#slots.length;
  }

  has(slot: number): boolean {
    return (this.#position[slot] ?? -1) >= 0;
  }

  add(slot: number): void {
    while (this.#position.length <= slot) this.#position.push(-1);
    this.#position[slot] = this.#slots.push(slot) - 1;
  }

  remove(slot: number): void {
    const position = this.#position[slot] ?? -1;
    const last = this.#slots.pop();
    if (last === undefined || position < 0) throw new Error(`slot ${slot} is not free`);
    this.#position[slot] = -1;
    if (last === slot) return;
    this.#slots[position] = last;
    this.#position[last] = position;
  }

  /** One of them, which stays. -1 when there is none. */
  pick(random: Random): number {
    return this.#slots[Math.floor(random() * this.#slots.length)] ?? -1;
  }
}
