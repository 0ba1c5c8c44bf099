/** An item and the time at which it falls due, as {@link Deadlines} keeps it. */
export type Deadline<T> = {
  readonly item: T;
  readonly at: number;
  /** Breaks ties: items due at the same time leave in the order they came. */
  readonly order: number;
  /** Its place in the heap, -1 once it is out. Only the heap writes it. */
  index: number;
};

/**
 * Items by the time they fall due: a binary heap whose items know their place in it, so that one can be taken out of
 * the middle. Adding and removing cost O(log n), looking at the first O(1).
 */
export class Deadlines<T> {
  readonly #heap: Deadline<T>[] = [];
  #order = 0;

  /** The item due first. */
  get first(): Deadline<T> | undefined {
    return this.#heap[0];
  }

  add(item: T, at: number): Deadline<T> {
    const deadline = { item, at, order: this.#order++, index: this.#heap.length };
    this.#heap.push(deadline);
    this.#rise(deadline);
    return deadline;
  }

  /** Takes a deadline out; harmless when it is out already. */
  remove(deadline: Deadline<T>): void {
    if (deadline.index === -1) return;
    const last = this.#heap.pop();
    if (last !== undefined && last !== deadline) {
      this.#place(last, deadline.index);
      this.#rise(last);
      this.#sink(last);
    }
    deadline.index = -1;
  }

  #rise(deadline: Deadline<T>): void {
    while (deadline.index > 0) {
      const parent = this.#heap[(deadline.index - 1) >> 1];
      if (parent === undefined || before(parent, deadline)) return;
      this.#swap(parent, deadline);
    }
  }

  #sink(deadline: Deadline<T>): void {
    for (;;) {
      const left = this.#heap[deadline.index * 2 + 1];
      const right = this.#heap[deadline.index * 2 + 2];
      const child = left !== undefined && right !== undefined && before(right, left) ? right : left;
      if (child === undefined || before(deadline, child)) return;
      this.#swap(deadline, child);
    }
  }

  #swap(a: Deadline<T>, b: Deadline<T>): void {
    const index = a.index;
    this.#place(a, b.index);
    this.#place(b, index);
  }

  #place(deadline: Deadline<T>, index: number): void {
    this.#heap[index] = deadline;
    deadline.index = index;
  }
}

function before<T>(a: Deadline<T>, b: Deadline<T>): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
