import type { Clock } from '../../api/clock.ts';
import type { Random } from '../../api/random.ts';
import type { BreakerStatus, ConcurrencyStatus, Holding } from '../../api/worker-status.ts';
import { Alarm } from '../alarm.ts';
import type { Counters } from '../counters.ts';
import type { Disposition } from '../disposition.ts';
import type { WorkerLog } from '../log.ts';
import type { Message } from '../message.ts';
import type { Attempt } from '../recipient.ts';
import { askedDelayMs } from '../retry-after.ts';
import { Breaker } from './breaker.ts';
import { ConcurrencyLimit } from './concurrency-limit.ts';
import { type Signal, signalOf } from './signal.ts';
import { ThrottlePause } from './throttle-pause.ts';

/** Messages to probe with: several, since the recipient may fail on one; and another each minute, up to ten. */
const probes = { atOnce: 3, anotherEveryMs: 60_000, atMost: 10 };

/** A failed message that is kept: it was a probe, or is to be one since there are too few. */
export type Keep = 'AsProbe' | 'ForProbes';

export type RecipientLimitsOptions = {
  readonly maxConcurrency: number;
  /** Whether the limit on open requests follows what the recipient bears. */
  readonly adaptive: boolean;
  readonly counters: Counters;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: WorkerLog;
  /** Called when time has changed what may be sent. */
  readonly changed: () => void;
};

/** What the recipient bears: the limit on open requests, the pause that it asks for, and the breaker while it is down. */
export class RecipientLimits {
  readonly #options: RecipientLimitsOptions;
  readonly #concurrency: ConcurrencyLimit;
  readonly #breaker: Breaker;
  readonly #pause = new ThrottlePause();
  /** Rings when time has changed what may be sent. */
  readonly #change: Alarm;
  #probe: Message | undefined;
  /** Messages that have failed since the last sign of life; two are enough to know. */
  readonly #failing = new Set<string>();
  #failure = '';

  constructor(options: RecipientLimitsOptions) {
    this.#options = options;
    this.#concurrency = new ConcurrencyLimit(options.maxConcurrency, options.adaptive);
    this.#breaker = new Breaker(options.random);
    this.#change = new Alarm(options.clock, options.changed);
  }

  /** Requests that may be open at a time by the limit in force, pauses apart. */
  get limit(): number {
    const { open } = this.#breaker.permit(this.#options.clock.monotonic());
    return this.#breaker.state === 'Open' ? 1 : Math.min(this.#concurrency.limit, open);
  }

  get maxConcurrency(): number {
    return this.#concurrency.max;
  }

