/** A key that may run now. */
export type ReadyKey = { readonly key: string; readonly priority: number; readonly sinceMs: number };

/** Keys that may run now: the highest priority first, and within one priority in the order of their arrival. */
export class ReadyKeys {
  /** For each priority in use, its keys with the time at which they became ready. Both kinds of map keep their order. */
  readonly #levels = new Map<number, Map<string, number>>();
  readonly #priorities = new Map<string, number>();

  add(key: string, priority: number, sinceMs: number): void {
    const level = this.#levels.get(priority) ?? new Map<string, number>();
    this.#levels.set(priority, level);
    level.set(key, sinceMs);
    this.#priorities.set(key, priority);
  }

  /** Moves `key`, if it is ready, to a higher priority; it keeps the time since which it is ready. */
  raise(key: string, priority: number): void {
    const former = this.#priorities.get(key);
    const sinceMs = former === undefined ? undefined : this.#remove(key, former);
    if (sinceMs !== undefined) this.add(key, priority, sinceMs);
  }

  /** Takes out the next key, if there is one. */
  take(): ReadyKey | undefined {
    if (this.#levels.size === 0) return undefined;
    const priority = Math.max(...this.#levels.keys());
    const [next] = this.#levels.get(priority) ?? [];
    if (next === undefined) return undefined;
    const [key, sinceMs] = next;
    this.#remove(key, priority);
    return { key, priority, sinceMs };
  }

  clear(): void {
    this.#levels.clear();
    this.#priorities.clear();
  }

  /** How many keys are ready, by priority; priorities that nobody uses are left out. */
  depths(): ReadonlyMap<number, number> {
    return new Map([...this.#levels].map(([priority, level]) => [priority, level.size]));
  }

  #remove(key: string, priority: number): number | undefined {
    const level = this.#levels.get(priority);
    const sinceMs = level?.get(key);
    level?.delete(key);
    if (level?.size === 0) this.#levels.delete(priority);
    this.#priorities.delete(key);
    return sinceMs;
  }
}
