import { theilSenSlope } from './theil-sen.ts';

/** What is remembered of arrivals: the sum of all that ever arrived, up to a constant, at times past. */
export type Arrivals = {
  readonly times: readonly number[];
  /** Messages in the queue and out of it. */
  readonly sums: readonly number[];
  /** Messages per second that arrive, as last estimated; 0 before there is an estimate. */
  readonly perSecond: number;
  /** Messages in the queue at the last look, on which the noise of its counters depends. */
  readonly inQueue: number;
  /** The slope over the long window. */
  readonly slow: number;
  /** By how much the rate grows each second; 0 when it does not. */
  readonly trend: number;
};

export const noArrivals: Arrivals = { times: [], sums: [], perSecond: 0, inQueue: 0, slow: 0, trend: 0 };

/** The longest window, in seconds, and so the longest memory. */
const longestSeconds = 300;

/** More points than this are not kept: the older half is thinned. */
const mostPoints = 80;

/** A look at the queue. `settled`: messages that have left it, up to a constant. */
type Look = {
  readonly now: number;
  readonly visible: number;
  readonly notVisible: number;
  readonly settled: number;
  /** Whether `settled` is what workers say, not a guess; guesses need longer windows. */
  readonly exact: boolean;
  /** Whether there are no replicas: what arrives then is the first of something new, or nothing. */
  readonly isAsleep: boolean;
};

/**
 * Estimates how fast messages arrive, from what the queue holds plus what has left it. The slope over a short window is
 * quick, that over a long one is quiet. The estimate is the long one, moved towards the short one by as much as the two
 * differ beyond noise: 4 % of the queue's counters, plus 1.5 standard deviations of Poisson arrivals.
 *
 * A queue that was empty while nobody worked tells nothing of what comes next: the windows begin with the first messages.
 *
 * Neither rate nor trend falls when `visible` rises, all else equal: noise and trend are taken from the look before.
 */
export function observeArrivals(before: Arrivals, look: Look): Arrivals {
  const { now, visible, notVisible, settled, exact } = look;
  const kept = look.isAsleep && before.inQueue === 0 ? noArrivals : thin(before, now);
  const times = [...kept.times, now];
  const sums = [...kept.sums, visible + notVisible + settled];
  const shortSeconds = Math.max(exact ? 15 : 30, Math.min(75, 20 / Math.max(before.perSecond, 1e-3)));
  const longSeconds = Math.max(exact ? 60 : 120, Math.min(longestSeconds, 4 * shortSeconds));
  const slow = slopeOver(longSeconds, times, sums, now);
  const fast = slopeOver(shortSeconds, times, sums, now);
  const noise = (0.04 * before.inQueue) / (0.75 * shortSeconds) + 1.5 * Math.sqrt(Math.max(fast, slow) / shortSeconds);
  const certain = times.length > 2 ? slow : 0;
  const perSecond = fast > certain ? Math.max(certain, fast - noise) : Math.min(certain, fast + noise);
  const trend = Math.max(0, (perSecond - before.slow) / ((longSeconds - shortSeconds) / 2));
  return { times, sums, perSecond, inQueue: visible + notVisible, slow, trend };
}

/** Messages per second that will arrive `seconds` from now if the trend holds, though at most half as many again. */
export function arrivalsIn({ perSecond, trend }: Arrivals, seconds: number): number {
  return perSecond + Math.min(trend * seconds, perSecond / 2);
}

function slopeOver(seconds: number, times: readonly number[], sums: readonly number[], now: number): number {
  const start = times.findIndex((time) => time >= now - seconds - 1e-6);
  return Math.max(0, theilSenSlope(times, sums, Math.max(0, Math.min(start, times.length - 3))) ?? 0);
}

function thin({ times, sums }: Arrivals, now: number): Pick<Arrivals, 'times' | 'sums'> {
  const tooMany = times.length >= mostPoints;
  const keep = (index: number) =>
    (times[index] ?? 0) >= now - longestSeconds && !(tooMany && index % 2 === 1 && index < mostPoints / 2);
  if (keep(0) && !tooMany) return { times, sums };
  return { times: times.filter((_, index) => keep(index)), sums: sums.filter((_, index) => keep(index)) };
}
