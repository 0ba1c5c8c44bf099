import type { FleetWorker } from './fleet-worker.ts';

/** Of how many workers the time that they took to start is remembered. Source: the scaling contract. */
const remembered = 20;

/** How long the last workers took from their making to their readiness. */
export class StartupTimes {
  readonly #seen = new Set<string>();
  #seconds: readonly number[] = [];

  /** Takes note of every worker that is ready and was not known to be. */
  note(workers: readonly FleetWorker[]): void {
    for (const { id, createdTimeMs, readyTimeMs } of workers) {
      if (readyTimeMs === undefined || this.#seen.has(id)) continue;
      this.#seen.add(id);
      this.#seconds = [...this.#seconds, Math.max(0, readyTimeMs - createdTimeMs) / 1000].slice(-remembered);
    }
    const there = new Set(workers.map(({ id }) => id));
    for (const id of this.#seen) if (!there.has(id)) this.#seen.delete(id);
  }

  /** Seconds; null while none has been seen to become ready. */
  get meanSeconds(): number | null {
    const count = this.#seconds.length;
    return count === 0 ? null : this.#seconds.reduce((sum, seconds) => sum + seconds, 0) / count;
  }
}
