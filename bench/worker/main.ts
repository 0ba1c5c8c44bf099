/**
 * What the worker costs: CPU for each message beside what the parts cost alone (the floors) and beside two libraries doing the
 * same work against the same servers, in one run and in turns; and how it keeps to its limits.
 *
 *     npm run bench -- [--json] [--rounds 5] [--seconds 1.5] [--only standard-1KiB] [--chart docs/performance.svg]
 *
 * CPU time and ratios of medians are what to trust: rates depend on the machine and on what else it does.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cpuChart } from './chart.ts';
import { compare, type Rounds, type Work } from './comparison.ts';
import { measureHeavyTail } from './heavy-tail.ts';
import { measureLargeMessages } from './memory.ts';
import { comparisonRows, heavyTailRows, type Results, workerRows } from './report.ts';
import { Servers } from './servers.ts';

const everybody = ['courier', 'sqs-consumer', 'squiss-ts'] as const;
const works: readonly Work[] = [
  { name: 'standard-1KiB', bodyBytes: 1024, fifo: false, firehose: false, contenders: everybody },
  { name: 'fifo-1KiB', bodyBytes: 1024, fifo: true, firehose: false, contenders: everybody },
  { name: 'standard-64KiB', bodyBytes: 65_536, fifo: false, firehose: false, contenders: everybody },
  { name: 'firehose-1KiB', bodyBytes: 1024, fifo: false, firehose: true, contenders: ['courier'] },
];

async function measure(rounds: Rounds, wanted: (name: string) => boolean): Promise<Results> {
  // Beside the sources, since the temporary directory of many machines is memory, and syncs of memory cost nothing.
  const directory = await mkdtemp(join(import.meta.dirname, '../.bench-'));
  const servers = await Servers.start();
  try {
    const comparisons = [];
    for (const work of works) {
      if (wanted(work.name)) comparisons.push(await compare(servers, directory, work, rounds));
    }
    return {
      comparisons,
      heavyTail: wanted('heavy-tail') ? await measureHeavyTail(servers, directory, rounds) : undefined,
      largeMessagesPeakMebibytes: wanted('large-messages')
        ? await measureLargeMessages(servers, directory, rounds.seconds * 4)
        : undefined,
    };
  } finally {
    await servers.end();
    await rm(directory, { recursive: true, force: true });
  }
}

function print({ comparisons, heavyTail, largeMessagesPeakMebibytes }: Results): void {
  console.table(comparisonRows(comparisons));
  console.table(workerRows(comparisons));
  if (heavyTail !== undefined) console.table(heavyTailRows(heavyTail));
  if (largeMessagesPeakMebibytes !== undefined) {
    console.log(`Messages of 1 MiB: at most ${Math.round(largeMessagesPeakMebibytes)} MiB resident.`);
  }
}

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '1.5' },
    only: { type: 'string', multiple: true },
    chart: { type: 'string' },
  },
});
const results = await measure(
  { rounds: Number(values.rounds), seconds: Number(values.seconds) },
  (name) => values.only === undefined || values.only.includes(name),
);
if (values.json) console.log(JSON.stringify(results, null, 2));
else print(results);
if (values.chart !== undefined) await writeFile(values.chart, cpuChart(results.comparisons));
process.exit();
