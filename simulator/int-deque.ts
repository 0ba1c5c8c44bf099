/** Numbers, added and taken at both ends in constant time. */
export class IntDeque {
  #items = new Int32Array(64);
  #first = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(item: number): void {
    if (this.#size === this.#items.length) this.#grow();
    this.#items[(this.#first + this.#size) & (this.#items.length - 1)] = item;
    this.#size++;
  }

  /** Adds at the front. */
  unshift(item: number): void {
    if (this.#size === this.#items.length) this.#grow();
    this.#first = (this.#first - 1) & (this.#items.length - 1);
    this.#items[this.#first] = item;
    this.#size++;
  }

  /** Takes from the front; -1 when it is empty. */
  shift(): number {
    if (this.#size === 0) return -1;
    const item = this.#items[this.#first] ?? -1;
    this.#first = (this.#first + 1) & (this.#items.length - 1);
    this.#size--;
    return item;
  }

  /** The length stays a power of two, so that a mask can wrap indexes. */
  #grow(): void {
    const grown = new Int32Array(this.#items.length * 2);
    grown.set(this.#items.subarray(this.#first));
    grown.set(this.#items.subarray(0, this.#first), this.#items.length - this.#first);
    this.#items = grown;
    this.#first = 0;
  }
}
