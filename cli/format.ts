/** `12,840`. */
export function formatCount(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** `1 worker`, `2 workers`. */
export function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** Events per second: `1,240/s`, below ten `8.2/s`. */
export function formatRate(perSecond: number): string {
  return `${perSecond < 10 ? Number(perSecond.toFixed(1)) : formatCount(perSecond)}/s`;
}

/** `21 ms`, `1.5 s`; a dash when there is none. */
export function formatMilliseconds(value: number | null): string {
  if (value === null) return '-';
  return value < 1000 ? `${Math.round(value)} ms` : `${(value / 1000).toFixed(1)} s`;
}
