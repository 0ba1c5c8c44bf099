import { type AutoscalerName, autoscalers } from '../../simulator/autoscalers/autoscalers.ts';
import type { Outcome } from '../../simulator/outcome.ts';
import type { SuiteScenario } from '../../simulator/scenario.ts';
import { runJobs } from './jobs.ts';
import type { Sample } from './judge.ts';

/** Runs each scenario with each seed under every autoscaler, on all cores. */
export async function measure(
  scenarios: readonly SuiteScenario[],
  seeds: readonly number[],
): Promise<readonly Sample[]> {
  const names = Object.keys(autoscalers) as AutoscalerName[];
  const jobs = scenarios.flatMap((scenario) => seeds.map((seed) => ({ scenario, seed, autoscalers: names })));
  const results = await runJobs(jobs);
  return scenarios.map((scenario, index) => {
    const own = results.slice(index * seeds.length, (index + 1) * seeds.length);
    const of = (name: AutoscalerName): readonly Outcome[] => own.flatMap((result) => result[name] ?? []);
    return { scenario, outcomes: { courier: of('courier'), keda: of('keda'), aws: of('aws'), static: of('static') } };
  });
}
