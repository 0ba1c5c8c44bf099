/** What is assumed before the first message, in bytes: three times the most that SQS takes, as messages are counted. */
const initialBytes = 3_145_728;
/** How much of the way to a smaller message the estimate goes: large ones are remembered for about a hundred messages. */
const decay = 0.02;

/**
 * How large the next messages may be: as large as the largest of late, since it is what receives under way may bring that
 * must not exceed the memory there is.
 */
export class SizeEstimate {
  #bytes = initialBytes;

  get bytes(): number {
    return this.#bytes;
  }

  add(bytes: number): void {
    this.#bytes = bytes >= this.#bytes ? bytes : this.#bytes + decay * (bytes - this.#bytes);
  }
}
