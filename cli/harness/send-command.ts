import { randomUUID } from 'node:crypto';
import { SQSClient } from '@aws-sdk/client-sqs';
import { systemClock } from '../../api/clock.ts';
import { AwsError } from '../../aws/errors.ts';
import { describeAwsFailure } from '../../aws/explain.ts';
import { CommandError, exitCodes } from '../exit-codes.ts';
import { formatRate, plural } from '../format.ts';
import { identifyQueue } from '../identify-queue.ts';
import { listenForInterrupts } from '../interrupts.ts';
import { readManifest } from '../manifest.ts';
import { sendMessages } from './sender.ts';
import { sqsSendBatch } from './sqs-batch.ts';

/** The options of `courier harness send`. */
export type SendOptions = {
  readonly queueUrl?: string;
  readonly file?: string;
  readonly endpoint?: string;
  readonly region?: string;
  readonly count: number;
  readonly rate?: number;
  readonly size: number;
  readonly groups?: number;
  readonly attribute?: Readonly<Record<string, string>>;
  readonly run?: string;
};

/** Where messages go. */
type Target = { readonly url: string; readonly endpoint: string | undefined; readonly region: string | undefined };

/** Batches under way at once where order does not matter. */
const parallel = 4;

/** Sends test messages to a queue; resolves to the exit code. */
export async function sendCommand(options: SendOptions): Promise<number> {
  const { url, endpoint, region } = await findTarget(options);
  const { fifo, name, region: hostRegion } = identifyQueue(url);
  const plan = {
    count: options.count,
    ratePerSecond: options.rate,
    sizeBytes: options.size,
    groups: options.groups ?? (fifo ? 1 : 0),
    attributes: options.attribute ?? {},
    runId: options.run ?? randomUUID().slice(0, 8),
  };
  const target = { url, endpoint, region: region ?? hostRegion };
  const { client, origin } = openClient(target);
  const { drain } = listenForInterrupts();
  const dependencies = { clock: systemClock, random: Math.random, parallel: fifo ? 1 : parallel };
  const summary = await explained(options, async () => {
    const queue = { resource: 'queue', name: url, region: target.region, endpoint: await origin() } as const;
    return sendMessages(plan, { ...dependencies, sendBatch: sqsSendBatch(client, queue, plan, fifo) }, drain);
  });
  client.destroy();
  const { sent, failed, firstFailure, durationMs } = summary;
  const perSecond = formatRate(sent / Math.max(0.001, durationMs / 1000));
  console.log(
    `Sent ${plural(sent, 'message')} to ${name} in ${(durationMs / 1000).toFixed(1)} s (${perSecond}), run ${plan.runId}.`,
  );
  if (firstFailure !== undefined) {
    const why = `${firstFailure.code}: ${firstFailure.message}`;
    throw new CommandError(exitCodes.failed, `${plural(failed, 'message')} could not be sent (${why}).`);
  }
  return sent === plan.count ? exitCodes.ok : exitCodes.failed;
}

/** A client that calls, in this order, the endpoint given, the one of the environment, or the host of the queue URL. */
function openClient({ url, endpoint, region }: Target): { client: SQSClient; origin: () => Promise<string> } {
  const origin = async () => endpoint ?? (await client.config.serviceConfiguredEndpoint?.()) ?? new URL(url).origin;
  const client = new SQSClient({
    endpoint: async () => ({ url: new URL(await origin()) }),
    useQueueUrlAsEndpoint: false,
    ...(region !== undefined && { region }),
  });
  return { client, origin };
}

/** What the options are called that say where the queue is. */
const optionNames = { name: '--queue-url', region: '--region', endpoint: '--endpoint' } as const;

/** @throws CommandError naming the options, or the fields of the manifest, for a failure of AWS. */
async function explained<T>({ queueUrl }: SendOptions, send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    const { sentence } = describeAwsFailure(error, queueUrl === undefined ? undefined : optionNames);
    throw new CommandError(exitCodes.failed, `${sentence}.`, { cause: error });
  }
}

async function findTarget({ queueUrl, file, endpoint, region }: SendOptions): Promise<Target> {
  if (queueUrl !== undefined) return { url: queueUrl, endpoint, region };
  if (file === undefined) {
    throw new CommandError(
      exitCodes.wrong,
      'There is no queue to send to: give --queue-url, or a manifest with --file.',
    );
  }
  const { couriers } = await readManifest(file);
  const [courier, second] = couriers;
  if (courier === undefined || second !== undefined) {
    throw new CommandError(exitCodes.wrong, `${file} has several Couriers: name the queue with --queue-url.`);
  }
  const { queue } = courier.spec;
  return { url: queue.url, endpoint: endpoint ?? queue.endpoint, region: region ?? queue.region };
}
