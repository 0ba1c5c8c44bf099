import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { simulateAll } from '../../simulator/compare.ts';
import { drawSvg } from '../../simulator/plot/svg.ts';
import { measureDecision } from './decision.ts';
import { decisionTarget, targetsOf } from './judge.ts';
import { measure } from './measure.ts';
import { type Options, readOptions } from './options.ts';
import { record, resultsPage } from './record.ts';
import { resultsJson } from './results-json.ts';
import { resultsTable } from './table.ts';

/** Runs the scenarios against the baselines, and says whether the scaling engine keeps what it promises. */
async function main({ scenarios, seeds, whole, json, each, plots, record: recording }: Options): Promise<void> {
  const startMs = performance.now();
  const samples = await measure(scenarios, seeds);
  const seconds = (performance.now() - startMs) / 1000;
  const targets = whole ? [...targetsOf(samples), decisionTarget(measureDecision())] : [];
  console.log(json ? resultsJson(samples, targets, seconds) : resultsTable(samples, targets, { seconds, each }));
  if (targets.some(({ pass }) => !pass)) process.exitCode = 1;
  if (recording) await writeFile(resultsPage, record(await readFile(resultsPage, 'utf8'), samples));
  if (plots === undefined) return;
  await mkdir(plots, { recursive: true });
  for (const scenario of scenarios) {
    const svg = drawSvg(simulateAll(scenario, ['courier', 'keda'], 1));
    await writeFile(join(plots, `${scenario.name}.svg`), svg);
  }
}

await main(readOptions(process.argv.slice(2)));
