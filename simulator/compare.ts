import { ticksPerSecond } from './agenda.ts';
import { type AutoscalerName, autoscalers, autoscalerTitles } from './autoscalers/autoscalers.ts';
import { outcomeOf } from './outcome.ts';
import type { Timeline, Track } from './plot/timeline.ts';
import type { Scenario } from './scenario.ts';
import { simulate } from './simulation.ts';
import { type Reading, replay } from './trace.ts';
import { generateTraffic } from './traffic.ts';

/** Runs a scenario under each of the autoscalers. */
export function simulateAll(scenario: Scenario, names: readonly AutoscalerName[], seed: number): Timeline {
  const traffic = generateTraffic(scenario, seed);
  const sent = traffic.firstOfTick.subarray(1).map((next, tick) => next - (traffic.firstOfTick[tick] ?? 0));
  const tracks = names.map((name): Track => {
    const run = simulate(scenario, traffic, seed, autoscalers[name](scenario, seed));
    const { visible, living, orders } = run;
    const outcome = outcomeOf(run);
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
  const tracks = names.map((name): Track => {
    const autoscaler = autoscalers[name](scenario, seed);
    const { living, visible, orders } = replay(scenario, readings, seed, autoscaler);
    const replicaSeconds = living.reduce((sum, pods) => sum + pods, 0) / ticksPerSecond;
    return { name, title: autoscalerTitles[name], visible, living, orders, replicaSeconds, outcome: null };
  });
  return { title: titleOf(scenario, seed), durationSeconds: scenario.durationSeconds, sent: null, tracks };
}

function titleOf({ name }: Scenario, seed: number): string {
  return `${name}, seed ${seed}`;
}
