import { randomBytes } from 'node:crypto';
import type { KubeClient } from './client.ts';
import { type Clock, sleep } from './clock.ts';
import { Deadline } from './deadline.ts';
import { KubeError } from './errors.ts';
import { events, firstEvent, type Happening, type KubeEvent, seriesKey } from './event-series.ts';
import { microTime } from './lease.ts';
import { describeError, type Logger, silent } from './log.ts';
import { TokenBucket } from './rate-limiter.ts';

/** A series ends when it has been quiet for so long; client-go's value. */
const seriesQuietMs = 360_000;
/** A series that goes on is written at most so often. */
const seriesWriteMs = 60_000;
/** Series that are kept, and events that wait to be written. client-go's ring has as many. */
const maxSeries = 1000;
const maxWaiting = 1000;
/** client-go's tries, and the time between them. */
const maxTries = 12;
const retryMs = 10_000;
/** How long the last events may take after the recorder was told to end. */
const drainMs = 2_000;
/** Events of one object: a burst, and one every five minutes. client-go's spam filter. */
const burstPerObject = 25;
const perSecondPerObject = 1 / 300;

export type EventRecorderOptions = {
  readonly client: Pick<KubeClient, 'create' | 'patch'>;
  /** Who reports, as `courier.dev/operator`. */
  readonly controller: string;
  /** Which instance of it, as the pod's name. */
  readonly instance: string;
  readonly clock: Clock;
  readonly log?: Logger;
};

/** One series of events that are the same. */
type Series = {
  readonly event: KubeEvent;
  count: number;
  lastMs: number;
  /** The count that the server has, or will have when what waits has been written. */
  writtenCount: number;
  writtenMs: number;
  created: boolean;
  waiting: boolean;
};

/**
 * Writes events, from a bounded queue in the background: whoever records one is never kept waiting, and a flood of them
 * costs the API server little. What is the same becomes one event with a count.
 */
export class EventRecorder {
  readonly #options: EventRecorderOptions;
  readonly #log: Logger;
  readonly #series = new Map<string, Series>();
  readonly #buckets = new Map<string, TokenBucket>();
  #waiting: Series[] = [];
  #wake: (() => void) | undefined;
  #dropped = 0;

  constructor(options: EventRecorderOptions) {
    this.#options = options;
    this.#log = options.log ?? silent;
  }

  /** Events that were left out, because an object had too many or because they could not be written in time. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Notes that something has happened. Returns at once. */
  record(happening: Happening): void {
    const { clock, controller, instance } = this.#options;
    const key = seriesKey(happening);
    const series = this.#series.get(key);
    const nowMs = clock.monotonic();
    if (series !== undefined && nowMs - series.lastMs < seriesQuietMs) {
      series.count++;
      series.lastMs = nowMs;
      // The second tells that it is a series; the others can wait.
      if (series.count === 2 || nowMs - series.writtenMs >= seriesWriteMs) this.#enqueue(series);
      return;
    }
    if (!this.#allowed(happening)) {
      this.#dropped++;
      return;
    }
    const event = firstEvent(happening, { controller, instance }, randomBytes(8).toString('hex'), clock);
    const begun = { event, count: 1, lastMs: nowMs, writtenCount: 0, writtenMs: nowMs, created: false, waiting: false };
    this.#remember(key, begun);
    this.#enqueue(begun);
  }

  /** Writes what is recorded, until `signal` fires; what waits then has two seconds more. */
  async run(signal: AbortSignal): Promise<void> {
    const sweep = this.#sweepEvery(signal);
    while (!signal.aborted) {
      const next = this.#waiting.shift();
      if (next === undefined) await this.#idle(signal);
      else await this.#deliver(next, signal);
    }
    using drain = new Deadline(this.#options.clock, drainMs);
    while (!drain.signal.aborted) {
      const next = this.#waiting.shift();
      if (next === undefined) break;
      await this.#write(next, drain.signal);
    }
    this.#dropped += this.#waiting.length;
    await sweep;
  }

  #enqueue(series: Series): void {
    if (series.waiting) return;
    series.waiting = true;
    this.#waiting.push(series);
    if (this.#waiting.length > maxWaiting) {
      const [oldest] = this.#waiting.splice(0, 1);
      if (oldest !== undefined) oldest.waiting = false;
      this.#dropped++;
    }
    this.#wake?.();
  }

