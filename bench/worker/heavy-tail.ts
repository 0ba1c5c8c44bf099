import { join } from 'node:path';
import { median } from '../statistics.ts';
import type { Rounds } from './comparison.ts';
import { type ContenderName, startContender } from './contender.ts';
import type { Servers } from './servers.ts';
import { steadyWindow } from './window.ts';

/** What Little's law allows at a limit of requests, and what each contender makes of it. Rates in messages a second. */
export type HeavyTail = {
  readonly inFlight: number;
  readonly meanLatencyMilliseconds: number;
  readonly idealPerSecond: number;
  readonly perSecond: Readonly<Partial<Record<ContenderName, number>>>;
};

const inFlight = 100;
const names: readonly ContenderName[] = ['courier', 'sqs-consumer', 'squiss-ts'];
/** Long enough for limits that adapt to have found their place. */
const warmUpSeconds = 3;

/** A recipient that takes 20 ms, and half a second once in a hundred times; receives and deletes take 8 ms. */
export async function measureHeavyTail(servers: Servers, directory: string, rounds: Rounds): Promise<HeavyTail> {
  const rates = new Map<ContenderName, number[]>(names.map((name) => [name, []]));
  const latencies: number[] = [];
  const contenders = [];
  for (const name of names) {
    const queue = `heavy-tail-${name}`;
    const queueUrl = await servers.createQueue({ name: queue, bodyBytes: 1024, receiveMs: 8, deleteMs: 8 });
    const path = `/${queue}`;
    const recipientUrl = await servers.slowRecipient({ path, ms: 20, tailMs: 500 });
    const own = { queueUrl, recipientUrl, directory: join(directory, queue), inFlight };
    contenders.push({ path, queue, ...(await startContender(name, { ...own, awsEndpoint: servers.awsEndpoint })) });
  }
  for (let round = 0; round < rounds.rounds; round++) {
    for (const contender of contenders) {
      const before = await servers.sinkCounters(contender.path);
      const seen = await steadyWindow(servers, contender, contender.queue, warmUpSeconds, rounds.seconds * 2);
      const after = await servers.sinkCounters(contender.path);
      rates.get(contender.name)?.push(seen.messagesPerSecond);
      if (contender.name === 'courier') {
        latencies.push((after.totalMs - before.totalMs) / (after.requests - before.requests));
      }
    }
  }
  await Promise.all(contenders.map(({ child }) => child.end()));
  const meanLatencyMilliseconds = median(latencies);
  return {
    inFlight,
    meanLatencyMilliseconds,
    idealPerSecond: (inFlight * 1000) / meanLatencyMilliseconds,
    perSecond: Object.fromEntries([...rates].map(([name, seen]) => [name, median(seen)])),
  };
}
