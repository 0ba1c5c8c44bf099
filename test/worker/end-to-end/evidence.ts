import assert from 'node:assert/strict';
import type { AuditTrail } from './audit-trail.ts';
import type { Delivered } from './recorder.ts';

/** One request for a message. */
type Post = {
  readonly n: number;
  /** The life of a worker that sent it. */
  readonly life: string;
  readonly receiveCount: string;
  status: number | undefined;
};

/** The death or halt of one life of a worker. */
type Fault = { readonly life: string; readonly atMs: number };

/** The header by which a worker says which of its lives it is in. */
export const lifeHeader = 'x-life';

/**
 * What was seen of workers from outside: requests at the recipient, deletes on their way to the queue, the audit, and what
 * was done to the processes. Messages are known by the numbers in their bodies, which is their order.
 */
export class Evidence {
  readonly #trail: AuditTrail;
  /** FIFO: message n is in group n modulo this; 0: there is no order. */
  readonly #groups: number;
  readonly #posts = new Map<Delivered, Post>();
  readonly #byNumber = new Map<number, Post[]>();
  readonly #audited = new Set<string>();
  /** When each was deleted first. */
  readonly #deletedMs = new Map<string, number>();
  readonly #idOf = new Map<number, string>();
  readonly #faults: Fault[] = [];
  readonly #violations: string[] = [];

  constructor(trail: AuditTrail, groups: number) {
    this.#trail = trail;
    this.#groups = groups;
  }

  /** Messages that were accepted at least once. */
  get accepted(): number {
    return [...this.#byNumber.values()].filter((posts) => posts.some(isAccepted)).length;
  }

  /** Acceptances beyond the first of each message. */
  get duplicates(): number {
    return [...this.#byNumber.values()].reduce(
      (sum, posts) => sum + Math.max(0, posts.filter(isAccepted).length - 1),
      0,
    );
  }

  /** Takes a request that is complete, and again when it is answered. */
  request(delivered: Delivered, status: number | undefined): void {
    const known = this.#posts.get(delivered);
    if (known === undefined) this.#posted(delivered);
    else known.status = status;
  }

  /** Takes the ids of messages that somebody is about to delete. */
  deleting(messageIds: readonly string[]): void {
    if (messageIds.some((id) => !this.#audited.has(id)))
      for (const { messageId } of this.#trail.records()) this.#audited.add(messageId);
    for (const id of messageIds)
      if (!this.#audited.has(id)) this.#violations.push(`${id} was deleted before its record was durable`);
  }

  /** Takes the ids of messages that the queue has deleted. */
  deleted(messageIds: readonly string[]): void {
    for (const id of messageIds) this.#deletedMs.set(id, this.#deletedMs.get(id) ?? performance.now());
  }

  /** Notes that a worker is about to be killed or halted. */
  fault(life: string): void {
    this.#faults.push({ life, atMs: performance.now() });
  }

  /** Asserts all that must hold of `count` messages when the queue is empty and the workers have ended. */
  expectGuarantee(count: number): void {
    const records = this.#trail.records();
    const audited = new Set(records.map(({ messageId }) => messageId));
    const numbers = Array.from({ length: count }, (_, n) => n);
    assert.deepEqual(
      numbers.filter((n) => !this.#byNumber.get(n)?.some(isAccepted)),
      [],
      'lost on the way to the recipient',
    );
    assert.deepEqual(
      numbers.filter((n) => !audited.has(this.#idOf.get(n) ?? '')),
      [],
      'accepted without an audit record',
    );
    const known = new Set(this.#idOf.values());
    assert.deepEqual(
      [...audited].filter((id) => !known.has(id)),
      [],
      'audited without having been delivered',
    );
    for (const [n, posts] of this.#byNumber) this.#judgeDuplicates(n, posts);
    assert.deepEqual(this.#violations, []);
  }

  #posted(delivered: Delivered): void {
    const { body, headers } = delivered;
    const n = Number(body.trim().slice(1));
    const receiveCount = String(headers['courier-receive-count']);
    const post: Post = { n, life: String(headers[lifeHeader]), receiveCount, status: undefined };
    const earlier = this.#byNumber.get(n) ?? [];
    if (earlier.some((other) => isAccepted(other) && other.receiveCount === receiveCount))
      this.#violations.push(`message ${n} was posted again without having been received again`);
    for (let m = n - this.#groups; this.#groups > 0 && m >= 0; m -= this.#groups)
      if (!this.#byNumber.get(m)?.some(isAccepted)) this.#violations.push(`message ${n} was posted before ${m}`);
    this.#posts.set(delivered, post);
    this.#byNumber.set(n, [...earlier, post]);
    this.#idOf.set(n, String(headers['courier-message-id']));
  }

  /** What was accepted may be accepted again only where its worker was killed or halted before it was deleted. */
  #judgeDuplicates(n: number, posts: readonly Post[]): void {
    const accepted = posts.filter(isAccepted);
    const deletedMs = this.#deletedMs.get(this.#idOf.get(n) ?? '') ?? Number.POSITIVE_INFINITY;
    for (const { life } of accepted.slice(0, -1)) {
      const isExplained = this.#faults.some((fault) => fault.life === life && fault.atMs <= deletedMs);
      if (!isExplained) this.#violations.push(`message ${n} was accepted again, though nothing happened to ${life}`);
    }
  }
}

function isAccepted({ status }: Post): boolean {
  return status !== undefined && status < 300;
}
