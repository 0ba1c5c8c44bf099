/** Remembered messages: with 64 slots and a recipient that refuses everything, minutes of attempts. */
const capacity = 10_000;

/** How often this worker has posted the messages that it gave back, so that attempts count on when they return. */
export class AttemptLog {
  readonly #attempts = new Map<string, number>();

  /** Attempts of this worker so far; 0 for a message it has not seen, or has forgotten. */
  of(messageId: string): number {
    return this.#attempts.get(messageId) ?? 0;
  }

  /** Remembers a refused message; the one not heard of for longest is forgotten where there are too many. */
  remember(messageId: string, attempts: number): void {
    this.#attempts.delete(messageId);
    this.#attempts.set(messageId, attempts);
    if (this.#attempts.size <= capacity) return;
    for (const oldest of this.#attempts.keys()) {
      this.#attempts.delete(oldest);
      return;
    }
  }

  forget(messageId: string): void {
    if (this.#attempts.size > 0) this.#attempts.delete(messageId);
  }
}
