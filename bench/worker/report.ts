import { significant } from '../statistics.ts';
import type { Comparison } from './comparison.ts';
import type { HeavyTail } from './heavy-tail.ts';

/** All that one run has measured. */
export type Results = {
  readonly comparisons: readonly Comparison[];
  readonly heavyTail: HeavyTail | undefined;
  readonly largeMessagesPeakMebibytes: number | undefined;
};

/** A row of the table for people: the CPU of each message in microseconds, and how it compares. */
export type Row = Readonly<Record<string, string | number>>;

/** Of each comparison: what the floors sum up to, and what each contender takes. */
export function comparisonRows(comparisons: readonly Comparison[]): Row[] {
  return comparisons.map((comparison) => {
    const { contenders } = comparison;
    const courier = contenders.courier?.cpuPerMessage ?? Number.NaN;
    const floor = floorOf(comparison);
    const row: Record<string, string | number> = {
      work: comparison.work,
      'post + sqs + audit us': parts(comparison),
      'floor us': significant(floor),
      'courier us': significant(courier),
      'courier/floor': significant(courier / floor),
    };
    for (const name of ['sqs-consumer', 'squiss-ts'] as const) {
      const cpu = contenders[name]?.cpuPerMessage;
      row[`${name} us`] = cpu === undefined ? '' : significant(cpu);
      row[`${name}/courier`] = cpu === undefined ? '' : significant(cpu / courier);
    }
    return row;
  });
}

/** Of our worker: how full its batches are, and what it does to the event loop and to memory. */
export function workerRows(comparisons: readonly Comparison[]): Row[] {
  return comparisons.map(({ work, contenders, ...measured }) => ({
    work,
    'messages/s': Math.round(contenders.courier?.messagesPerSecond ?? Number.NaN),
    'receive fill': significant(contenders.courier?.receiveFill ?? Number.NaN),
    'delete fill': significant(contenders.courier?.deleteFill ?? Number.NaN),
    'put fill': significant(contenders.courier?.putFill || Number.NaN),
    'loop p99 ms': significant(measured.eventLoopP99Milliseconds),
    'idle MiB': Math.round(measured.idleMebibytes),
    'peak MiB': Math.round(measured.peakMebibytes),
  }));
}

/** Rates with a heavy tail, as shares of what the limit allows. */
export function heavyTailRows({ idealPerSecond, perSecond }: HeavyTail): Row[] {
  return Object.entries(perSecond).map(([contender, rate]) => ({
    contender,
    'messages/s': Math.round(rate),
    'C/mean latency': Math.round(idealPerSecond),
    share: significant(rate / idealPerSecond),
  }));
}

function parts({ floors, work }: Comparison): string {
  const audit = work.startsWith('firehose') ? floors.firehose : floors.audit;
  return [floors.post, floors.sqs, audit].map(significant).join(' + ');
}

/** The sum of the floors of what is done with each message. */
export function floorOf({ floors, work }: Pick<Comparison, 'floors' | 'work'>): number {
  return floors.post + floors.sqs + (work.startsWith('firehose') ? floors.firehose : floors.audit);
}
