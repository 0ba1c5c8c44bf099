/** An exponentially weighted moving average: each sample moves it by `weight` of the way. */
export class Average {
  readonly #weight: number;
  #value: number | undefined;

  constructor(weight: number) {
    this.#weight = weight;
  }

  /** Undefined before the first sample. */
  get value(): number | undefined {
    return this.#value;
  }

  add(sample: number): void {
    this.#value = this.#value === undefined ? sample : this.#value + this.#weight * (sample - this.#value);
  }
}
