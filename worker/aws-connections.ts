import type { Clock } from '../api/clock.ts';
import { parseQueueUrl } from '../api/queue-url.ts';
import { queueRegion, type WorkerConfig } from '../api/worker-config.ts';
import { type AwsOptions, openQueue, openStream, type QueueConnection } from '../aws/clients.ts';
import { credentialsOf } from '../aws/identity.ts';
import { rotatingCredentials } from '../aws/rotating-credentials.ts';
import { FileSink } from './audit/file-sink.ts';
import { FirehoseSink } from './audit/firehose-sink.ts';
import type { AuditSink } from './audit/sink.ts';
import { secretCredentials } from './aws-credentials.ts';
import type { WorkerLog } from './log.ts';
import type { Secrets } from './wire/secrets.ts';

export type AwsContext = {
  /** The worker's name. */
  readonly worker: string;
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly log: WorkerLog;
};

/** What a worker speaks to besides its recipient. */
export type AwsConnections = {
  readonly queue: QueueConnection;
  /** Undefined: there is no queue for dead letters. */
  readonly deadLetterQueue: QueueConnection | undefined;
  /** Undefined: nothing is audited. */
  readonly sink: AuditSink | undefined;
};

type Identity = AwsOptions['credentials'];

/**
 * Opens the queues and the audit sink of a Courier.
 * @throws AwsError when one of them cannot be found; Error with a sentence when the audit directory cannot be used.
 */
export async function openAwsConnections(config: WorkerConfig, context: AwsContext): Promise<AwsConnections> {
  const { spec } = config;
  const credentials = await identityOf(config, context);
  const [queue, deadLetterQueue, sink] = await Promise.all([
    openQueue({ ...spec.queue, region: queueRegion(spec.queue), credentials }, context.clock),
    openDeadLetterQueue(config, credentials, context.clock),
    openSink(config, credentials, context),
  ]);
  return { queue, deadLetterQueue, sink };
}

/** The queue for dead letters is at the same endpoint, in the region of its host or that of the queue. */
async function openDeadLetterQueue(
  { spec }: WorkerConfig,
  credentials: Identity,
  clock: Clock,
): Promise<QueueConnection | undefined> {
  const { deadLetterUrl: url, endpoint } = spec.queue;
  if (url === undefined) return undefined;
  return await openQueue(
    { url, endpoint, region: parseQueueUrl(url).region ?? queueRegion(spec.queue), credentials },
    clock,
  );
}

/** As whom AWS is called: with the credentials of a Secret as they are at the moment, where one is named. */
function identityOf({ spec: { aws } }: WorkerConfig, { worker, secrets, clock }: AwsContext) {
  const secret = aws?.credentialsSecretRef;
  const credentials = secret && rotatingCredentials(secretCredentials(secrets, secret.name), () => clock.now());
  return credentialsOf({ roleArn: aws?.roleArn, externalId: aws?.externalId, credentials }, worker);
}

async function openSink(
  { spec }: WorkerConfig,
  credentials: Identity,
  { worker, clock, log }: AwsContext,
): Promise<AuditSink | undefined> {
  const { file, firehose } = spec.audit;
  if (firehose !== undefined) {
    const region = firehose.region ?? queueRegion(spec.queue);
    return new FirehoseSink((await openStream({ ...firehose, region, credentials }, clock)).port);
  }
  if (file === undefined) return undefined;
  const sink = await FileSink.open({ ...file, worker, clock });
  for (const { cutPath, ...found } of sink.recovered) {
    if (cutPath === undefined) log.warn('an audit segment that a dead worker had left open was finished', found);
    else log.error('an audit segment was damaged: look for whole records in what was cut off', { ...found, cutPath });
  }
  return sink;
}
