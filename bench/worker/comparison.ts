import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Child } from '../child.ts';
import { residentMebibytes } from '../process-usage.ts';
import { median } from '../statistics.ts';
import { type Contender, type ContenderName, type ContenderOptions, startContender } from './contender.ts';
import type { Floors } from './floors.ts';
import type { Servers } from './servers.ts';
import { cpuWindow, type Window } from './window.ts';

/** The same work for all: what is on the queue, and who takes part. */
export type Work = {
  readonly name: string;
  readonly bodyBytes: number;
  readonly fifo: boolean;
  readonly contenders: readonly ContenderName[];
  /** Our worker audits to the stub's stream instead of to files. */
  readonly firehose: boolean;
};

export type Rounds = { readonly rounds: number; readonly seconds: number };

/** Medians over the rounds of one comparison. */
export type Comparison = {
  readonly work: string;
  readonly floors: Floors;
  readonly contenders: Readonly<Partial<Record<ContenderName, Window>>>;
  /** Of our worker: 99th percentile of the event loop's delay under this load, and its memory before and at its most. */
  readonly eventLoopP99Milliseconds: number;
  readonly idleMebibytes: number;
  readonly peakMebibytes: number;
};

/** Sixty-four requests at a time: the default of a Courier. */
const slots = 64;
const settleMs = 2000;

/** Runs one piece of work in turns: the floors, then each contender, round after round. The first round warms up. */
export async function compare(servers: Servers, directory: string, work: Work, rounds: Rounds): Promise<Comparison> {
  const floorsChild = new Child(join(import.meta.dirname, 'floors.ts'), 'measured');
  const floorQueue = await servers.createQueue({ name: `${work.name}-floor`, bodyBytes: work.bodyBytes });
  const { awsEndpoint, recipientUrl } = servers;
  const floorInput = { awsEndpoint, recipientUrl, directory, queue: lastPart(floorQueue), bodyBytes: work.bodyBytes };
  await servers.open(lastPart(floorQueue));
  const contenders = await startAll(servers, directory, work);
  await delay(settleMs);
  const courier = contenders.find(({ name }) => name === 'courier');
  const idleMebibytes = (await residentMebibytes(courier?.child.process.pid)).now;

  const floors: Floors[] = [];
  const windows = new Map<ContenderName, Window[]>(contenders.map(({ name }) => [name, []]));
  const delays: number[] = [];
  for (let round = 0; round <= rounds.rounds; round++) {
    const floor = await floorsChild.call<Floors>('measure', floorInput);
    if (round > 0) floors.push(floor);
    for (const contender of contenders) {
      await contender.metrics?.();
      const seen = await cpuWindow(servers, contender, queueOf(work, contender.name), rounds.seconds);
      if (round === 0) continue;
      windows.get(contender.name)?.push(seen);
      if (contender.metrics !== undefined) delays.push(eventLoopP99(await contender.metrics()));
    }
  }
  const peakMebibytes = (await residentMebibytes(courier?.child.process.pid)).peak;
  await Promise.all([floorsChild.end(), ...contenders.map(({ child }) => child.end())]);
  const medians = [...windows].map(([name, seen]) => [name, mediansOf(seen)]);
  return {
    work: work.name,
    floors: mediansOf(floors),
    contenders: Object.fromEntries(medians),
    eventLoopP99Milliseconds: median(delays),
    idleMebibytes,
    peakMebibytes,
  };
}

async function startAll(servers: Servers, directory: string, work: Work): Promise<Contender[]> {
  const contenders: Contender[] = [];
  for (const name of work.contenders) {
    const queue = queueOf(work, name);
    const queueUrl = await servers.createQueue({ name: queue, bodyBytes: work.bodyBytes, fifo: work.fifo });
    const { awsEndpoint, recipientUrl } = servers;
    const stream = { firehose: { deliveryStreamName: queue, endpoint: awsEndpoint } };
    const options: ContenderOptions = {
      ...{ queueUrl, awsEndpoint, recipientUrl, directory: join(directory, queue), inFlight: slots },
      ...(work.firehose ? { audit: stream } : {}),
    };
    contenders.push(await startContender(name, options));
  }
  return contenders;
}

function queueOf(work: Work, contender: ContenderName): string {
  return `${work.name}-${contender}${work.fifo ? '.fifo' : ''}`;
}

function lastPart(url: string): string {
  return url.slice(url.lastIndexOf('/') + 1);
}

/** The time between two looks at the event loop, which Node counts as part of its delay. */
const resolutionMs = 10;

/** Of prom-client's metrics, in milliseconds; they begin anew with each scrape. */
function eventLoopP99(metrics: string): number {
  return Number(/^nodejs_eventloop_lag_p99_seconds (\S+)/m.exec(metrics)?.[1]) * 1000 - resolutionMs;
}

/** The median of each number of some records of the same shape. */
function mediansOf<Numbers extends { readonly [Key in keyof Numbers]: number }>(records: readonly Numbers[]): Numbers {
  const [first] = records;
  if (first === undefined) throw new Error('there are no rounds to take medians of');
  const keys = Object.keys(first) as (keyof Numbers)[];
  return Object.fromEntries(keys.map((key) => [key, median(records.map((record) => record[key]))])) as Numbers;
}
