import type { ResponseHeaders } from './recipient.ts';

/** How long a response asks to wait before the next request, by Retry-After, in milliseconds; 0: it does not. */
export function askedDelayMs({ 'retry-after': header }: ResponseHeaders, nowTimeMs: number): number {
  const value = typeof header === 'string' ? header : header?.[0];
  return (retryAfterSeconds(value, nowTimeMs) ?? 0) * 1000;
}

/**
 * Reads a Retry-After header (RFC 9110, section 10.2.3): seconds, or an HTTP date.
 *
 * @returns seconds from `nowTimeMs`, never negative; undefined when the value is neither.
 */
export function retryAfterSeconds(value: string | undefined, nowTimeMs: number): number | undefined {
  const text = value?.trim();
  if (text === undefined || text === '') return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  // Every form of HTTP date begins with the name of a day; Date.parse alone would take "12.5" for a date.
  const timeMs = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(timeMs) ? undefined : Math.max(0, (timeMs - nowTimeMs) / 1000);
}
