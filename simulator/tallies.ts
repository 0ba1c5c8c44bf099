import { ticksPerSecond } from './agenda.ts';
import type { Answer } from './recipient.ts';
import type { Traffic } from './traffic.ts';

/** Ticks that `receiveAgeSeconds` looks back. */
const ageTicks = 50;

/** What is counted in a run: what workers report, and what the run is judged by. */
export class Tallies {
  readonly #traffic: Traffic;
  /** By message: ticks from its sending to the start of its first successful attempt; -1: not delivered. */
  readonly waitTicks: Int32Array;
  /** By message: 1: in the dead-letter queue. */
  readonly deadLetter: Uint8Array;
  readonly #ages = new Int32Array(ageTicks);
  #agesTick = 0;
  delivered = 0;
  failed = 0;
  throttled = 0;
  settled = 0;
  deadLettered = 0;
  busySlotSeconds = 0;
  deliveredSlotSeconds = 0;
  auditBlockedSeconds = 0;
  receives = 0;
  firstReceives = 0;
  /** Messages that pods held when they were killed. */
  redelivered = 0;
  replicaTicks = 0;
  lastDeliveredTick = 0;

  constructor(traffic: Traffic) {
    this.#traffic = traffic;
    this.waitTicks = new Int32Array(traffic.messages).fill(-1);
    this.deadLetter = new Uint8Array(traffic.messages);
  }

  onReceive(tick: number, ageTicks: number, receives: number): void {
    this.receives++;
    if (receives > 1) return;
    this.firstReceives++;
    this.#forget(tick);
    const at = tick % this.#ages.length;
    this.#ages[at] = Math.max(this.#ages[at] ?? 0, ageTicks);
  }

  onAttempt(answer: Answer, message: number, startTick: number, tick: number): void {
    const seconds = (tick - startTick) / ticksPerSecond;
    this.busySlotSeconds += seconds;
    if (answer === 'Failed') this.failed++;
    else if (answer === 'Throttled') this.throttled++;
    else if (answer === 'Delivered') {
      this.delivered++;
      this.deliveredSlotSeconds += seconds;
      this.lastDeliveredTick = tick;
      if (this.waitTicks[message] === -1) this.waitTicks[message] = startTick - (this.#traffic.sentTick[message] ?? 0);
    }
  }

  onDeadLetter(message: number): void {
    this.deadLetter[message] = 1;
    this.deadLettered++;
    this.settled++;
  }

  /** Age of the oldest message at its first receive, over the last seconds. */
  receiveAgeSeconds(tick: number): number {
    this.#forget(tick);
    return Math.max(...this.#ages) / ticksPerSecond;
  }

  /** Ages of longer ago make room for those of now. */
  #forget(tick: number): void {
    const from = Math.max(this.#agesTick + 1, tick - ageTicks + 1);
    for (let at = from; at <= tick; at++) this.#ages[at % ageTicks] = 0;
    this.#agesTick = tick;
  }
}
