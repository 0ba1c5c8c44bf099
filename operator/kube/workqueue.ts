import type { Clock, Timer } from './clock.ts';
import { noMetrics, type QueueMetrics, type QueueState } from './metrics.ts';
import { defaultRateLimiter, type RateLimiter } from './rate-limiter.ts';
import { ReadyKeys } from './ready-keys.ts';

/**
 * For keys that nobody waits for: those of the first list and of a resync. After a restart, what people change
 * overtakes the backlog. The value is controller-runtime's.
 */
export const lowPriority = -100;

export type AddOptions = {
  /** Higher runs first; default 0. A key that is added again keeps the higher of its priorities. */
  readonly priority?: number;
};

/** A key that has been handed out, and the priority that it had. */
export type QueuedKey = { readonly key: string; readonly priority: number };

export type WorkQueueOptions = {
  readonly clock: Clock;
  /** Default: {@link defaultRateLimiter}. */
  readonly rateLimiter?: RateLimiter;
  /** Is given what the queue can be asked for, and returns where it counts. */
  readonly metrics?: (state: QueueState) => QueueMetrics;
};

/** A key that is to run: at once when it has no timer. */
type Entry = { priority: number; dueMs: number; timer: Timer | undefined };

/** The longest delay that a timer of Node can take. */
const maxTimerMs = 2 ** 31 - 1;

/**
 * A queue of keys with the semantics of controller-runtime's priority queue. It is a set: a key that is added ten times
 * runs once. A key never runs twice at the same time: one that is added while it runs, runs once more afterwards. Of
 * several delays of a key the earliest counts.
 */
export class WorkQueue implements QueueState {
  readonly #clock: Clock;
  readonly #limiter: RateLimiter;
  readonly #metrics: QueueMetrics;
  readonly #entries = new Map<string, Entry>();
  readonly #ready = new ReadyKeys();
  readonly #processing = new Map<string, number>();
  readonly #takers = new Set<() => void>();
  #shutDown = false;

  constructor({ clock, rateLimiter = defaultRateLimiter(clock), metrics }: WorkQueueOptions) {
    this.#clock = clock;
    this.#limiter = rateLimiter;
    this.#metrics = metrics?.(this) ?? noMetrics.queue('', this);
  }

  /** Keys that are to run, now or after a delay, without those that run. */
  get size(): number {
    return this.#entries.size;
  }

  /** Keys that run. */
  get processing(): number {
    return this.#processing.size;
  }

  /** Makes `key` run as soon as possible. */
  add(key: string, { priority = 0 }: AddOptions = {}): void {
    this.#put(key, 0, priority);
  }

  /** Makes `key` run after `delayMs` milliseconds, or earlier if it is to run earlier anyway. */
  addAfter(key: string, delayMs: number, { priority = 0 }: AddOptions = {}): void {
    this.#put(key, delayMs, priority);
  }

  /**
   * Makes `key` run after its back-off, which grows with each call until {@link forget}.
   *
   * @param minimumMs the least delay, for a server that asked for one.
   */
  addRateLimited(
    key: string,
    { priority = 0, minimumMs = 0 }: AddOptions & { readonly minimumMs?: number } = {},
  ): void {
    if (this.#shutDown) return;
    this.#metrics.retried();
    this.#put(key, Math.max(minimumMs, this.#limiter.when(key)), priority);
  }

  /** Ends the back-off of `key`: it has succeeded. */
  forget(key: string): void {
    this.#limiter.forget(key);
  }

  /** How often `key` was added with back-off since it was last forgotten. */
  failures(key: string): number {
    return this.#limiter.failures(key);
  }

  /** The next key, when there is one; undefined when the queue has been shut down. Call {@link done} with it. */
  async get(): Promise<QueuedKey | undefined> {
    for (;;) {
      const taken = this.#take();
      if (taken !== undefined || this.#shutDown) return taken;
      await new Promise<void>((resolve) => this.#takers.add(resolve));
    }
  }

  /** `key` has run. */
  done(key: string): void {
    const startMs = this.#processing.get(key);
    if (startMs === undefined) return;
    this.#processing.delete(key);
    this.#metrics.worked((this.#clock.monotonic() - startMs) / 1000);
    const entry = this.#entries.get(key);
    if (entry !== undefined && entry.timer === undefined) this.#makeReady(key, entry);
  }

  /** Hands out no more keys and takes no more. */
  shutDown(): void {
    this.#shutDown = true;
    for (const { timer } of this.#entries.values()) timer?.cancel();
    this.#entries.clear();
    this.#ready.clear();
    for (const wake of this.#takers) wake();
    this.#takers.clear();
  }

  depths(): ReadonlyMap<number, number> {
    return this.#ready.depths();
  }

  processingSeconds(): readonly number[] {
    const nowMs = this.#clock.monotonic();
    return [...this.#processing.values()].map((startMs) => (nowMs - startMs) / 1000);
  }

  #put(key: string, delayMs: number, priority: number): void {
    if (this.#shutDown) return;
    const dueMs = this.#clock.monotonic() + Math.max(0, delayMs);
    const entry = this.#entries.get(key);
    if (entry === undefined) {
      this.#metrics.added();
      const added: Entry = { priority, dueMs, timer: undefined };
      this.#entries.set(key, added);
      this.#schedule(key, added, delayMs);
      return;
    }
    if (priority > entry.priority) {
      entry.priority = priority;
      this.#ready.raise(key, priority);
    }
    if (entry.timer !== undefined && dueMs < entry.dueMs) {
      entry.timer.cancel();
      entry.dueMs = dueMs;
      this.#schedule(key, entry, delayMs);
    }
  }

  #schedule(key: string, entry: Entry, delayMs: number): void {
    if (delayMs > 0) {
      entry.timer = this.#clock.setTimeout(() => this.#due(key, entry), Math.min(delayMs, maxTimerMs));
      return;
    }
    entry.timer = undefined;
    if (!this.#processing.has(key)) this.#makeReady(key, entry);
  }

  #due(key: string, entry: Entry): void {
    this.#schedule(key, entry, entry.dueMs - this.#clock.monotonic());
  }

  #makeReady(key: string, { priority }: Entry): void {
    this.#ready.add(key, priority, this.#clock.monotonic());
    const [wake] = this.#takers;
    if (wake === undefined) return;
    this.#takers.delete(wake);
    wake();
  }

  #take(): QueuedKey | undefined {
    const next = this.#ready.take();
    if (next === undefined) return undefined;
    const nowMs = this.#clock.monotonic();
    this.#entries.delete(next.key);
    this.#processing.set(next.key, nowMs);
    this.#metrics.waited((nowMs - next.sinceMs) / 1000);
    return { key: next.key, priority: next.priority };
  }
}
