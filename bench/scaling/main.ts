import { parseArgs } from 'node:util';
import { type AutoscalerName, autoscalers } from '../../simulator/autoscalers/autoscalers.ts';
import type { Outcome } from '../../simulator/outcome.ts';
import { suite } from '../../simulator/suite/suite.ts';
import { unseenScenario } from '../../simulator/suite/unseen.ts';
import { runJobs } from './jobs.ts';
import { byCategory, ofHealth, rowOf, type Sample, targetsOf } from './judge.ts';
import { scenarioTable, table, targetTable } from './table.ts';

const names = Object.keys(autoscalers) as AutoscalerName[];

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    seeds: { type: 'string', default: '5' },
    /** Scenarios by generator instead of the suite: how many. */
    unseen: { type: 'string' },
    /** The first number of these. */
    first: { type: 'string', default: '1' },
    /** A part of the names of the scenarios to run. */
    only: { type: 'string', default: '' },
    /** A row for each scenario. */
    each: { type: 'boolean', default: false },
  },
});

const scenarios =
  values.unseen === undefined
    ? suite
    : Array.from({ length: Number(values.unseen) }, (_, index) => unseenScenario(Number(values.first) + index));
const chosen = scenarios.filter(({ name, category }) => `${category}/${name}`.includes(values.only));
const seeds = Array.from({ length: Number(values.seeds) }, (_, index) => index + 1);
const startMs = performance.now();
const jobs = chosen.flatMap((scenario) => seeds.map((seed) => ({ scenario, seed, autoscalers: names })));
const results = await runJobs(jobs);
const samples: readonly Sample[] = chosen.map((scenario) => {
  const own = results.filter((_, index) => jobs[index]?.scenario === scenario);
  const outcomesOf = (name: AutoscalerName): readonly Outcome[] => own.flatMap((result) => result[name] ?? []);
  return {
    scenario,
    outcomes: {
      courier: outcomesOf('courier'),
      keda: outcomesOf('keda'),
      aws: outcomesOf('aws'),
      static: outcomesOf('static'),
    },
  };
});
const seconds = (performance.now() - startMs) / 1000;

if (values.json) {
  const rows = Object.fromEntries(
    names.map((name) => [
      name,
      {
        all: rowOf(samples, name),
        healthy: rowOf(ofHealth(samples, 'healthy'), name),
        sick: rowOf(ofHealth(samples, 'sick'), name),
        categories: Object.fromEntries([...byCategory(samples)].map(([key, group]) => [key, rowOf(group, name)])),
      },
    ]),
  );
  console.log(JSON.stringify({ seconds, seeds: seeds.length, rows, targets: targetsOf(samples), samples }));
} else {
  if (values.each) console.log(`${scenarioTable(samples)}\n`);
  console.log(`${table(samples)}\n`);
  console.log(targetTable(targetsOf(samples)));
  console.log(
    `${samples.length} scenarios, ${seeds.length} seeds, ${names.length} autoscalers in ${seconds.toFixed(0)} s`,
  );
}
