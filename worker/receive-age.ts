import type { Message } from './message.ts';

const windowSeconds = 5;

/**
 * How long messages waited from their send to their first receive, the longest over the last five seconds. Only messages
 * that nobody had received before count: of the others the wait says nothing about the backlog.
 */
export class ReceiveAge {
  /** The longest of each second, the present one last. */
  #seconds: { readonly second: number; ageMs: number }[] = [];

  /** @param nowTimeMs epoch milliseconds; `nowMs` monotonic ones. */
  add({ receiveCount, sentTimeMs }: Message, nowTimeMs: number, nowMs: number): void {
    if (receiveCount > 1) return;
    const ageMs = Math.max(0, nowTimeMs - sentTimeMs);
    const second = Math.floor(nowMs / 1000);
    const last = this.#seconds.at(-1);
    if (last?.second === second) last.ageMs = Math.max(last.ageMs, ageMs);
    else {
      this.#seconds.push({ second, ageMs });
      if (this.#seconds.length > windowSeconds) this.#seconds.shift();
    }
  }

  /** In seconds; 0 when nothing was received in the window. */
  at(nowMs: number): number {
    const from = Math.floor(nowMs / 1000) - windowSeconds;
    return Math.max(0, ...this.#seconds.filter(({ second }) => second > from).map(({ ageMs }) => ageMs)) / 1000;
  }
}
