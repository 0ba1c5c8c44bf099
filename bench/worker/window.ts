import { setTimeout as delay } from 'node:timers/promises';
import type { QueueCounters } from '../canned-sqs.ts';
import { cpuSeconds } from '../process-usage.ts';
import type { Contender } from './contender.ts';
import type { Servers } from './servers.ts';

/** What a contender did while its queue was open. */
export type Window = {
  /** Microseconds of CPU, user and system, for each message that was deleted. */
  readonly cpuPerMessage: number;
  readonly messagesPerSecond: number;
  /** Mean messages of a receive, of a delete, and records of a put. */
  readonly receiveFill: number;
  readonly deleteFill: number;
  readonly putFill: number;
};

/**
 * Opens a contender's queue for a while, then closes it and lets the contender finish: all that the messages cost is in the
 * window, and nothing else of the contender but its timers.
 */
export async function cpuWindow(
  servers: Servers,
  { child }: Contender,
  queue: string,
  seconds: number,
): Promise<Window> {
  const before = await servers.counters(queue);
  const cpuBefore = await cpuSeconds(child.process.pid);
  const startMs = performance.now();
  await servers.open(queue);
  await delay(seconds * 1000);
  await servers.close(queue);
  const elapsedSeconds = (performance.now() - startMs) / 1000;
  const cpu = (await cpuSeconds(child.process.pid)) - cpuBefore;
  return window(before, await servers.counters(queue), cpu, elapsedSeconds);
}

/** The same in the middle of a longer run: the rate of a contender that has found its pace. */
export async function steadyWindow(
  servers: Servers,
  { child }: Contender,
  queue: string,
  warmUpSeconds: number,
  seconds: number,
): Promise<Window> {
  await servers.open(queue);
  await delay(warmUpSeconds * 1000);
  const before = await servers.counters(queue);
  const cpuBefore = await cpuSeconds(child.process.pid);
  const startMs = performance.now();
  await delay(seconds * 1000);
  const after = await servers.counters(queue);
  const elapsedSeconds = (performance.now() - startMs) / 1000;
  const cpu = (await cpuSeconds(child.process.pid)) - cpuBefore;
  await servers.close(queue);
  return window(before, after, cpu, elapsedSeconds);
}

function window(before: QueueCounters, after: QueueCounters, cpu: number, seconds: number): Window {
  const grown = (key: keyof QueueCounters) => after[key] - before[key];
  return {
    cpuPerMessage: (cpu * 1e6) / grown('deleted'),
    messagesPerSecond: grown('deleted') / seconds,
    receiveFill: grown('messages') / grown('receives'),
    deleteFill: grown('deleted') / grown('deletes'),
    putFill: grown('records') / grown('puts'),
  };
}
