import type { RecipientLimits } from './recipient-limits/recipient-limits.ts';

/** Messages that may be attempted at a time: the requests that the recipient bears, with as many as one carries. */
export class Slots {
  readonly #limits: RecipientLimits;
  readonly #perRequest: number;

  constructor(limits: RecipientLimits, perRequest: number) {
    this.#limits = limits;
    this.#perRequest = perRequest;
  }

  /** By the limit in force. */
  get now(): number {
    return this.#limits.limit * this.#perRequest;
  }

  /** When the recipient bears all that it is allowed. */
  get most(): number {
    return this.#limits.maxConcurrency * this.#perRequest;
  }
}
