/** The highest numbers of the recent past, in falling order: pairs of time and number. */
export type Peaks = readonly (readonly [seconds: number, value: number])[];

/**
 * `peaks` with `value` added at `now`, without what is older than `memorySeconds` or can never be the highest again. Of
 * numbers that fall faster than the memory has room for (75 of them), some are left out.
 */
export function addPeak(peaks: Peaks, now: number, value: number, memorySeconds: number): Peaks {
  const higher = peaks.filter(([time, peak]) => peak > value && time >= now - memorySeconds);
  const last = higher.at(-1);
  return last !== undefined && now - last[0] < memorySeconds / 75 ? higher : [...higher, [now, value]];
}

/** The highest number of the last `seconds`; 0 when there is none. */
export function peakOver(peaks: Peaks, now: number, seconds: number): number {
  return peaks.find(([time]) => time >= now - seconds)?.[1] ?? 0;
}
