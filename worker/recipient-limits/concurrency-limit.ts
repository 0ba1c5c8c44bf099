import type { Signal } from './signal.ts';
import { type Findings, toleratedRefusals, Window } from './window.ts';

/** Where the first ramp begins: what a recipient that nobody has tuned bears. */
const initialLimit = 10;
/** The fewest attempts that say something. */
const minWindow = 20;
/** A median latency of so many times the best one is too long, and so many milliseconds more at least. */
const latencyFactor = 2;
const latencySlackMs = 10;
/** What is left of the limit after a cut, by what it was for. */
const cutForLatency = 0.8;
const cutForRefusals = 0.7;
/** When half of the limit leaves so much of the trouble, the limit was not what caused it. */
const unhelpfulCut = 0.8;
/** A recipient that fails more often than this is spared, whatever the cause. */
const mostUsualFailures = 0.5;
/** How fast failures are forgotten that do not come any more. */
const usualWeight = 0.1;

type Trouble = { readonly kind: 'Latency' | 'Failures' | 'Throttling'; readonly size: number };
/** Where a series of cuts for one kind of trouble began. */
type Series = { readonly trouble: Trouble; readonly limit: number };

/**
 * The limit on open requests that the recipient bears: additive increase, multiplicative decrease. It doubles until the first
 * sign of trouble, then grows by one for each window of attempts that shows none and had all slots taken, and is cut when
 * latency or refusals rise. Never below one.
 *
 * Latency is the median of a window, so that a rare slow answer is none, against the best median that was seen. When half of
 * the limit brought no relief, the limit was not the cause: the recipient is slower than it was, or fails at any load. That
 * is then taken as how it is.
 *
 * Source: Chiu and Jain, Analysis of the Increase and Decrease Algorithms, 1989; after TCP Vegas for latency.
 */
export class ConcurrencyLimit {
  readonly #adaptive: boolean;
  #max: number;
  #limit: number;
  /** Up to here the limit doubles; undefined: it grows by one. */
  #rampTo: number | undefined;
  #firstRamp = true;
  #window: Window;
  #bestLatencyMs = Number.POSITIVE_INFINITY;
  /** The share of failures that the recipient shows at any load. */
  #usualFailures = 0;
  /** What it was taken for at most. */
  #acceptedFailures = 0;
  #series: Series | undefined;
  #slowWindows = 0;
  /** The limit when there was no trouble last. */
  #goodLimit: number;

  constructor(max: number, adaptive: boolean) {
    this.#adaptive = adaptive;
    this.#max = max;
    this.#limit = adaptive ? Math.min(max, initialLimit) : max;
    this.#goodLimit = this.#limit;
    this.#rampTo = max;
    this.#window = new Window(this.#target, 0);
  }

  /** Requests that may be open at a time. */
  get limit(): number {
    return this.#limit;
  }

  get max(): number {
    return this.#max;
  }

  /** Still on its first way up: it says nothing of what the recipient bears. */
  get ramping(): boolean {
    return this.#adaptive && this.#firstRamp && this.#limit < this.#max;
  }

  setMax(max: number): void {
    if (this.#rampTo !== undefined && this.#firstRamp) this.#rampTo = max;
    this.#max = max;
    this.#limit = this.#adaptive ? Math.min(this.#limit, max) : max;
    this.#goodLimit = Math.min(this.#goodLimit, max);
  }

  /**
   * Takes in how an attempt has ended.
   *
   * @param open requests that are open, this one included.
   * @returns whether the recipient asks for less than it was sent.
   */
  ended(signal: Signal, durationMs: number, open: number): boolean {
    this.#window.add(signal, durationMs, open >= this.#limit);
    if (!this.#window.isOver) return false;
    const { findings } = this.#window;
    const throttled = findings.throttledShare > toleratedRefusals;
    if (this.#adaptive) this.#conclude(findings);
    this.#window = new Window(this.#target, this.#skipAfter(open));
    return throttled;
  }

  /** Forgets what an outage has made of the limit: it is again what it was when there was no trouble. */
  restore(): void {
    if (this.#adaptive) this.#limit = Math.min(this.#max, this.#goodLimit);
    this.#series = undefined;
    this.#window = new Window(this.#target, 0);
  }

  get #target(): number {
    return Math.max(minWindow, this.#limit);
  }

  /** After a cut, more requests are open than would be now: they say what the limit was. */
  #skipAfter(open: number): number {
    return open > this.#limit ? open - 1 : 0;
  }

  #conclude(findings: Findings): void {
    const trouble = this.#troubleIn(findings);
    if (trouble === undefined) {
      this.#series = undefined;
      this.#goodLimit = this.#limit;
      if (findings.saturated) this.#grow();
      return;
    }
    // What a single window shows of latency may be a pause of this process.
    if (trouble.kind === 'Latency' && ++this.#slowWindows < 2) return;
    this.#slowWindows = 0;
    if (this.#series?.trouble.kind !== trouble.kind) this.#series = { trouble, limit: this.#limit };
    if (this.#isFutile(trouble, this.#series)) this.#accept(trouble, this.#series.limit);
    else this.#cut(trouble);
  }

  #troubleIn({ latencyMs, failedShare, throttledShare, attempts }: Findings): Trouble | undefined {
    if (throttledShare > toleratedRefusals) return { kind: 'Throttling', size: throttledShare };
    const usual = this.#usualFailures;
    // One standard error more, since a window is a small sample.
    const bearable = usual + toleratedRefusals + Math.sqrt((usual * (1 - usual)) / attempts);
    if (failedShare > bearable) return { kind: 'Failures', size: failedShare };
    this.#usualFailures = Math.min(this.#acceptedFailures, usual + usualWeight * (failedShare - usual));
    if (latencyMs === undefined) return undefined;
    const bearableMs = Math.max(latencyFactor * this.#bestLatencyMs, this.#bestLatencyMs + latencySlackMs);
    this.#bestLatencyMs = Math.min(this.#bestLatencyMs, latencyMs);
    if (latencyMs > bearableMs) return { kind: 'Latency', size: latencyMs };
    this.#slowWindows = 0;
    return undefined;
  }

  #grow(): void {
    const doubled = this.#rampTo === undefined ? 0 : Math.min(this.#rampTo, this.#limit * 2);
    this.#limit = Math.min(this.#max, Math.max(doubled, this.#limit + 1));
    if (this.#rampTo !== undefined && this.#limit >= this.#rampTo) this.#rampTo = undefined;
  }

  #cut({ kind, size }: Trouble): void {
    this.#firstRamp = false;
    this.#rampTo = undefined;
    const factor = kind === 'Latency' ? cutForLatency : cutForRefusals;
    const halved = this.#series !== undefined && this.#limit <= this.#series.limit / 2;
    if (halved) this.#series = { trouble: { kind, size }, limit: this.#limit };
    this.#limit = Math.max(1, Math.floor(this.#limit * factor));
  }

  /** Half of the limit, or the least there is, has brought no relief. What asks for less by name is always heeded. */
  #isFutile({ kind, size }: Trouble, series: Series): boolean {
    if (kind === 'Throttling' || (kind === 'Failures' && size > mostUsualFailures)) return false;
    return this.#limit === 1 || (this.#limit <= series.limit / 2 && size > unhelpfulCut * series.trouble.size);
  }

  #accept({ kind, size }: Trouble, limit: number): void {
    if (kind === 'Latency') this.#bestLatencyMs = size;
    else {
      this.#usualFailures = size;
      this.#acceptedFailures = size;
    }
    this.#series = undefined;
    this.#rampTo = limit;
  }
}
