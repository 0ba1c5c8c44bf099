import type { Random } from '../api/random.ts';
import { ticksPerSecond, toTicks } from './agenda.ts';
import { exponential } from './distributions.ts';
import type { Arrivals, Scenario } from './scenario.ts';

/** What is to arrive in each tick: at random with a rate, and exactly. */
export type ArrivalRates = { readonly perSecond: Float64Array; readonly batches: Int32Array };

/** Sums the arrivals of a scenario. */
export function arrivalRates({ arrivals }: Scenario, random: Random, ticks: number): ArrivalRates {
  const rates: ArrivalRates = { perSecond: new Float64Array(ticks), batches: new Int32Array(ticks) };
  for (const part of arrivals) {
    const from = toTicks(part.fromSeconds ?? 0);
    const to = Math.min(ticks, part.toSeconds === undefined ? ticks : toTicks(part.toSeconds));
    if (part.shape === 'Batch') addBatches(rates.batches, part, from, to);
    else addRate(rates.perSecond, rateOf(part, random, to / ticksPerSecond), from, to);
  }
  return rates;
}

function addBatches(batches: Int32Array, part: Arrivals & { shape: 'Batch' }, from: number, to: number): void {
  const step = part.periodSeconds === undefined ? to : toTicks(part.periodSeconds);
  for (let tick = from; tick < to; tick += step) batches[tick] = (batches[tick] ?? 0) + part.messages;
}

function addRate(perSecond: Float64Array, rate: (seconds: number) => number, from: number, to: number): void {
  for (let tick = from; tick < to; tick++) perSecond[tick] = (perSecond[tick] ?? 0) + rate(tick / ticksPerSecond);
}

/** Messages per second by the time of the run. The function is to be asked in the order of time. */
function rateOf(
  part: Exclude<Arrivals, { shape: 'Batch' }>,
  random: Random,
  endSeconds: number,
): (seconds: number) => number {
  const { fromSeconds = 0 } = part;
  switch (part.shape) {
    case 'Constant':
      return () => part.perSecond;
    case 'Ramp':
      return (seconds) =>
        part.perSecond + ((part.toPerSecond - part.perSecond) * (seconds - fromSeconds)) / (endSeconds - fromSeconds);
    case 'Wave':
      // It begins at its lowest.
      return (seconds) => {
        const phase = (2 * Math.PI * (seconds - fromSeconds)) / part.periodSeconds;
        return part.perSecond + ((part.toPerSecond - part.perSecond) * (1 - Math.cos(phase))) / 2;
      };
    case 'Sawtooth':
      return (seconds) => {
        const phase = ((seconds - fromSeconds) / part.periodSeconds) % 1;
        return part.perSecond + (part.toPerSecond - part.perSecond) * phase;
      };
    case 'Bursts':
      return bursts(part, random);
    case 'Trace':
      return (seconds) => interpolate(part.points, seconds);
  }
}

/** A Markov-modulated Poisson process of two states. */
function bursts(part: Arrivals & { shape: 'Bursts' }, random: Random): (seconds: number) => number {
  let high = false;
  let until = (part.fromSeconds ?? 0) + exponential(random, part.meanSeconds);
  return (seconds) => {
    while (seconds >= until) {
      high = !high;
      until += exponential(random, high ? part.toMeanSeconds : part.meanSeconds);
    }
    return high ? part.toPerSecond : part.perSecond;
  };
}

/** Straight lines between the points; before the first and after the last, their own value. */
function interpolate(points: readonly (readonly [number, number])[], x: number): number {
  const after = points.findIndex(([at]) => at > x);
  const [x1, y1] = points.at(after === -1 ? -1 : Math.max(0, after - 1)) ?? [0, 0];
  const [x2, y2] = points[after] ?? [x1, y1];
  return x <= x1 || x2 === x1 ? y1 : y1 + ((y2 - y1) * (x - x1)) / (x2 - x1);
}
