import { type Rate, rateLeaseSeconds } from '../../../api/rate-limit.ts';

type Term = { readonly fromMs: number; readonly rate: Rate };

const leaseMs = rateLeaseSeconds * 1000;
/** A token that is nearly there, by a millionth, counts as there; sums of fractions miss by less than the rest. */
const tolerance = 1e-6 + 1e-9;
const nothing: Rate = { messagesPerSecond: 0, burst: 0 };

/** What a rate limit allows the workers of a scenario, by the letter of what was handed down; judged without their help. */
export class Allowance {
  #terms: Term[] = [];

  /** Nothing but `rate` from `atMs` on. */
  set(rate: Rate, atMs: number): void {
    this.#terms = this.#terms.filter(({ fromMs }) => fromMs < atMs);
    this.#terms.push({ fromMs: atMs, rate });
  }

  /** No limit from `atMs` on. */
  lift(atMs: number): void {
    this.set({ messagesPerSecond: 0, burst: Number.POSITIVE_INFINITY }, atMs);
  }

  /** A worker begins under an operator: nothing is its own until the leases of others must have run out. */
  begin(fallback: Rate, atMs: number): void {
    this.set(nothing, atMs);
    this.set(fallback, atMs + leaseMs);
  }

  /** It is handed a share, and no other for now. */
  grant(share: Rate, ttlSeconds: number, fallback: Rate, atMs: number): void {
    const endMs = atMs + ttlSeconds * 1000;
    this.set(share, atMs);
    this.set(
      {
        messagesPerSecond: Math.min(share.messagesPerSecond, fallback.messagesPerSecond),
        burst: Math.min(share.burst, fallback.burst),
      },
      endMs,
    );
    this.set(fallback, endMs + leaseMs);
  }

  /** The most messages that may be sent from `fromMs` until `untilMs`: the largest burst, and what came meanwhile. */
  within(fromMs: number, untilMs: number): number {
    let burst = 0;
    let came = 0;
    for (const [index, { fromMs: beginMs, rate }] of this.#terms.entries()) {
      const endMs = this.#terms[index + 1]?.fromMs ?? Number.POSITIVE_INFINITY;
      if (endMs < fromMs || beginMs > untilMs) continue;
      burst = Math.max(burst, rate.burst);
      came += (rate.messagesPerSecond * (Math.min(endMs, untilMs) - Math.max(beginMs, fromMs))) / 1000;
    }
    return burst + came;
  }

  /** Says in which window more was sent than allowed; undefined: in none. @param timesMs of all messages, in order. */
  exceeded(timesMs: readonly number[]): string | undefined {
    for (const [first, fromMs] of timesMs.entries()) {
      for (let last = first; last < timesMs.length; last++) {
        const untilMs = timesMs[last] ?? fromMs;
        const sent = last - first + 1;
        const allowed = this.within(fromMs, untilMs);
        if (sent > allowed + tolerance) return `${sent} messages from ${fromMs} to ${untilMs} ms, ${allowed} allowed`;
      }
    }
    return undefined;
  }
}
