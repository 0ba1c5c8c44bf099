/** The smallest of 1, 2 or 5 times a power of ten that is not below `value`; 1 at least. */
export function roundUp(value: number): number {
  if (!(value > 1)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return power * ([1, 2, 5, 10].find((step) => step * power >= value) ?? 10);
}

/** Distances between marks on a time axis that people like. */
const timeSteps = [10, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400];

/** Seconds of the marks on a time axis: at most eight. */
export function timeMarks(durationSeconds: number): readonly number[] {
  const step = timeSteps.find((seconds) => durationSeconds / seconds < 8) ?? 86_400;
  return Array.from({ length: Math.floor(durationSeconds / step) + 1 }, (_, index) => index * step);
}
