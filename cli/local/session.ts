import { type Clock, sleep } from '../../api/clock.ts';
import type { Courier } from '../../api/v1alpha1.gen.ts';
import type { QueueConnection } from '../../aws/clients.ts';
import { describeAwsFailure } from '../../aws/explain.ts';
import type { Credentials } from '../../aws/sigv4.ts';
import { scalingPolicy } from '../../operator/scaling/policy.ts';
import type { Range } from '../option-values.ts';
import { preflight } from './preflight.ts';
import { ProcessFleet } from './process-fleet.ts';
import { RecentWarnings } from './recent-warnings.ts';
import { Scaler } from './scaler.ts';
import type { CourierSnapshot } from './snapshot.ts';
import { workerSpawner } from './spawn-worker.ts';
import type { View } from './view.ts';
import { readWorkerStatus } from './worker-client.ts';
import { WorkerFiles } from './worker-files.ts';

export type SessionOptions = {
  readonly couriers: readonly Courier[];
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

/** One Courier at work. */
type Run = { readonly fleet: ProcessFleet; readonly scaler: Scaler };

/** While fleets drain, their workers are asked often, so that what they did last is counted. */
const drainIntervalMs = 100;
/** SQS's counters are approximate: a queue is empty when they say so this often in a row. */
const emptySamples = 3;

/**
 * Runs all Couriers on this machine until `stop.drain` aborts or, if asked to, until their queues are empty; then drains.
 *
 * @returns the last look at each Courier.
 * @throws CommandError when a queue or an audit cannot be used: then nothing was started.
 */
export async function runSession(options: SessionOptions, stop: Stop): Promise<readonly CourierSnapshot[]> {
  const { clock, couriers, credentials, view } = options;
  const opened: { courier: Courier; queue: QueueConnection }[] = [];
  let files: WorkerFiles | undefined;
  try {
    for (const courier of couriers) opened.push({ courier, queue: await preflight(courier, clock, credentials) });
    files = await WorkerFiles.create(options.logDirectory);
    const { logs } = files;
    view.note(`The workers' logs are in ${logs.directory}.`);
    const recent = new RecentWarnings(clock);
    const warn = () => {
      for (const warning of logs.newWarnings()) if (recent.isNew(warning)) view.warn(warning);
    };
    const runs: Run[] = [];
    for (const { courier, queue } of opened) runs.push(await prepare(courier, queue, files, options));
    await scale(runs, options, warn, stop.drain);
    return await drain(runs, options, warn, stop.kill);
  } finally {
    view.close();
    await Promise.all(opened.map(({ queue }) => queue.close()));
    await files?.remove();
  }
}

async function prepare(
  courier: Courier,
  queue: QueueConnection,
  files: WorkerFiles,
  { clock, couriers, entry, env, view, workers }: SessionOptions,
): Promise<Run> {
  const { metadata, spec } = courier;
  const namesakes = couriers.filter(({ metadata: { name } }) => name === metadata.name).length;
  const name = namesakes === 1 ? metadata.name : `${metadata.namespace}-${metadata.name}`;
  const configPath = await files.writeConfig(courier);
  const spawn = workerSpawner({ entry, configPath, logs: files.logs, env });
  const report = (sentence: string) => view.note(sentence);
  const fleet = new ProcessFleet({ courier: name, spawn, readStatus: readWorkerStatus, clock, report });
  const policy = scalingPolicy(spec);
  const scaler = new Scaler({
    courier: name,
    policy: workers === undefined ? policy : { ...policy, minReplicas: workers.min, maxReplicas: workers.max },
    suspended: spec.suspend,
    fleet,
    readQueue: async () => {
      try {
        return (await queue.attributes()).counters;
      } catch (error) {
        throw new Error(describeAwsFailure(error).sentence, { cause: error });
      }
    },
    clock,
  });
  return { fleet, scaler };
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
    const snapshots = await Promise.all(runs.map(({ scaler }) => scaler.tick()));
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
  const draining = Promise.all(runs.map(({ fleet }) => fleet.drain())).then(() => drained.abort());
  if (kill.aborted) killAll();
  const look = () => Promise.all(runs.map(({ scaler }) => scaler.look()));
  while (!drained.signal.aborted) {
    view.show(await look());
    warn();
    await sleep(clock, drainIntervalMs, drained.signal);
  }
  await draining;
  kill.removeEventListener('abort', killAll);
  warn();
  return await look();
}

function isEmpty({ queue, totals }: CourierSnapshot): boolean {
  return queue !== null && queue.visible + queue.notVisible + queue.delayed + totals.held === 0;
}
