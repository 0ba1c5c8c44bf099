import type { Sums } from './reading.ts';

/** What is remembered of attempts: sums that fade, and deliveries of the last seconds. */
export type Attempts = {
  readonly delivered: number;
  readonly failed: number;
  readonly throttled: number;
  /** The last looks: their length in seconds, and what was delivered in it. */
  readonly looks: readonly (readonly [seconds: number, delivered: number])[];
};

export const noAttempts: Attempts = { delivered: 0, failed: 0, throttled: 0, looks: [] };

/** Sums of attempts fade to 1/e in this time. */
const fadeSeconds = 15;

/** Fewer attempts than this say nothing. */
const fewestAttempts = 5;

/** Deliveries per second are counted over at least this long. */
const rateSeconds = 10;

/** `before` after `seconds` more, in which the workers' sums grew by `grown`. */
export function observeAttempts(before: Attempts, grown: Sums, seconds: number): Attempts {
  const fade = Math.exp(-seconds / fadeSeconds);
  const looks: Attempts['looks'][number][] = [[seconds, grown.delivered]];
  let covered = seconds;
  for (const look of before.looks) {
    if (covered >= rateSeconds - 1e-6 || looks.length >= 12) break;
    looks.push(look);
    covered += look[0];
  }
  return {
    delivered: fade * before.delivered + grown.delivered,
    failed: fade * before.failed + grown.failed,
    throttled: fade * before.throttled + grown.throttled,
    looks,
  };
}

/** How the recipient answers of late. */
export type Answers = {
  /** Share of attempts that failed; 0 where there were too few to tell. */
  readonly failedShare: number;
  /** Share of attempts answered with 429, likewise. */
  readonly throttledShare: number;
  /** Messages accepted per second, over ten seconds. */
  readonly acceptedPerSecond: number;
};

export function answersOf({ delivered, failed, throttled, looks }: Attempts): Answers {
  const attempts = delivered + failed + throttled;
  const share = (count: number) => (attempts < fewestAttempts ? 0 : count / attempts);
  const seconds = looks.reduce((sum, look) => sum + look[0], 0);
  const accepted = looks.reduce((sum, look) => sum + look[1], 0);
  return {
    failedShare: share(failed),
    throttledShare: share(throttled),
    acceptedPerSecond: seconds > 1e-9 ? Math.min(1e12, accepted / seconds) : 0,
  };
}
