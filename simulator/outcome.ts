import { ticksPerSecond } from './agenda.ts';
import type { Run } from './simulation.ts';

/** What a run is judged by. Waits are from sending to the start of the successful attempt, in seconds. */
export type Outcome = {
  readonly sent: number;
  readonly delivered: number;
  readonly deadLettered: number;
  /** Neither delivered nor dead-lettered when the run ended; their age then counts as their wait. */
  readonly left: number;
  /** Seconds that pods existed, from creation to end. */
  readonly replicaSeconds: number;
  readonly waitP50Seconds: number;
  readonly waitP99Seconds: number;
  readonly waitMaxSeconds: number;
  /** Share of the messages that waited longer than the drain target. */
  readonly lateShare: number;
  /** From the last sending to the last delivery; null when messages are left. */
  readonly drainSeconds: number | null;
  /** Attempts that failed or were answered with 429. */
  readonly refused: number;
  /** Changes of the number of replicas, and those that reverse the one before. */
  readonly changes: number;
  readonly reversals: number;
  /** Messages that pods held when they were killed. */
  readonly redelivered: number;
  /** Receives beyond the first of each message. */
  readonly repeatedReceives: number;
};

/** Judges a run. */
export function outcomeOf(run: Run): Outcome {
  const { scenario, traffic, tallies } = run;
  const { waits, left } = waitsOf(run);
  const late = scenario.scaling.drainTargetSeconds;
  const lastSentTick = traffic.sentTick.at(-1) ?? 0;
  return {
    sent: traffic.messages,
    delivered: traffic.messages - left - tallies.deadLettered,
    deadLettered: tallies.deadLettered,
    left,
    replicaSeconds: tallies.replicaTicks / ticksPerSecond,
    waitP50Seconds: quantile(waits, 0.5),
    waitP99Seconds: quantile(waits, 0.99),
    waitMaxSeconds: waits.at(-1) ?? 0,
    lateShare: waits.length === 0 ? 0 : waits.filter((wait) => wait > late).length / waits.length,
    drainSeconds: left > 0 ? null : Math.max(0, tallies.lastDeliveredTick - lastSentTick) / ticksPerSecond,
    refused: tallies.failed + tallies.throttled,
    ...countChanges(run.orders.map(({ replicas }) => replicas)),
    redelivered: tallies.redelivered,
    repeatedReceives: tallies.receives - tallies.firstReceives,
  };
}

/** Sorted waits of all messages, poison apart: nobody could have delivered it. */
function waitsOf({ traffic, tallies }: Run): { waits: Float64Array; left: number } {
  const waits = new Float64Array(traffic.messages);
  let count = 0;
  let left = 0;
  for (let message = 0; message < traffic.messages; message++) {
    const waitTicks = tallies.waitTicks[message] ?? -1;
    if (waitTicks < 0 && tallies.deadLetter[message] === 0) left++;
    if (traffic.poison[message] === 1) continue;
    waits[count++] = (waitTicks >= 0 ? waitTicks : traffic.ticks - (traffic.sentTick[message] ?? 0)) / ticksPerSecond;
  }
  return { waits: waits.subarray(0, count).sort(), left };
}

/** The smallest value that at least this share of the sorted values does not exceed. */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}

/** Changes in a row of numbers, and how many of them turn the direction. */
export function countChanges(numbers: readonly number[]): { changes: number; reversals: number } {
  const steps = numbers.slice(1).map((value, index) => Math.sign(value - (numbers[index] ?? value)));
  const moves = steps.filter((step) => step !== 0);
  const reversals = moves.filter((step, index) => index > 0 && step !== moves[index - 1]).length;
  return { changes: moves.length, reversals };
}
