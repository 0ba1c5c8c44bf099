import type { Random } from '../../api/random.ts';
import type { BreakerStatus } from '../../api/worker-status.ts';
import type { Signal } from './signal.ts';

/** So many failures in a row, over so long a time, mean that the recipient is down; or so many at once. */
const opening = { failures: 5, overMs: 1_000, failuresAtOnce: 30 };
/** The wait before a probe: doubled with each that fails. Half a minute is what an outage costs beyond its end at most. */
const probing = { initialMs: 5_000, maxMs: 30_000 };
/** What a recipient may ask for by Retry-After while it is down. */
const longestRetryAfterMs = 300_000;
/** The limit on requests doubles with each step, which lasts so long. */
const stepLengthMs = 1_000;
/** Beyond 2^this nothing is limited by steps. */
const lastStep = 10;

/** What the breaker says of the requests that may begin. */
export type Permit = {
  /** Requests that may be open; infinite when the breaker limits nothing. */
  readonly open: number;
  /** Requests that may begin before `changeMs`. */
  readonly starts: number;
  /** When the permit changes by itself; infinite: it does not. */
  readonly changeMs: number;
};

type State =
  | { readonly kind: 'Closed' }
  | { readonly kind: 'Open'; readonly sinceMs: number; readonly probeMs: number; readonly probeRuns: boolean }
  | { readonly kind: 'Recovering'; readonly step: number; readonly begunMs: number; readonly starts: number };

/**
 * The circuit breaker in front of the recipient. While that is down, it lets one request at a time through, seldom, to see
 * whether it is back; and then one in the first second, two in the next, four, ... so that nobody falls on what has just got
 * up. Times are monotonic milliseconds.
 *
 * Source: Nygard, Release It!, 2007.
 */
export class Breaker {
  readonly #random: Random;
  #state: State = { kind: 'Closed' };
  /** Failures since the last success, and when the first of them began. */
  #failures = 0;
  #failingSinceMs = 0;
  /** Failed probes since it was last closed. */
  #failedProbes = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  get state(): BreakerStatus['state'] {
    return this.#state.kind;
  }

  /** How long it has been open; undefined when it is not. */
  openForMs(nowMs: number): number | undefined {
    return this.#state.kind === 'Open' ? nowMs - this.#state.sinceMs : undefined;
  }

  permit(nowMs: number): Permit {
    const state = this.#state;
    if (state.kind === 'Closed') return unlimited;
    if (state.kind === 'Open') {
      if (state.probeRuns) return { open: 0, starts: 0, changeMs: Number.POSITIVE_INFINITY };
      const due = nowMs >= state.probeMs;
      // Requests from before the opening may still be open: they do not count against the probe.
      return due
        ? { open: Number.POSITIVE_INFINITY, starts: 1, changeMs: Number.POSITIVE_INFINITY }
        : { open: 0, starts: 0, changeMs: state.probeMs };
    }
    this.#climb(nowMs);
    if (this.#state.kind !== 'Recovering') return unlimited;
    const { step, starts, begunMs } = this.#state;
    return { open: 2 ** step, starts: 2 ** step - starts, changeMs: begunMs + stepLengthMs };
  }

  /** Notes that a request begins that {@link permit} has allowed. @returns whether it is a probe. */
  started(nowMs: number): boolean {
    const state = this.#state;
    if (state.kind === 'Open') {
      this.#state = { ...state, probeMs: nowMs, probeRuns: true };
      return true;
    }
    if (state.kind === 'Recovering') this.#state = { ...state, starts: state.starts + 1 };
    return false;
  }

  /** Takes in how a request has ended that was no probe. @returns whether the breaker has opened. */
  ended(signal: Signal, durationMs: number, nowMs: number): boolean {
    if (signal !== 'Failed') {
      this.#failures = 0;
      return false;
    }
    if (this.#failures++ === 0) this.#failingSinceMs = nowMs - durationMs;
    const { failures, overMs, failuresAtOnce } = opening;
    const lasting = this.#failures >= failures && nowMs - this.#failingSinceMs >= overMs;
    const isDown = lasting || this.#failures >= failuresAtOnce;
    if (this.#state.kind === 'Open' || !isDown) return false;
    this.#state = { kind: 'Open', sinceMs: nowMs, probeMs: nowMs + this.#waitMs(0), probeRuns: false };
    return true;
  }

  /** Takes in how a probe has ended. @param retryAfterMs what the recipient asks for; 0: nothing. */
  probed(signal: Signal, retryAfterMs: number, nowMs: number): void {
    const state = this.#state;
    if (state.kind !== 'Open') return;
    if (signal === 'Failed') {
      this.#failedProbes++;
      this.#state = { ...state, probeMs: nowMs + this.#waitMs(retryAfterMs), probeRuns: false };
      return;
    }
    this.#failures = 0;
    // The probe was the first step: what it left of its second is still to pass.
    this.#state = { kind: 'Recovering', step: 0, begunMs: Math.max(state.probeMs, nowMs - stepLengthMs), starts: 1 };
  }

  /** Lets messages through again, without forgetting what has failed: one more failure opens it. */
  closeInDoubt(): void {
    if (this.#state.kind === 'Open') this.#state = { kind: 'Closed' };
  }

  #climb(nowMs: number): void {
    while (this.#state.kind === 'Recovering' && nowMs >= this.#state.begunMs + stepLengthMs) {
      const step = this.#state.step + 1;
      if (step > lastStep) {
        this.#state = { kind: 'Closed' };
        this.#failedProbes = 0;
      } else {
        this.#state = { kind: 'Recovering', step, begunMs: this.#state.begunMs + stepLengthMs, starts: 0 };
      }
    }
  }

  /** With a fifth more or less by chance, so that workers do not probe in step. */
  #waitMs(retryAfterMs: number): number {
    const backoffMs = Math.min(probing.maxMs, probing.initialMs * 2 ** Math.min(this.#failedProbes, 16));
    return Math.max(backoffMs * (0.8 + 0.4 * this.#random()), Math.min(retryAfterMs, longestRetryAfterMs));
  }
}

const unlimited: Permit = {
  open: Number.POSITIVE_INFINITY,
  starts: Number.POSITIVE_INFINITY,
  changeMs: Number.POSITIVE_INFINITY,
};
