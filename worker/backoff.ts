import type { Random } from '../api/random.ts';

export type Backoff = {
  readonly initialMs: number;
  readonly maxMs: number;
};

/**
 * Exponential back-off with full jitter: a uniform draw from zero to `initial * 2^(failures - 1)`, at most `max`, in
 * milliseconds. Source: "Exponential Backoff And Jitter", AWS Architecture Blog, 2015, which measured that this form
 * makes contending clients do the least work.
 *
 * @param failures 1 after the first failure.
 */
export function backoffMs(failures: number, backoff: Backoff, random: Random): number {
  const ceiling = Math.min(backoff.maxMs, backoff.initialMs * 2 ** Math.min(failures - 1, 60));
  return random() * ceiling;
}
