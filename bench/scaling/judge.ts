import type { AutoscalerName } from '../../simulator/autoscalers/autoscalers.ts';
import { geometricMean, mean, type Ratio, ratioOf } from '../../simulator/comparison.ts';
import type { Outcome } from '../../simulator/outcome.ts';
import { type Category, categories, type SuiteScenario } from '../../simulator/scenario.ts';

/** A scenario and what came of it, by autoscaler, one outcome a seed. */
export type Sample = {
  readonly scenario: SuiteScenario;
  readonly outcomes: Readonly<Record<AutoscalerName, readonly Outcome[]>>;
};

/** What is measured against KEDA + HPA, over some scenarios. */
export type Row = Ratio & {
  readonly scenarios: number;
  /** Attempts that the recipient refused, mean over the seeds, summed over the scenarios. */
  readonly refused: number;
  readonly refusedByKeda: number;
  readonly changes: number;
};

export type Target = { readonly name: string; readonly value: string; readonly pass: boolean };

/** Compares an autoscaler with KEDA + HPA over some scenarios: geometric means of the ratios. */
export function rowOf(samples: readonly Sample[], name: AutoscalerName): Row {
  const ratios = samples.map(({ outcomes }) => ratioOf(outcomes[name], outcomes.keda));
  const total = (of: AutoscalerName, figure: (outcome: Outcome) => number) =>
    samples.reduce((sum, { outcomes }) => sum + mean(outcomes[of].map(figure)), 0);
  return {
    scenarios: samples.length,
    cost: geometricMean(ratios.map(({ cost }) => cost)),
    wait: geometricMean(ratios.map(({ wait }) => wait)),
    refused: total(name, ({ refused }) => refused),
    refusedByKeda: total('keda', ({ refused }) => refused),
    changes: total(name, ({ changes }) => changes) / Math.max(1, samples.length),
  };
}

/** The samples of each category, in the order of {@link categories}. */
export function byCategory(samples: readonly Sample[]): ReadonlyMap<Category, readonly Sample[]> {
  const groups = Map.groupBy(samples, ({ scenario }) => scenario.category);
  const names = (Object.keys(categories) as Category[]).filter((category) => groups.has(category));
  return new Map(names.map((category) => [category, groups.get(category) ?? []]));
}

/** The scenarios whose recipient bears the load, or does not. */
export function ofHealth(samples: readonly Sample[], health: 'healthy' | 'sick'): readonly Sample[] {
  return samples.filter(({ scenario }) => categories[scenario.category] === health);
}

/** Replica-seconds, p99 wait and refused requests that Courier may have at most, as a part of KEDA + HPA's. */
export const promised = { cost: 0.4, wait: 0.55, refused: 0.15 } as const;

/** What Courier promises, and whether it keeps it. */
export function targetsOf(samples: readonly Sample[]): readonly Target[] {
  const all = rowOf(samples, 'courier');
  const sick = rowOf(ofHealth(samples, 'sick'), 'courier');
  const refused = sick.refused / Math.max(1, sick.refusedByKeda);
  const worse = [...byCategory(samples)]
    .filter(([, group]) => {
      const { cost, wait } = rowOf(group, 'courier');
      return cost > 1 && wait > 1;
    })
    .map(([category]) => category);
  return [
    atMost('replica-seconds, all', all.cost, promised.cost),
    atMost('p99 wait, all', all.wait, promised.wait),
    atMost('refused requests, sick', refused, promised.refused),
    { name: 'categories worse in both', value: worse.join(', ') || 'none', pass: worse.length === 0 },
  ];
}

/** What one decision may cost, so that an operator can look after thousands of Couriers. */
export function decisionTarget(micros: number): Target {
  return { name: `one decision <= ${mostMicros} us`, value: `${micros.toFixed(0)} us`, pass: micros <= mostMicros };
}

const mostMicros = 50;

function atMost(name: string, value: number, limit: number): Target {
  return { name: `${name} <= ${limit} x`, value: `${value.toFixed(3)} x`, pass: value <= limit };
}
