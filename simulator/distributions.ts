import type { Random } from '../api/random.ts';

/** Uniform between `min` and `max`. */
export function uniform(random: Random, min: number, max: number): number {
  return min + random() * (max - min);
}

/** Exponential with this mean: the time between the events of a Poisson process. */
export function exponential(random: Random, mean: number): number {
  return -mean * Math.log(1 - random());
}

/** Standard normal, by Box and Muller (1958). */
export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** A sampler of a log-normal distribution with mean 1 and this coefficient of variation. */
export function logNormal(variation: number): (random: Random) => number {
  const sigma = Math.sqrt(Math.log(1 + variation * variation));
  return (random) => Math.exp(sigma * normal(random) - (sigma * sigma) / 2);
}

/** Poisson: by Knuth's product of uniforms, above a mean of 30 by the normal approximation with continuity correction. */
export function poisson(random: Random, mean: number): number {
  if (mean <= 0) return 0;
  if (mean > 30) return Math.max(0, Math.floor(mean + Math.sqrt(mean) * normal(random) + 0.5));
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = random(); product > limit; product *= random()) count++;
  return count;
}
