/** The middle of `values`: what a loaded machine disturbs least. NaN without any. */
export function median(values: readonly number[]): number {
  return quantile(
    values.toSorted((a, b) => a - b),
    0.5,
  );
}

/** The value below which `share` of `sorted` lies. */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Rounds to three significant digits: more of them would be noise. */
export function significant(value: number): number {
  return Number(value.toPrecision(3));
}
