import { InvalidArgumentError } from 'commander';

/** A range of whole numbers, both ends included. */
export type Range = { readonly min: number; readonly max: number };

/** A parser of whole numbers within `range`, for an option of commander. */
export function wholeNumber(range: Range): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < range.min || value > range.max) {
      throw new InvalidArgumentError(`It must be a whole number from ${range.min} to ${range.max}.`);
    }
    return value;
  };
}

/** A TCP port; 0 lets the system choose a free one. */
export const port = wholeNumber({ min: 0, max: 65_535 });

/** A number above zero, fractions allowed. */
export function positiveNumber(text: string): number {
  const value = Number(text);
  if (!/^\d*\.?\d+$/.test(text) || !(value > 0)) throw new InvalidArgumentError('It must be a number above zero.');
  return value;
}

/** `5%` or `0.05`, as a share from 0 to 1. */
export function share(text: string): number {
  const match = /^(\d*\.?\d+)(%?)$/.exec(text);
  const value = Number(match?.[1]) / (match?.[2] === '%' ? 100 : 1);
  if (!(value >= 0 && value <= 1)) throw new InvalidArgumentError('It must be a share, such as 5% or 0.05.');
  return value;
}

const millisecondsIn: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `20ms`, `1.5s`, `2m`, `3h` or `4d`, in milliseconds. */
export function duration(text: string): number {
  const match = /^(\d*\.?\d+)(ms|s|m|h|d)$/.exec(text);
  const milliseconds = Number(match?.[1]) * (millisecondsIn[match?.[2] ?? ''] ?? Number.NaN);
  if (!(milliseconds >= 0)) throw new InvalidArgumentError('It must be a duration, such as 20ms, 1.5s, 2m, 3h or 4d.');
  return milliseconds;
}

/** `3` or `0..8`: how many workers, fixed or scaled between two numbers. */
export function workerRange(text: string): Range {
  const match = /^(\d{1,4})(?:\.\.(\d{1,4}))?$/.exec(text);
  const min = Number(match?.[1]);
  const max = Number(match?.[2] ?? match?.[1]);
  if (!(min <= max && max >= 1)) {
    throw new InvalidArgumentError('It must be a number of workers, such as 3, or a range, such as 0..8.');
  }
  return { min, max };
}

/** `key=value`, added to those given before. */
export function keyValue(text: string, previous: Readonly<Record<string, string>> = {}): Record<string, string> {
  const at = text.indexOf('=');
  if (at < 1 || at === text.length - 1) throw new InvalidArgumentError('It must be key=value, both not empty.');
  return { ...previous, [text.slice(0, at)]: text.slice(at + 1) };
}

/** Each use of the option adds one value. */
export function collect(text: string, previous: readonly string[] = []): string[] {
  return [...previous, text];
}
