import { type Clock, sleep } from '../../api/clock.ts';
import type { Courier } from '../../api/v1alpha1.gen.ts';
import type { Credentials } from '../../aws/sigv4.ts';
import { ExchangeClient } from '../../operator/exchange/exchange-client.ts';
import { abortable } from '../abortable.ts';
import type { Range } from '../option-values.ts';
import { preflight } from './preflight.ts';
import { RecentWarnings } from './recent-warnings.ts';
import { type Opened, prepare, type Run } from './run.ts';
import type { SecretSources } from './secret-directories.ts';
import type { CourierSnapshot } from './snapshot.ts';
import type { View } from './view.ts';
import { WorkerFiles } from './worker-files.ts';

export type SessionOptions = {
  readonly couriers: readonly Courier[];
  /** Where the Secrets that they name come from. */
  readonly secrets: SecretSources;
  /** Instead of the manifest's own bounds. */
  readonly workers?: Range | undefined;
  readonly intervalMs: number;
  /** End when every queue is empty and nothing is held. */
  readonly untilEmpty: boolean;
  /** Where the workers' logs go; a temporary directory when undefined. */
  readonly logDirectory?: string | undefined;
  /** The script that runs a worker when given the argument `worker`. */
  readonly entry: string;
  /** Added to the workers' environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly credentials?: Credentials | undefined;
  readonly view: View;
  readonly clock: Clock;
};

/** When to stop: by draining, or at once. */
export type Stop = { readonly drain: AbortSignal; readonly kill: AbortSignal };

/** While fleets drain, their workers are asked often, so that what they did last is counted. */
const drainIntervalMs = 100;
/** A process that is killed is gone in milliseconds; beyond this nobody waits for the system to say so. */
const killedWithinMs = 1000;
/** How long the queue may take to say what is left at the end; less when everything is to end at once. */
const lastLookMs = { drained: 5000, killed: 500 } as const;
/** SQS's counters are approximate: a queue is empty when they say so this often in a row. */
const emptySamples = 3;

/**
 * Runs all Couriers on this machine until `stop.drain` aborts or, if asked to, until their queues are empty; then drains.
 * Whatever is waited for when `stop.drain` aborts is given up; when `stop.kill` does, so is draining.
 *
 * @returns the last look at each Courier; none when `stop.drain` aborted before the first worker was started.
 * @throws CommandError when a queue or an audit cannot be used: then nothing was started.
 */
export async function runSession(options: SessionOptions, stop: Stop): Promise<readonly CourierSnapshot[]> {
  const { clock, view } = options;
  const opened: Opened[] = [];
  const exchange = new ExchangeClient();
  let files: WorkerFiles | undefined;
  try {
    await openQueues(options, opened, stop.drain);
    if (stop.drain.aborted) {
      view.note('Ended before a worker was started.');
      return [];
    }
    files = await WorkerFiles.create(options.logDirectory, (sentence) => view.note(sentence));
    const { logs } = files;
    view.note(`The workers' logs are in ${logs.directory}.`);
    const recent = new RecentWarnings(clock);
    const warn = () => {
      for (const warning of logs.newWarnings()) if (recent.isNew(warning)) view.warn(warning);
    };
    const runs: Run[] = [];
    for (const each of opened) runs.push(await prepare(each, { ...options, files, exchange }));
    await scale(runs, options, warn, stop.drain);
    return await drain(runs, options, warn, stop.kill);
  } finally {
    view.close();
    await Promise.all([exchange.close(), ...opened.map(({ queue }) => queue.close())]);
    await files?.remove();
  }
}

/** Adds the queue of each Courier to `opened`, until `signal` aborts. */
async function openQueues(
  { clock, couriers, credentials }: SessionOptions,
  opened: Opened[],
  signal: AbortSignal,
): Promise<void> {
  try {
    for (const courier of couriers) {
      const queue = await abortable(preflight(courier, clock, credentials, signal), signal);
      opened.push({ courier, queue });
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

async function scale(
  runs: readonly Run[],
  { clock, intervalMs, untilEmpty, view }: SessionOptions,
  warn: () => void,
  stop: AbortSignal,
): Promise<void> {
  let empty = 0;
  while (!stop.aborted) {
    const startMs = clock.monotonic();
    const snapshots = await Promise.all(runs.map(({ scaler }) => scaler.tick(stop)));
    if (stop.aborted) return;
    warn();
    view.show(snapshots);
    empty = snapshots.every(isEmpty) ? empty + 1 : 0;
    if (untilEmpty && empty >= emptySamples) return;
    await sleep(clock, Math.max(0, intervalMs - (clock.monotonic() - startMs)), stop);
  }
}

async function drain(
  runs: readonly Run[],
  { clock, view }: SessionOptions,
  warn: () => void,
  kill: AbortSignal,
): Promise<readonly CourierSnapshot[]> {
  const killAll = () => {
    for (const { fleet } of runs) fleet.kill();
  };
  kill.addEventListener('abort', killAll, { once: true });
  const drained = new AbortController();
  void Promise.all(runs.map(({ fleet }) => fleet.drain())).then(() => drained.abort());
  if (kill.aborted) killAll();
  const over = AbortSignal.any([drained.signal, kill]);
  while (!over.aborted) {
    const snapshots = await Promise.all(runs.map(({ scaler }) => scaler.look(over)));
    if (!over.aborted) view.show(snapshots);
    warn();
    await sleep(clock, drainIntervalMs, over);
  }
  await sleep(clock, killedWithinMs, drained.signal);
  warn();
  const last = await lastLook(runs, clock, kill);
  kill.removeEventListener('abort', killAll);
  return last;
}

/** What is left of each Courier, without the queue's counters where it does not give them soon. */
async function lastLook(runs: readonly Run[], clock: Clock, kill: AbortSignal): Promise<readonly CourierSnapshot[]> {
  const late = new AbortController();
  const timer = clock.setTimeout(() => late.abort(), kill.aborted ? lastLookMs.killed : lastLookMs.drained);
  const signal = kill.aborted ? late.signal : AbortSignal.any([late.signal, kill]);
  try {
    return await Promise.all(runs.map(({ scaler }) => scaler.look(signal)));
  } finally {
    timer.cancel();
  }
}

function isEmpty({ queue, totals }: CourierSnapshot): boolean {
  return queue !== null && queue.visible + queue.notVisible + queue.delayed + totals.held === 0;
}
