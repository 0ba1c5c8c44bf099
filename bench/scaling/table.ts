import { type AutoscalerName, autoscalerTitles } from '../../simulator/autoscalers/autoscalers.ts';
import { mean, ratioOf } from '../../simulator/comparison.ts';
import type { Outcome } from '../../simulator/outcome.ts';
import { byCategory, ofHealth, rowOf, type Sample, type Target } from './judge.ts';

const compared = ['courier', 'aws', 'static'] as const satisfies readonly AutoscalerName[];

/** All that a person wants to know; with `each`, the figures of every scenario too. */
export function resultsTable(
  samples: readonly Sample[],
  targets: readonly Target[],
  { seconds, each }: { seconds: number; each: boolean },
): string {
  const runs = samples.reduce((sum, { outcomes }) => sum + Object.values(outcomes).flat().length, 0);
  return [
    ...(each ? [scenarioTable(samples), ''] : []),
    categoryTable(samples),
    '',
    ...(targets.length > 0 ? [targetTable(targets), ''] : []),
    `${samples.length} scenarios, ${runs} runs in ${seconds.toFixed(0)} s`,
  ].join('\n');
}

/** Cost and p99 wait of each autoscaler as a part of KEDA + HPA's, by category and in all. */
function categoryTable(samples: readonly Sample[]): string {
  const groups: readonly (readonly [string, readonly Sample[]])[] = [
    ...byCategory(samples),
    ['healthy', ofHealth(samples, 'healthy')],
    ['sick or limited', ofHealth(samples, 'sick')],
    ['all', samples],
  ];
  const header = [
    'cost x / p99 wait x of KEDA + HPA',
    '',
    ...compared.map((name) => autoscalerTitles[name]),
    'refused',
  ];
  const rows = groups
    .filter(([, group]) => group.length > 0)
    .map(([name, group]) => {
      const cells = compared.map((autoscaler) => {
        const { cost, wait } = rowOf(group, autoscaler);
        return `${cost.toFixed(2)} / ${wait.toFixed(2)}`;
      });
      const { refused, refusedByKeda } = rowOf(group, 'courier');
      return [name, String(group.length), ...cells, refusedByKeda === 0 ? '' : (refused / refusedByKeda).toFixed(2)];
    });
  return align([header, ...rows]);
}

/** The figures themselves, one row a scenario. */
function scenarioTable(samples: readonly Sample[]): string {
  const header = ['Courier | KEDA + HPA', 'replica-s', 'p99 wait s', 'refused', 'changes', 'cost x', 'wait x'];
  const rows = samples.map(({ scenario, outcomes }) => {
    const pair = (figure: (outcome: Outcome) => number, digits = 0) =>
      [outcomes.courier, outcomes.keda].map((of) => mean(of.map(figure)).toFixed(digits)).join(' | ');
    const { cost, wait } = ratioOf(outcomes.courier, outcomes.keda);
    return [
      scenario.name,
      pair(({ replicaSeconds }) => replicaSeconds),
      pair(({ waitP99Seconds }) => waitP99Seconds, 1),
      pair(({ refused }) => refused),
      pair(({ changes }) => changes),
      cost.toFixed(2),
      wait.toFixed(2),
    ];
  });
  return align([header, ...rows]);
}

/** Each target with pass or FAIL. */
function targetTable(targets: readonly Target[]): string {
  return align(targets.map(({ name, value, pass }) => [pass ? 'pass' : 'FAIL', name, value]));
}

function align(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
