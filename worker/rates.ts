import type { WorkerCounters, WorkerRates } from '../api/worker-status.ts';

const windowSeconds = 10;

type Sample = { readonly atMs: number } & Pick<
  WorkerCounters,
  'received' | 'attempts' | 'requests' | 'delivered' | 'failed' | 'throttled' | 'busySlotSeconds' | 'rateLimitedSeconds'
>;

/** How long an attempt takes while none has been made. */
const assumedAttemptSeconds = 1;

const none: WorkerRates = {
  ...{ receivedPerSecond: 0, deliveredPerSecond: 0, failedPerSecond: 0, attemptMilliseconds: null },
  ...{ demandPerSecond: 0, messagesPerRequest: 1 },
};

/** Rates over the last ten seconds, from samples of the counters taken about once a second. */
export class Rates {
  #samples: Sample[] = [];
  #slots = 0;

  /** @param slots requests that may be open at a time now. */
  sample(counters: WorkerCounters, slots: number, nowMs: number): void {
    const { received, attempts, requests, delivered, failed, throttled, busySlotSeconds, rateLimitedSeconds } =
      counters;
    this.#slots = slots;
    this.#samples.push({
      ...{ atMs: nowMs, received, attempts, requests, delivered, failed, throttled },
      ...{ busySlotSeconds, rateLimitedSeconds },
    });
    if (this.#samples.length > windowSeconds + 1) this.#samples.shift();
  }

  get value(): WorkerRates {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (first === undefined || last === undefined || last.atMs <= first.atMs) return none;
    const seconds = (last.atMs - first.atMs) / 1000;
    const grown = (name: Exclude<keyof Sample, 'atMs'>) => last[name] - first[name];
    const failed = grown('failed') + grown('throttled');
    const ended = grown('delivered') + failed;
    const attemptSeconds = ended === 0 ? undefined : grown('busySlotSeconds') / ended;
    const attemptsPerSecond = grown('attempts') / seconds;
    // What the slots could send (Little's law) for the part of the time that the limit stopped them.
    const possible = this.#slots / Math.max(0.001, attemptSeconds ?? assumedAttemptSeconds);
    const limitedShare = Math.min(1, grown('rateLimitedSeconds') / seconds);
    return {
      receivedPerSecond: grown('received') / seconds,
      deliveredPerSecond: grown('delivered') / seconds,
      failedPerSecond: failed / seconds,
      attemptMilliseconds: attemptSeconds === undefined ? null : attemptSeconds * 1000,
      demandPerSecond: attemptsPerSecond + limitedShare * Math.max(0, possible - attemptsPerSecond),
      messagesPerRequest: grown('requests') === 0 ? 1 : grown('attempts') / grown('requests'),
    };
  }
}
