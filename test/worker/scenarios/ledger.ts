import type { Scenario } from './scenario.ts';

export type Post = { readonly n: number; readonly worker: number; readonly atMs: number };

/**
 * What has become of each message, seen from outside the workers, and what was done that must never be. Messages are known by
 * their numbers, in the order in which they were sent.
 */
export class Ledger {
  readonly posts: Post[] = [];
  /** Accepted by the recipient, whether a worker has heard of it or not. */
  readonly accepted = new Set<number>();
  /** With a durable audit record. */
  readonly durable = new Set<number>();
  /** Copied to the queue for dead letters. */
  readonly copied = new Set<number>();
  /** As sentences: must stay empty. */
  readonly violations: string[] = [];
  /** Messages that a worker knows to be accepted. */
  readonly #acknowledged = new Set<number>();
  /** The same by worker and receipt: it must not post those again. */
  readonly #settled = new Set<string>();
  /** The parts of the records of split messages that are durable. */
  readonly #parts = new Map<number, Set<number>>();
  readonly #scenario: Scenario;

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
  }

  violated(sentence: string): void {
    this.violations.push(sentence);
  }

  /** Notes a request with messages in their order, each with the receipt by which the worker holds it. */
  posted(worker: number, messages: readonly { n: number; receipt: string }[], atMs: number): void {
    const before = new Set<number>();
    for (const { n, receipt } of messages) {
      this.posts.push({ n, worker, atMs });
      if (this.#settled.has(this.#hold(worker, n, receipt)))
        this.violated(`worker ${worker} posted message ${n} again, which it knew to be accepted`);
      const skipped = this.#unsettledBefore(n).filter((earlier) => !before.has(earlier));
      if (skipped.length > 0) this.violated(`message ${n} was posted before ${skipped} of its group`);
      before.add(n);
    }
  }

  accept(n: number): void {
    this.accepted.add(n);
  }

  /** Notes that the worker has heard that a message is accepted. */
  acknowledge(worker: number, n: number, receipt: string): void {
    this.#acknowledged.add(n);
    this.#settled.add(this.#hold(worker, n, receipt));
  }

  /** Notes that one of the `parts` records of a message is durable. */
  record(n: number, part: number, parts: number): void {
    if (!this.#acknowledged.has(n)) this.violated(`message ${n} has an audit record that is not true`);
    const durable = this.#parts.get(n) ?? new Set();
    this.#parts.set(n, durable.add(part));
    if (durable.size === parts) this.durable.add(n);
  }

  deleted(n: number): void {
    if (!this.mayBeDeleted(n))
      this.violated(`message ${n} was deleted before its record was durable or its copy was made`);
  }

  /** Whether all is done that a message must not be deleted without. */
  mayBeDeleted(n: number): boolean {
    if (this.copied.has(n)) return true;
    return this.#scenario.audit.policy === 'Required' ? this.durable.has(n) : this.#acknowledged.has(n);
  }

  /** Those of its FIFO group that were sent before it, and are neither accepted nor in the queue for dead letters. */
  #unsettledBefore(n: number): readonly number[] {
    const { queue, groups } = this.#scenario;
    const earlier: number[] = [];
    if (queue !== 'Fifo') return earlier;
    for (let m = n - groups; m >= 0; m -= groups) if (!this.accepted.has(m) && !this.copied.has(m)) earlier.push(m);
    return earlier;
  }

  /**
   * What a worker holds a message by. Where nothing comes between it and its receipts it keeps them, so that there a message
   * that comes again is no excuse.
   */
  #hold(worker: number, n: number, receipt: string): string {
    const { failures, lostBeats, redeliveries } = this.#scenario.aws;
    const halts = this.#scenario.stops.filter(({ kind }) => kind === 'Halt').length;
    return failures + lostBeats + redeliveries + halts > 0 ? `${worker}:${n}:${receipt}` : `${worker}:${n}`;
  }
}
