import { type MessageLanes, StandardLane } from './lanes.ts';
import type { Message } from './message.ts';

/** The part of the slots that one tenant leaves free, rounded up, while there are others. */
const reservedPart = 1 / 8;
/** A tenant counts as there for so long after its last message. */
const activeMs = 60_000;

type Tenant = { readonly line: StandardLane; waiting: number; out: number };

/**
 * The line of a standard queue whose messages may name a tenant by their group id, as SQS's fair queues do. Tenants take
 * turns, so that none waits behind the backlog of another; and while several are there, none takes the last slots, so that
 * one whose requests hang cannot stop the others. Messages without a group id are a line of their own that takes turns too.
 * There is no order inside a tenant.
 */
export class TenantLanes implements MessageLanes {
  readonly blocked = 0;
  readonly #slots: () => number;
  readonly #tenants = new Map<string | undefined, Tenant>();
  /** Tenants with messages that wait, in the order of their turns. */
  readonly #turns = new Set<string | undefined>();
  /** The tenant of the newest message, when that was received, and when the newest one of another tenant was. */
  #newest: string | undefined;
  #newestMs = Number.NEGATIVE_INFINITY;
  #otherMs = Number.NEGATIVE_INFINITY;

  /** @param slots requests that may be open at a time now. */
  constructor(slots: () => number) {
    this.#slots = slots;
  }

  /** Messages that wait although slots are free, since their tenants have taken all that they may. */
  get deferred(): number {
    let deferred = 0;
    for (const name of this.#turns) {
      const tenant = this.#tenants.get(name);
      if (tenant !== undefined && this.#isFull(name, tenant)) deferred += tenant.waiting;
    }
    return deferred;
  }

  wouldWait(): boolean {
    return false;
  }

  add(message: Message): void {
    if (this.#newest !== message.groupId) {
      this.#newest = message.groupId;
      this.#otherMs = this.#newestMs;
    }
    this.#newestMs = message.receivedMs;
    this.#enqueue(message);
  }

  take(): Message | undefined {
    for (const name of this.#turns) {
      const tenant = this.#tenants.get(name);
      if (tenant === undefined || this.#isFull(name, tenant)) continue;
      const message = tenant.line.take();
      if (message === undefined) continue;
      tenant.waiting--;
      tenant.out++;
      if (tenant.waiting === 0) this.#turns.delete(name);
      else if (this.#turns.size > 1) this.#sendToBack(name);
      return message;
    }
    return undefined;
  }

  advance(message: Message): void {
    this.#return(message);
  }

  fail(message: Message): readonly Message[] {
    this.#return(message);
    return [];
  }

  successors(): readonly Message[] {
    return [];
  }

  retry(message: Message): void {
    this.#enqueue(message);
    this.#return(message);
  }

  clear(): readonly Message[] {
    const rest: Message[] = [];
    for (const [name, tenant] of this.#tenants) {
      rest.push(...tenant.line.clear());
      tenant.waiting = 0;
      if (tenant.out === 0) this.#tenants.delete(name);
    }
    this.#turns.clear();
    return rest;
  }

  #enqueue(message: Message): void {
    const name = message.groupId;
    let tenant = this.#tenants.get(name);
    if (tenant === undefined) {
      tenant = { line: new StandardLane(), waiting: 0, out: 0 };
      this.#tenants.set(name, tenant);
    }
    tenant.line.add(message);
    tenant.waiting++;
    this.#turns.add(name);
  }

  /** Puts a tenant at the end of the turns. */
  #sendToBack(name: string | undefined): void {
    this.#turns.delete(name);
    this.#turns.add(name);
  }

  #return({ groupId: name }: Message): void {
    const tenant = this.#tenants.get(name);
    if (tenant === undefined) return;
    tenant.out--;
    if (tenant.out === 0 && tenant.waiting === 0) this.#tenants.delete(name);
  }

  /** Messages without a group id are tenants of their own, each of them: together they are never full. */
  #isFull(name: string | undefined, { out }: Tenant): boolean {
    if (name === undefined || !this.#hasOthers(name)) return false;
    const slots = this.#slots();
    return out >= Math.max(1, slots - Math.ceil(reservedPart * slots));
  }

  #hasOthers(name: string): boolean {
    return this.#newest !== name || this.#newestMs - this.#otherMs <= activeMs;
  }
}