  #remember(key: string, series: Series): void {
    this.#series.delete(key);
    this.#series.set(key, series);
    const [oldest] = this.#series.keys();
    if (this.#series.size > maxSeries && oldest !== undefined) this.#series.delete(oldest);
  }

  #allowed({ regarding }: Happening): boolean {
    const id = regarding.metadata.uid ?? `${regarding.kind} ${regarding.metadata.namespace} ${regarding.metadata.name}`;
    const bucket = this.#buckets.get(id) ?? new TokenBucket(this.#options.clock, perSecondPerObject, burstPerObject);
    this.#buckets.delete(id);
    this.#buckets.set(id, bucket);
    const [oldest] = this.#buckets.keys();
    if (this.#buckets.size > maxSeries && oldest !== undefined) this.#buckets.delete(oldest);
    return bucket.take();
  }

  #idle(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        signal.removeEventListener('abort', wake);
        this.#wake = undefined;
        resolve();
      };
      this.#wake = wake;
      signal.addEventListener('abort', wake, { once: true });
    });
  }

  async #deliver(series: Series, signal: AbortSignal): Promise<void> {
    for (let tries = 1; !(await this.#write(series, signal)) && !signal.aborted; tries++) {
      if (tries === maxTries) {
        this.#dropped++;
        return;
      }
      await sleep(this.#options.clock, retryMs, signal);
    }
  }

  /** Whether it is done with: written, or refused for good. */
  async #write(series: Series, signal: AbortSignal): Promise<boolean> {
    const { client, clock } = this.#options;
    series.waiting = false;
    const { count } = series;
    try {
      if (series.created) await this.#patch(series, count, signal);
      else await client.create(events, withSeries(series.event, count, clock), {}, signal);
    } catch (error) {
      if (!this.#isSettled(error, series)) return false;
    }
    series.created = true;
    series.writtenCount = count;
    series.writtenMs = clock.monotonic();
    return true;
  }

  async #patch({ event }: Series, count: number, signal: AbortSignal): Promise<void> {
    const { client, clock } = this.#options;
    const series = { count, lastObservedTime: microTime(clock.now()) };
    await client.patch(events, event.metadata, { series }, { type: 'merge' }, signal);
  }

  #isSettled(error: unknown, series: Series): boolean {
    const kube = error instanceof KubeError ? error : undefined;
    // An earlier try has created it after all.
    if (kube?.isAlreadyExists) return true;
    // It has outlived its time to live on the server: it begins anew.
    if (kube?.isNotFound && series.created) {
      series.created = false;
      return false;
    }
    if (kube?.isRetryable || kube?.isAborted || kube?.isWriteRefused) return false;
    this.#dropped++;
    this.#log.warn({ reason: series.event.reason, error: describeError(error) }, 'an event was refused');
    return true;
  }

  /** Writes the last count of series that have gone quiet, and forgets them. */
  async #sweepEvery(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    while (!signal.aborted) {
      await sleep(clock, seriesWriteMs, signal);
      const nowMs = clock.monotonic();
      for (const [key, series] of this.#series) {
        if (series.count > series.writtenCount && nowMs - series.writtenMs >= seriesWriteMs) this.#enqueue(series);
        if (nowMs - series.lastMs >= seriesQuietMs) this.#series.delete(key);
      }
    }
  }
}

function withSeries(event: KubeEvent, count: number, clock: Clock): KubeEvent {
  return count < 2 ? event : { ...event, series: { count, lastObservedTime: microTime(clock.now()) } };
}
