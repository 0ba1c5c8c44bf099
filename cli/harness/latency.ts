import { InvalidArgumentError } from 'commander';
import type { Random } from '../../api/random.ts';
import { duration, share } from '../option-values.ts';

/** How long a scripted recipient takes, in milliseconds. */
export type Latency =
  | { readonly kind: 'Uniform'; readonly minMs: number; readonly maxMs: number }
  /** `sigma` is the standard deviation of the logarithm: 0.5 is a busy web service. */
  | { readonly kind: 'Lognormal'; readonly medianMs: number; readonly sigma: number };

/** A share of requests that take longer. */
export type Tail = { readonly share: number; readonly latencyMs: number };

/** One latency, drawn. */
export function drawLatencyMs(latency: Latency, random: Random): number {
  if (latency.kind === 'Uniform') return latency.minMs + (latency.maxMs - latency.minMs) * random();
  // Box and Muller's transform: two uniform numbers make one of the normal distribution. 1 - random() is never zero.
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return latency.medianMs * Math.exp(latency.sigma * normal);
}

/** `20ms`, `20ms..80ms` (evenly between), or `lognormal:20ms:0.5` (median and sigma). */
export function parseLatency(text: string): Latency {
  const [kind, median, sigma] = text.split(':');
  if (kind === 'lognormal' && median !== undefined && sigma !== undefined) {
    if (!/^\d*\.?\d+$/.test(sigma)) throw new InvalidArgumentError('Its sigma must be a number, such as 0.5.');
    return { kind: 'Lognormal', medianMs: duration(median), sigma: Number(sigma) };
  }
  const [from, to] = text.split('..');
  const minMs = duration(from ?? '');
  const maxMs = to === undefined ? minMs : duration(to);
  if (maxMs < minMs) throw new InvalidArgumentError('Its second duration must be at least the first.');
  return { kind: 'Uniform', minMs, maxMs };
}

/** `1%:500ms`. */
export function parseTail(text: string): Tail {
  const [part, latency] = text.split(':');
  if (part === undefined || latency === undefined) {
    throw new InvalidArgumentError('It must be a share and a duration, such as 1%:500ms.');
  }
  return { share: share(part), latencyMs: duration(latency) };
}
