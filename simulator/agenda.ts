/** Simulated time passes in steps of a tenth of a second. */
export const ticksPerSecond = 10;

/** The tick nearest to a time. */
export function toTicks(seconds: number): number {
  return Math.round(seconds * ticksPerSecond);
}

const nothing: readonly number[] = [];

/** What is due when: numbers (of messages, slots or pods) by tick. What is due after the end never happens. */
export class Agenda {
  readonly #due: (number[] | undefined)[];

  constructor(ticks: number) {
    this.#due = new Array(ticks).fill(undefined);
  }

  add(tick: number, id: number): void {
    if (tick >= this.#due.length) return;
    const due = this.#due[tick];
    if (due === undefined) this.#due[tick] = [id];
    else due.push(id);
  }

  /** What is due at `tick`, in the order in which it was added; it is forgotten. */
  take(tick: number): readonly number[] {
    const due = this.#due[tick];
    if (due === undefined) return nothing;
    this.#due[tick] = undefined;
    return due;
  }
}
