import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../api/clock.ts';
import { parseQueueUrl } from '../../api/queue-url.ts';
import type { Courier, CourierAuditFile, CourierAuditFirehose, CourierQueue } from '../../api/v1alpha1.gen.ts';
import { queueRegion } from '../../api/worker-config.ts';
import { openQueue, openStream, type QueueConnection } from '../../aws/clients.ts';
import { AwsError } from '../../aws/errors.ts';
import { describeAwsFailure, type SettingNames } from '../../aws/explain.ts';
import type { Credentials } from '../../aws/sigv4.ts';
import { CommandError, exitCodes } from '../exit-codes.ts';

/**
 * Finds out, before a worker starts, whether the queue and the audit of a Courier can be used: a region and credentials are
 * known, the queue answers and its queue for dead letters is there, the stream is there and active, the directory can be written to.
 *
 * @returns the open queue.
 * @throws CommandError with one sentence for the first thing that is wrong, an abort included.
 */
export async function preflight(
  { metadata, spec }: Courier,
  clock: Clock,
  credentials: Credentials | undefined,
  signal: AbortSignal,
): Promise<QueueConnection> {
  const name = metadata.name;
  const { file, firehose } = spec.audit;
  if (file !== undefined) await checkDirectory(name, file);
  if (firehose !== undefined) {
    const region = firehose.region ?? queueRegion(spec.queue);
    await checkStream(name, { ...firehose, ...(region !== undefined && { region }) }, clock, credentials, signal);
  }
  let queue: QueueConnection | undefined;
  try {
    queue = await openQueue({ ...spec.queue, credentials }, clock);
    await queue.attributes(signal);
    await checkDeadLetterQueue(name, spec.queue, clock, credentials, signal);
    return queue;
  } catch (error) {
    await queue?.close();
    throw error instanceof CommandError ? error : failed(name, error);
  }
}

/** What its queue for dead letters is called in a manifest. */
const deadLetterSettings = {
  name: 'spec.queue.deadLetterUrl',
  region: 'spec.queue.region',
  endpoint: 'spec.queue.endpoint',
} as const;

async function checkDeadLetterQueue(
  name: string,
  queue: CourierQueue,
  clock: Clock,
  credentials: Credentials | undefined,
  signal: AbortSignal,
): Promise<void> {
  const { deadLetterUrl: url, endpoint } = queue;
  if (url === undefined) return;
  const region = parseQueueUrl(url).region ?? queueRegion(queue);
  const deadLetters = await openQueue({ url, endpoint, region, credentials }, clock);
  try {
    await deadLetters.attributes(signal);
  } catch (error) {
    // Who may send to it need not be allowed to look at it: only that it is missing is a mistake for certain.
    if (error instanceof AwsError && error.code === 'QueueDoesNotExist') throw failed(name, error, deadLetterSettings);
  } finally {
    await deadLetters.close();
  }
}

async function checkStream(
  name: string,
  firehose: CourierAuditFirehose,
  clock: Clock,
  credentials: Credentials | undefined,
  signal: AbortSignal,
): Promise<void> {
  let status: string;
  try {
    const stream = await openStream({ ...firehose, credentials }, clock);
    ({ status } = await stream.describe(signal));
    await stream.close();
  } catch (error) {
    throw failed(name, error);
  }
  if (status === 'ACTIVE') return;
  const sentence = `the delivery stream ${firehose.deliveryStreamName} is ${status} and takes no records: wait until it is ACTIVE, or correct spec.audit.firehose.deliveryStreamName`;
  throw new CommandError(exitCodes.failed, `${name}: ${sentence}.`);
}

async function checkDirectory(name: string, { directory }: CourierAuditFile): Promise<void> {
  const probe = join(directory, `.probe-${randomUUID()}`);
  try {
    await mkdir(directory, { recursive: true });
    await writeFile(probe, 'courier\n', { flush: true });
    await rm(probe);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const sentence = `the audit directory ${directory} cannot be written to (${why}): make it writable, free space on its disk, or correct spec.audit.file.directory`;
    throw new CommandError(exitCodes.failed, `${name}: ${sentence}.`, { cause: error });
  }
}

function failed(name: string, error: unknown, settings?: SettingNames): CommandError {
  const { sentence } = describeAwsFailure(error, settings);
  return new CommandError(exitCodes.failed, `${name}: ${sentence}.`, { cause: error });
}
