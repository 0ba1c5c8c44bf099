import { type AutoscalerName, autoscalers } from '../../simulator/autoscalers/autoscalers.ts';
import { byCategory, ofHealth, rowOf, type Sample, type Target } from './judge.ts';

/** Everything that was measured, on one line. */
export function resultsJson(samples: readonly Sample[], targets: readonly Target[], seconds: number): string {
  const names = Object.keys(autoscalers) as AutoscalerName[];
  const rows = names.map((name) => {
    const categories = [...byCategory(samples)].map(([category, group]) => [category, rowOf(group, name)]);
    const groups = { all: samples, healthy: ofHealth(samples, 'healthy'), sick: ofHealth(samples, 'sick') };
    const totals = Object.entries(groups).map(([group, members]) => [group, rowOf(members, name)]);
    return [name, { ...Object.fromEntries(totals), categories: Object.fromEntries(categories) }];
  });
  const scenarios = samples.map(({ scenario, outcomes }) => ({ name: scenario.name, ...outcomes }));
  return JSON.stringify({ seconds, targets, autoscalers: Object.fromEntries(rows), scenarios });
}
