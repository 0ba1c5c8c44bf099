/** Thousands with commas; below ten, two significant digits, since there the fraction matters. */
export function number(value: number): string {
  const rounded = Math.abs(value) < 10 ? Number(value.toPrecision(2)) : Math.round(value);
  return rounded.toLocaleString('en-US', { maximumFractionDigits: 12 });
}

export function plural(count: number, noun: string): string {
  return `${number(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** A share of 0 to 1, or more, in percent. */
export function percent(share: number): string {
  return `${number(Math.round(100 * share))} %`;
}

/** Seconds, or minutes where those say enough. */
export function duration(seconds: number): string {
  return seconds < 120 ? `${number(seconds)} s` : `${number(Math.round(seconds / 60))} min`;
}
