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
  const { awsEndpoint, recipientUrl } = servers;
  const { bodyBytes } = work;
  const floorsChild = new Child(join(import.meta.dirname, 'floors.ts'), 'measured');
  const queue = `${work.name}-floor`;
  await servers.createQueue({ name: queue, bodyBytes });
  await servers.open(queue);
  const contenders = await startAll(servers, directory, work);
  await delay(settleMs);
  const courier = contenders.find(({ name }) => name === 'courier');
  const idleMebibytes = (await residentMebibytes(courier?.child.process.pid)).now;

  const floors: Floors[] = [];
  const turns: Turn[] = [];
  for (let round = 0; round <= rounds.rounds; round++) {
    const input = { awsEndpoint, recipientUrl, directory, queue, bodyBytes };
    const floor = await floorsChild.call<Floors>('measure', input);
    const seen: Turn[] = [];
    for (const contender of contenders) seen.push(await takeTurn(servers, work, contender, rounds.seconds));
    if (round === 0) continue;
    floors.push(floor);
    turns.push(...seen);
  }
  const peakMebibytes = (await residentMebibytes(courier?.child.process.pid)).peak;
  await Promise.all([floorsChild.end(), ...contenders.map(({ child }) => child.end())]);
  return { work: work.name, floors: mediansOf(floors), ...summary(turns), idleMebibytes, peakMebibytes };
}

type Turn = { readonly name: ContenderName; readonly window: Window; readonly eventLoopP99: number | undefined };

async function takeTurn(servers: Servers, work: Work, contender: Contender, seconds: number): Promise<Turn> {
  const { name, metrics } = contender;
  await metrics?.();
  const window = await cpuWindow(servers, contender, queueOf(work, name), seconds);
  return { name, window, eventLoopP99: metrics && eventLoopP99(await metrics()) };
}

function summary(turns: readonly Turn[]): Pick<Comparison, 'contenders' | 'eventLoopP99Milliseconds'> {
  const windows = Object.entries(Object.groupBy(turns, ({ name }) => name));
  const medians = windows.map(([name, taken]) => [name, mediansOf(taken.map(({ window }) => window))]);
  return {
    contenders: Object.fromEntries(medians),
    eventLoopP99Milliseconds: median(turns.flatMap((turn) => turn.eventLoopP99 ?? [])),
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
