/** Values over time, each for an equal part of it. */
export type Series = readonly number[];

/** The highest value of each of `buckets` equal parts. */
export function peaks(values: ArrayLike<number>, buckets: number): Series {
  return inParts(values, buckets, (from, to) => {
    let peak = 0;
    for (let index = from; index < to; index++) peak = Math.max(peak, values[index] ?? 0);
    return peak;
  });
}

/** The mean of each of `buckets` equal parts. */
export function means(values: ArrayLike<number>, buckets: number): Series {
  return inParts(values, buckets, (from, to) => {
    let sum = 0;
    for (let index = from; index < to; index++) sum += values[index] ?? 0;
    return sum / (to - from);
  });
}

function inParts(values: ArrayLike<number>, buckets: number, value: (from: number, to: number) => number): Series {
  const size = values.length / buckets;
  return Array.from({ length: buckets }, (_, bucket) => {
    const from = Math.floor(bucket * size);
    return value(from, Math.max(from + 1, Math.floor((bucket + 1) * size)));
  });
}
