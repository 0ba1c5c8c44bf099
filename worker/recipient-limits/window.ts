import type { Signal } from './signal.ts';

/** More refusals than this share of a window are too many. */
export const toleratedRefusals = 0.1;
/** Latencies that are kept of a window: enough for a median. */
const maxLatencies = 64;

/** What a window of attempts has shown. */
export type Findings = {
  /** Median of what answered, in milliseconds; undefined when nothing did. */
  readonly latencyMs: number | undefined;
  /** Shares of all attempts, 0 to 1. */
  readonly failedShare: number;
  readonly throttledShare: number;
  readonly attempts: number;
  /** Whether as many requests were open as may be. */
  readonly saturated: boolean;
};

/** Gathers so many attempts as `target` says, and what they show together. */
export class Window {
  readonly #target: number;
  readonly #stride: number;
  readonly #latencies: number[] = [];
  #skip: number;
  #ended = 0;
  #failed = 0;
  #throttled = 0;
  #saturated = false;

  /** @param skip attempts that began under another limit, and end first. */
  constructor(target: number, skip: number) {
    this.#target = target;
    this.#stride = Math.ceil(target / maxLatencies);
    this.#skip = skip;
  }

  add(signal: Signal, durationMs: number, saturated: boolean): void {
    if (this.#skip > 0) {
      this.#skip--;
      return;
    }
    if (signal === 'Failed') this.#failed++;
    else if (signal === 'Throttled') this.#throttled++;
    else if (this.#ended % this.#stride === 0) this.#latencies.push(durationMs);
    this.#ended++;
    if (saturated) this.#saturated = true;
  }

  /** Whether it has seen enough: all it waited for, or so much that the rest would not change the finding. */
  get isOver(): boolean {
    if (this.#ended >= this.#target || this.#failed >= this.#target / 2) return true;
    return this.#throttled > Math.max(1, toleratedRefusals * this.#target);
  }

  get findings(): Findings {
    const ended = Math.max(1, this.#ended);
    return {
      latencyMs: median(this.#latencies),
      failedShare: this.#failed / ended,
      throttledShare: this.#throttled / ended,
      attempts: ended,
      saturated: this.#saturated,
    };
  }
}

function median(numbers: readonly number[]): number | undefined {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1];
}
