import type { Clock, Timer } from '../../api/clock.ts';

type Entry = { readonly at: number; readonly order: number; readonly callback: () => void };

/** More than ever fall due at one moment where each leads to the next: time would never move on. */
const mostAtOnce = 20_000;

/**
 * A clock that moves only when a test says so. Between two timers it lets every pending promise settle, so code that
 * awaits behaves as it would in real time.
 */
export class VirtualClock implements Clock {
  #now: number;
  #order = 0;
  /** Timers that have fired since time last moved. */
  #atOnce = 0;
  readonly #entries = new Set<Entry>();
  readonly #origin: number;

  constructor(start = Date.parse('2026-01-01T00:00:00Z')) {
    this.#now = start;
    this.#origin = start;
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#now - this.#origin;
  }

  setTimeout(callback: () => void, delayMs: number): Timer {
    const entry = { at: this.#now + Math.max(0, delayMs), order: this.#order++, callback };
    this.#entries.add(entry);
    return { cancel: () => this.#entries.delete(entry) };
  }

  /** Timers that have not fired. */
  get pending(): number {
    return this.#entries.size;
  }

  /** Moves time on by `ms`, firing what falls due in order. @throws Error when timers beget timers and time stands still. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settle();
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      await this.#fire(next);
    }
    this.#now = end;
  }

  /** Moves time on, timer by timer, until `done()`; throws when `limitMs` pass first. */
  async advanceUntil(done: () => boolean, limitMs = 24 * 3600_000): Promise<void> {
    const end = this.#now + limitMs;
    await settle();
    while (!done()) {
      const next = this.#next(end);
      if (next === undefined) throw new Error(`not done after ${limitMs} ms of virtual time`);
      await this.#fire(next);
    }
  }

  async #fire(next: Entry): Promise<void> {
    this.#entries.delete(next);
    this.#atOnce = next.at > this.#now ? 0 : this.#atOnce + 1;
    if (this.#atOnce > mostAtOnce) throw new Error(`time stands still: ${mostAtOnce} timers at ${this.monotonic()} ms`);
    this.#now = Math.max(this.#now, next.at);
    next.callback();
    await settle();
  }

  #next(end: number): Entry | undefined {
    let first: Entry | undefined;
    for (const entry of this.#entries) {
      if (entry.at > end) continue;
      if (first === undefined || entry.at < first.at || (entry.at === first.at && entry.order < first.order))
        first = entry;
    }
    return first;
  }
}

/** Lets every promise that can settle without IO or time do so. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
