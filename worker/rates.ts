import type { WorkerCounters, WorkerRates } from '../api/worker-status.ts';

const windowSeconds = 10;

type Sample = { readonly atMs: number } & Pick<
  WorkerCounters,
  'received' | 'delivered' | 'failed' | 'throttled' | 'busySlotSeconds'
>;

/** Rates over the last ten seconds, from samples of the counters taken about once a second. */
export class Rates {
  #samples: Sample[] = [];

  sample(counters: WorkerCounters, nowMs: number): void {
    const { received, delivered, failed, throttled, busySlotSeconds } = counters;
    this.#samples.push({ atMs: nowMs, received, delivered, failed, throttled, busySlotSeconds });
    if (this.#samples.length > windowSeconds + 1) this.#samples.shift();
  }

  get value(): WorkerRates {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (first === undefined || last === undefined || last.atMs <= first.atMs) {
      return { receivedPerSecond: 0, deliveredPerSecond: 0, failedPerSecond: 0, attemptMilliseconds: null };
    }
    const seconds = (last.atMs - first.atMs) / 1000;
    const delivered = last.delivered - first.delivered;
    const failed = last.failed + last.throttled - first.failed - first.throttled;
    const ended = delivered + failed;
    return {
      receivedPerSecond: (last.received - first.received) / seconds,
      deliveredPerSecond: delivered / seconds,
      failedPerSecond: failed / seconds,
      attemptMilliseconds: ended === 0 ? null : ((last.busySlotSeconds - first.busySlotSeconds) * 1000) / ended,
    };
  }
}
