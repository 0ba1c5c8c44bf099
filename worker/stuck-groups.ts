/** How long a group counts as stuck beyond its wait: it is received, attempted and released again within that. */
const marginMs = 60_000;
/** Groups that are remembered; more would only say the same. */
const capacity = 1_000;

/**
 * The message groups of a FIFO queue whose head has been refused and waits in the queue. SQS hands out the messages behind it
 * together with it, and their receive counts rise for nothing; so while a group is stuck a worker asks for one message at a
 * time. What others hold it sees by heads that come again.
 */
export class StuckGroups {
  readonly #untilMs = new Map<string, number>();

  /** Notes that the head of a group waits for `waitMs`, or has come again. */
  note(groupId: string | undefined, waitMs: number, nowMs: number): void {
    if (groupId === undefined || (this.#untilMs.size >= capacity && !this.#untilMs.has(groupId))) return;
    this.#untilMs.set(groupId, nowMs + waitMs + marginMs);
  }

  /** Notes that a group moves on: its head was accepted, or moved to the queue for dead letters. */
  forget(groupId: string | undefined): void {
    if (groupId !== undefined && this.#untilMs.size > 0) this.#untilMs.delete(groupId);
  }

  /** Whether any group is stuck. What is not heard of any more has been moved by the queue's own redrive policy. */
  any(nowMs: number): boolean {
    for (const [groupId, untilMs] of this.#untilMs) {
      if (untilMs > nowMs) return true;
      this.#untilMs.delete(groupId);
    }
    return false;
  }
}