  get concurrency(): ConcurrencyStatus {
    return { limit: this.limit, max: this.maxConcurrency, ramping: this.#concurrency.ramping };
  }

  get breaker(): BreakerStatus {
    const { state } = this.#breaker;
    const openForMs = this.#breaker.openForMs(this.#options.clock.monotonic());
    const explanations = {
      Closed: 'messages are sent',
      Open: `the recipient has been down for ${((openForMs ?? 0) / 1000).toFixed(0)} s: ${this.#failure}`,
      Recovering: `the recipient is back; at most ${this.limit} requests are open at a time`,
    };
    return { state, explanation: explanations[state], failure: state === 'Closed' ? null : this.#failure };
  }

  /** How long the breaker has been open, in milliseconds; 0: it is not. */
  get openForMs(): number {
    return this.#breaker.openForMs(this.#options.clock.monotonic()) ?? 0;
  }

  /** How many messages may be held to probe with while the breaker is open; undefined: it is not. */
  get probesToHold(): number | undefined {
    const openForMs = this.#breaker.openForMs(this.#options.clock.monotonic());
    if (openForMs === undefined) return undefined;
    return Math.min(probes.atMost, probes.atOnce + Math.floor(openForMs / probes.anotherEveryMs));
  }

  /** Milliseconds for which nothing is sent since the recipient asked for that; 0: it did not. */
  get pauseMs(): number {
    return this.#pause.leftMs(this.#options.clock.monotonic());
  }

  /** The breaker is open for the failures of one message alone: they may be its own fault. */
  get isInDoubt(): boolean {
    return this.#breaker.state === 'Open' && this.#failing.size < 2;
  }

  /** Notes that other messages have come: when it is in doubt, they are sent, and show whose fault it is. */
  received(): void {
    if (this.isInDoubt) this.#breaker.closeInDoubt();
  }

  setMaxConcurrency(requests: number): void {
    this.#concurrency.setMax(requests);
  }

  /** Whether another request may begin while `open` are. Whatever time changes of that, `changed` is called then. */
  mayStart(open: number): boolean {
    if (this.#breaker.state === 'Closed' && this.#pause.untilMs === 0) return open < this.#concurrency.limit;
    return this.#mayStartNow(open, this.#options.clock.monotonic());
  }

  /** Notes that a message is sent. */
  started(message: Message): void {
    if (this.#breaker.state === 'Closed') return;
    if (this.#breaker.started(this.#options.clock.monotonic())) {
      this.#probe = message;
      this.#options.counters.probes++;
    }
  }

  /**
   * Takes in how an attempt has ended.
   *
   * @param holding before the attempt has ended.
   * @returns what is to become of a message whose attempt says that the recipient is down: kept to probe with, if it is.
   */
  ended(message: Message, attempt: Attempt, disposition: Disposition, holding: Holding): Keep | undefined {
    const signal = signalOf(attempt, disposition);
    if (signal !== 'Failed') this.#failing.clear();
    else if (this.#failing.size < 2) this.#failing.add(message.id);
    if (message === this.#probe) {
      this.#probe = undefined;
      if (this.#breaker.state === 'Open') return this.#probed(attempt, signal) ? 'AsProbe' : undefined;
    }
    const nowMs = this.#options.clock.monotonic();
    if (signal === 'Throttled') this.#pause.ask(nowMs + this.#askedMs(attempt));
    if (this.#concurrency.ended(signal, attempt.durationMs, holding.posting)) this.#pause.begin(nowMs);
    if (this.#breaker.ended(signal, attempt.durationMs, nowMs)) this.#opened(attempt);
    if (signal !== 'Failed') return undefined;
    return holding.received + holding.waiting < (this.probesToHold ?? 0) ? 'ForProbes' : undefined;
  }

  close(): void {
    this.#change.cancel();
  }

  #mayStartNow(open: number, nowMs: number): boolean {
    if (nowMs < this.#pause.untilMs) {
      this.#change.setAt(this.#pause.untilMs, nowMs);
      return false;
    }
    this.#pause.end();
    const permit = this.#breaker.permit(nowMs);
    // Also when this request may begin: with the next step there is room to receive more.
    this.#change.setAt(permit.changeMs, nowMs);
    const isProbe = this.#breaker.state === 'Open';
    return permit.starts > 0 && open < permit.open && (isProbe || open < this.#concurrency.limit);
  }

  #probed(attempt: Attempt, signal: Signal): boolean {
    const { clock, log, changed } = this.#options;
    this.#breaker.probed(signal, this.#askedMs(attempt), clock.monotonic());
    if (signal === 'Failed') {
      this.#failure = describe(attempt);
      return true;
    }
    this.#concurrency.restore();
    log.info('the recipient is back; requests rise step by step');
    changed();
    return false;
  }

  #opened(attempt: Attempt): void {
    const { counters, log } = this.#options;
    counters.breakerOpenings++;
    this.#failure = describe(attempt);
    this.#concurrency.restore();
    log.warn(
      'the recipient is down: nothing is received, and one message at a time is sent to see whether it is back',
      {
        because: this.#failure,
      },
    );
  }

  #askedMs(attempt: Attempt): number {
    return attempt.error === undefined ? askedDelayMs(attempt.headers, this.#options.clock.now()) : 0;
  }
}

function describe(attempt: Attempt): string {
  return attempt.error === undefined ? `it answers ${attempt.status}` : `${attempt.error}, ${attempt.detail}`;
}
