import type { Message } from '../message.ts';

/** Tenants that are remembered beyond those that wait: more are looked through for some that may be forgotten. */
const spareTenants = 1_000;

/**
 * Gives the messages of a standard queue places in one line by which their tenants take turns, so that none waits behind the
 * backlog of another. The tenant is the group id; messages without one are a tenant of their own. A message's turn is the one
 * after that of its tenant's newest, and not before the turn that is on: start-time fair queueing, with every message of the
 * same weight (Goyal, Vin and Cheng, SIGCOMM 1996).
 */
export class TenantTurns {
  readonly #turnOf = new WeakMap<Message, number>();
  readonly #newest = new Map<string | undefined, number>();
  #current = 0;

  /** Where in a line, whose messages have got their places here, another belongs. */
  place(line: readonly Message[], message: Message): number {
    const turn = Math.max(this.#current, (this.#newest.get(message.groupId) ?? -1) + 1);
    this.#newest.set(message.groupId, turn);
    this.#turnOf.set(message, turn);
    if (this.#newest.size > line.length + spareTenants) this.#forgetIdle();
    let [low, high] = [0, line.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#turn(line[middle]) <= turn) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Notes that messages have left the head of the line: their turn is on. */
  took(messages: readonly Message[]): void {
    this.#current = Math.max(this.#current, this.#turn(messages.at(-1)));
  }

  #turn(message: Message | undefined): number {
    return (message && this.#turnOf.get(message)) ?? 0;
  }

  /** Whose newest message had its turn before this one begins like anybody who is new. */
  #forgetIdle(): void {
    for (const [tenant, turn] of this.#newest) if (turn < this.#current) this.#newest.delete(tenant);
  }
}
