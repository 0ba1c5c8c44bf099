/** At most so many points are compared, each with each. */
const mostPoints = 13;

const slopes = new Float64Array((mostPoints * (mostPoints - 1)) / 2);

/**
 * The median of the slopes between all pairs of points (the Theil-Sen estimator), of at most 13 points spread evenly over
 * those from `first` on. A single bad reading does not move it. Null with fewer than two points.
 *
 * @param times ascending.
 */
export function theilSenSlope(times: readonly number[], values: readonly number[], first: number): number | null {
  const available = times.length - first;
  if (available < 2) return null;
  const points = Math.min(available, mostPoints);
  const stride = (available - 1) / (points - 1);
  let pairs = 0;
  for (let right = 1; right < points; right++) {
    const to = first + Math.round(right * stride);
    for (let left = 0; left < right; left++) {
      const from = first + Math.round(left * stride);
      slopes[pairs++] = (at(values, to) - at(values, from)) / (at(times, to) - at(times, from));
    }
  }
  const sorted = slopes.subarray(0, pairs).sort();
  return (at(sorted, (pairs - 1) >> 1) + at(sorted, pairs >> 1)) / 2;
}

function at(numbers: ArrayLike<number>, index: number): number {
  return numbers[index] ?? 0;
}
