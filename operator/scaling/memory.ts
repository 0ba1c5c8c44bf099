import type { Arrivals } from './arrivals.ts';
import type { Attempts } from './attempts.ts';
import type { GuardMemory } from './guard/guard.ts';
import type { Peaks } from './peaks.ts';
import type { Sums } from './reading.ts';
import type { Service } from './service.ts';

/**
 * What one decision leaves to the next: the engine's reading of a `State`. Times are seconds on a clock of its own, which
 * begins at 0 and neither runs back nor jumps, whatever the observer's clock does.
 */
export type Memory = {
  readonly version: typeof memoryVersion;
  /** The observer's time at the last decision; null: this is the first. */
  readonly timeSeconds: number | null;
  readonly now: number;
  /** From the decision before to the last one; 0: there was only one. */
  readonly intervalSeconds: number;
  readonly estimates: Estimates;
  readonly guards: GuardMemory;
  readonly timers: Timers;
};

/** What is known of queue and workers. */
export type Estimates = {
  readonly arrivals: Arrivals;
  readonly service: Service;
  readonly attempts: Attempts;
  /** The workers' sums when they were last heard, and when that was; null: never. */
  readonly sums: Sums | null;
  readonly heardAt: number;
  /** Messages that have left the queue, and a guess of how many more while workers are silent. */
  readonly settled: number;
  readonly settledGuess: number;
  readonly messagesPerRequest: number;
  readonly occupancy: number;
  /** Visible messages at the last look at the queue. */
  readonly visible: number;
  /** Looks in a row that found no queue. */
  readonly queueFailures: number;
};

/** What stabilises the number. */
export type Timers = {
  readonly workAt: number;
  readonly scaleOutAt: number;
  readonly scaleInAt: number;
  /** Since when fewer replicas would do, without a break; null: they would not. */
  readonly lowerSince: number | null;
  readonly keepPeaks: Peaks;
  readonly drainPeaks: Peaks;
  /** What the last decision wanted before any cap. */
  readonly wanted: number;
  /** The cap that the rate limit set last; null: none. */
  readonly rateCap: number | null;
};

/** A state of another version is as good as none. */
export const memoryVersion = 1;

/** How the clock has moved since the last decision. */
export type Tick = {
  readonly now: number;
  /** Seconds that are believed to have passed, and those by the observer's clock. */
  readonly seconds: number;
  readonly observedSeconds: number;
  /** Nothing can be said of the time between: the first decision, or one after a long silence. */
  readonly isGap: boolean;
  /** The observer's clock stood still or ran back. */
  readonly isStill: boolean;
};

/** So long a silence is normal; what is longer, and out of the ordinary, is a jump of the clock or a lost observer. */
const gapSeconds = 120;

/** Until two decisions have been made, this is taken for the time between them. */
const usualIntervalSeconds = 5;

export function clockAfter({ now, timeSeconds, intervalSeconds }: Memory, nowSeconds: number): Tick {
  if (timeSeconds === null) {
    return { now, seconds: usualIntervalSeconds, observedSeconds: 0, isGap: true, isStill: false };
  }
  const observedSeconds = nowSeconds - timeSeconds;
  if (observedSeconds < 1e-3) return { now, seconds: 0, observedSeconds, isGap: false, isStill: true };
  const isGap = observedSeconds > Math.max(gapSeconds, 3 * intervalSeconds);
  const seconds = isGap ? intervalSeconds || usualIntervalSeconds : observedSeconds;
  return { now: Math.round((now + seconds) * 1000) / 1000, seconds, observedSeconds, isGap, isStill: false };
}
