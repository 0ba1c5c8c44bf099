import { ticksPerSecond } from '../../simulator/agenda.ts';
import { arrivalRates } from '../../simulator/arrivals.ts';
import { type AutoscalerName, autoscalers, autoscalerTitles } from '../../simulator/autoscalers/autoscalers.ts';
import { outcomeOf } from '../../simulator/outcome.ts';
import type { Timeline, Track } from '../../simulator/plot/timeline.ts';
import { randomStream } from '../../simulator/random.ts';
import type { Scenario } from '../../simulator/scenario.ts';
import { simulate } from '../../simulator/simulation.ts';
import { type Reading, replay } from '../../simulator/trace.ts';
import { generateTraffic } from '../../simulator/traffic.ts';
import { CommandError, exitCodes } from '../exit-codes.ts';
import { formatCount } from '../format.ts';

/** Each message takes some twenty bytes, and a few more for each autoscaler. */
const mostMessages = 20_000_000;

/**
 * Runs a scenario under each of the autoscalers.
 * @throws CommandError when it has too many messages for one machine.
 */
export function simulateAll(scenario: Scenario, names: readonly AutoscalerName[], seed: number): Timeline {
  refuseTooMany(scenario, seed);
  const traffic = generateTraffic(scenario, seed);
  const sent = traffic.firstOfTick.subarray(1).map((next, tick) => next - (traffic.firstOfTick[tick] ?? 0));
  const tracks = names.map((name): Track => {
    const run = simulate(scenario, traffic, seed, autoscalers[name](scenario, seed));
    const outcome = outcomeOf(run);
    const { visible, living, orders } = run;
    const { replicaSeconds } = outcome;
    return { name, title: autoscalerTitles[name], visible, living, orders, replicaSeconds, outcome };
  });
  return { title: titleOf(scenario, seed), durationSeconds: scenario.durationSeconds, sent, tracks };
}

/** Shows recorded depths to each of the autoscalers. */
export function replayAll(
  scenario: Scenario,
  readings: readonly Reading[],
  names: readonly AutoscalerName[],
  seed: number,
): Timeline {
  const durationSeconds = readings.at(-1)?.seconds ?? 0;
  const tracks = names.map((name): Track => {
    const { living, visible, orders } = replay(
      { ...scenario, durationSeconds },
      readings,
      seed,
      autoscalers[name](scenario, seed),
    );
    const replicaSeconds = living.reduce((sum, pods) => sum + pods, 0) / ticksPerSecond;
    return { name, title: autoscalerTitles[name], visible, living, orders, replicaSeconds, outcome: null };
  });
  return { title: titleOf(scenario, seed), durationSeconds, sent: null, tracks };
}

function titleOf({ name }: Scenario, seed: number): string {
  return `${name}, seed ${seed}`;
}

function refuseTooMany(scenario: Scenario, seed: number): void {
  const ticks = Math.round(scenario.durationSeconds * ticksPerSecond);
  const { perSecond, batches } = arrivalRates(scenario, randomStream(seed, 'arrivals'), ticks);
  const sum = (values: Float64Array | Int32Array) =>
    (values as Float64Array).reduce((total, value) => total + value, 0);
  const messages = sum(perSecond) / ticksPerSecond + sum(batches);
  if (messages <= mostMessages) return;
  const problem = `arrivals: ${formatCount(messages)} messages are more than the ${formatCount(mostMessages)} that fit`;
  throw new CommandError(exitCodes.wrong, `${scenario.name}: ${problem}. Lower a rate, or shorten durationSeconds.`);
}
