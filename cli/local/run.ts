import { randomUUID } from 'node:crypto';
import { drainSeconds } from '../../api/drain-time.ts';
import { environment } from '../../api/environment.ts';
import type { Courier } from '../../api/v1alpha1.gen.ts';
import type { QueueConnection } from '../../aws/clients.ts';
import { describeAwsFailure } from '../../aws/explain.ts';
import type { ExchangeClient } from '../../operator/exchange/exchange-client.ts';
import { tokenSha256 } from '../../operator/exchange/token.ts';
import type { Range } from '../option-values.ts';
import { ProcessFleet } from './process-fleet.ts';
import { Scaler } from './scaler.ts';
import type { SessionOptions } from './session.ts';
import { workerSpawner } from './spawn-worker.ts';
import type { WorkerFiles } from './worker-files.ts';

/** A Courier whose queue can be used. */
export type Opened = { readonly courier: Courier; readonly queue: QueueConnection };

/** One Courier at work. */
export type Run = { readonly fleet: ProcessFleet; readonly scaler: Scaler };

export type RunOptions = Pick<
  SessionOptions,
  'clock' | 'couriers' | 'entry' | 'env' | 'intervalMs' | 'secrets' | 'view' | 'workers'
> & {
  readonly files: WorkerFiles;
  readonly exchange: ExchangeClient;
};

/** A worker ends by itself when its time to drain is over; one that has not ended this much later never will. */
const stopGraceSeconds = 5;

/** Makes the fleet and the scaler of one Courier; nothing is started yet. */
export async function prepare({ courier, queue }: Opened, options: RunOptions): Promise<Run> {
  const { clock, couriers, entry, env, exchange, files, intervalMs, secrets, view, workers } = options;
  const { metadata, spec } = bounded(courier, workers);
  const namesakes = couriers.filter(({ metadata: { name } }) => name === metadata.name).length;
  const name = namesakes === 1 ? metadata.name : `${metadata.namespace}-${metadata.name}`;
  const configPath = await files.writeConfig({ ...courier, spec });
  // A token of this session: nobody else on this machine can give its workers orders.
  const token = randomUUID();
  const workerEnv = {
    ...env,
    [environment.secrets]: await files.layOutSecrets(courier, secrets),
    [environment.exchangeTokenSha256]: tokenSha256(token),
  };
  const spawn = workerSpawner({ entry, configPath, logs: files.logs, env: workerEnv });
  const report = (sentence: string) => view.note(sentence);
  const stopWithinMs = (drainSeconds(spec) + stopGraceSeconds) * 1000;
  const fleet = new ProcessFleet({ courier: name, spawn, stopWithinMs, clock, report });
  const scaler = new Scaler({
    ...{ courier: name, spec, fleet, intervalMs, clock },
    exchange: (address, order, signal) => exchange.exchange(address, token, order, signal),
    readQueue: async (signal) => {
      try {
        return (await queue.attributes(signal)).counters;
      } catch (error) {
        throw new Error(describeAwsFailure(error).sentence, { cause: error });
      }
    },
  });
  return { fleet, scaler };
}

/** The Courier with the bounds that were asked for on the command line, where some were. */
function bounded(courier: Courier, workers: Range | undefined): Courier {
  if (workers === undefined) return courier;
  const { spec } = courier;
  return {
    ...courier,
    spec: { ...spec, scaling: { ...spec.scaling, minReplicas: workers.min, maxReplicas: workers.max } },
  };
}
