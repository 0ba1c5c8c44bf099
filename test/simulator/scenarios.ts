import type { Autoscaler } from '../../simulator/autoscaler.ts';
import { type AutoscalerName, autoscalers } from '../../simulator/autoscalers/autoscalers.ts';
import type { Scenario } from '../../simulator/scenario.ts';
import { type Run, simulate } from '../../simulator/simulation.ts';
import { build, type Changes } from '../../simulator/suite/build.ts';
import { generateTraffic } from '../../simulator/traffic.ts';

/** Ten minutes of a load, with changes. */
export function tenMinutes(perSecond: number, changes: Changes = {}): Scenario {
  return build('ten-minutes', 'constant', 600, [{ shape: 'Constant', perSecond }], changes);
}

/** Runs a scenario under a named autoscaler or one of the test's own. */
export function run(scenario: Scenario, by: AutoscalerName | Autoscaler = 'courier', seed = 1): Run {
  const autoscaler = typeof by === 'string' ? autoscalers[by](scenario, seed) : by;
  return simulate(scenario, generateTraffic(scenario, seed), seed, autoscaler);
}
