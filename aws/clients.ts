import type { FirehoseClient } from '@aws-sdk/client-firehose';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Clock } from '../api/clock.ts';
import { parseQueueUrl } from '../api/queue-url.ts';
import { DataPlane } from './data-plane.ts';
import type { AwsSubject } from './errors.ts';
import { FirehoseStream } from './firehose-stream.ts';
import type { QueuePort, SendPort, StreamPort } from './ports.ts';
import { getQueueAttributes, type QueueAttributes } from './queue-attributes.ts';
import { toAwsError } from './sdk-errors.ts';
import type { Credentials } from './sigv4.ts';
import { SqsQueue } from './sqs-queue.ts';
import { describeStream, type StreamDescription } from './stream-description.ts';

/**
 * Where a service is and as whom to call it. What is left out is found as every program that uses the AWS SDK finds it:
 * environment variables, the shared configuration files, the identity of the pod, the container or the machine.
 */
export type AwsOptions = {
  readonly region?: string | undefined;
  /** `http://localhost:9324`. */
  readonly endpoint?: string | undefined;
  readonly credentials?: Credentials | (() => Promise<Credentials>) | undefined;
};

/** An open queue: its hot calls, and the look at it. */
export type QueueConnection = {
  readonly port: QueuePort & SendPort;
  readonly region: string;
  readonly endpoint: string;
  /** What SQS says of the queue. @throws AwsError */
  attributes(signal?: AbortSignal): Promise<QueueAttributes>;
  /** Lets open calls finish, then closes all connections. */
  close(): Promise<void>;
};

/** An open delivery stream: its hot call, and the look at it. */
export type StreamConnection = {
  readonly port: StreamPort;
  readonly region: string;
  readonly endpoint: string;
  /** What Firehose says of the stream. @throws AwsError */
  describe(signal?: AbortSignal): Promise<StreamDescription>;
  /** Lets open calls finish, then closes all connections. */
  close(): Promise<void>;
};

/** The control plane's deadlines. The SDK tries three times: a look that fails takes half a minute at most. */
const requestHandler = { connectionTimeout: 5_000, requestTimeout: 5_000, throwOnRequestTimeout: true };

/**
 * Opens a queue. No call is made yet.
 * - Region: `region`, else the one in the queue URL's host, else the SDK's default.
 * - Endpoint: `endpoint`, else `AWS_ENDPOINT_URL_SQS` or `AWS_ENDPOINT_URL` (or the profile's), else the queue URL's origin.
 * @throws AwsError `Region` when there is none, `Endpoint` when it is not an HTTP origin.
 * @throws TypeError when `url` is not a queue URL.
 */
export async function openQueue(options: AwsOptions & { url: string }, clock: Clock): Promise<QueueConnection> {
  const { url } = options;
  const { SQSClient } = await import('@aws-sdk/client-sqs');
  const settings = clientSettings({ ...options, region: options.region ?? parseQueueUrl(url).region });
  // Given to the SDK too, as a function: it needs the client that it belongs to.
  const endpointOf = async () => (await configuredEndpoint(client, options.endpoint)) ?? new URL(url).origin;
  const client = new SQSClient({ ...settings, endpoint: async () => ({ url: new URL(await endpointOf()) }) });
  const region = await resolveRegion(client, { resource: 'queue', name: url });
  const endpoint = await endpointOf();
  const subject = { resource: 'queue', name: url, region, endpoint } as const;
  const dataPlane = {
    service: 'sqs',
    region,
    endpoint,
    jsonVersion: '1.0',
    ...identity(client),
    clock,
    subject,
  } as const;
  const polls = new DataPlane(dataPlane);
  const calls = new DataPlane(dataPlane);
  return {
    port: new SqsQueue({ url, polls, calls }),
    region,
    endpoint: polls.endpoint,
    attributes: (signal) => getQueueAttributes(client, subject, signal),
    async close() {
      await Promise.all([polls.close(), calls.close()]);
      client.destroy();
    },
  };
}

/**
 * Opens a delivery stream. No call is made yet.
 * - Region: `region`, else the SDK's default.
 * - Endpoint: `endpoint`, else `AWS_ENDPOINT_URL_FIREHOSE` or `AWS_ENDPOINT_URL` (or the profile's), else the region's.
 * @throws AwsError `Region` when there is none, `Endpoint` when it is not an HTTP origin.
 */
export async function openStream(
  options: AwsOptions & { deliveryStreamName: string },
  clock: Clock,
): Promise<StreamConnection> {
  const { deliveryStreamName } = options;
  const { FirehoseClient } = await import('@aws-sdk/client-firehose');
  const endpointSetting = options.endpoint === undefined ? {} : { endpoint: options.endpoint };
  const client = new FirehoseClient({ ...clientSettings(options), ...endpointSetting });
  const region = await resolveRegion(client, { resource: 'stream', name: deliveryStreamName });
  const endpoint = (await configuredEndpoint(client, options.endpoint)) ?? (await regionalEndpoint(client, region));
  const subject = { resource: 'stream', name: deliveryStreamName, region, endpoint } as const;
  const target = { service: 'firehose', region, endpoint, jsonVersion: '1.1' } as const;
  const dataPlane = new DataPlane({ ...target, ...identity(client), clock, subject });
  return {
    port: new FirehoseStream(deliveryStreamName, dataPlane),
    region,
    endpoint: dataPlane.endpoint,
    describe: (signal) => describeStream(client, subject, signal),
    async close() {
      await dataPlane.close();
      client.destroy();
    },
  };
}

export function clientSettings({ region, credentials }: AwsOptions) {
  return {
    requestHandler,
    ...(region !== undefined && { region }),
    ...(credentials !== undefined && { credentials }),
  };
}

/** The SDK's memoised provider: it renews what is about to expire. */
export function identity(client: SQSClient | FirehoseClient): { credentials: () => Promise<Credentials> } {
  return { credentials: () => client.config.credentials() };
}

export async function resolveRegion(client: SQSClient | FirehoseClient, subject: AwsSubject): Promise<string> {
  try {
    return await client.config.region();
  } catch (error) {
    throw toAwsError(error, subject);
  }
}

export async function configuredEndpoint(
  client: SQSClient | FirehoseClient,
  explicit: string | undefined,
): Promise<string | undefined> {
  return explicit ?? (await client.config.serviceConfiguredEndpoint?.());
}

async function regionalEndpoint(client: FirehoseClient, region: string): Promise<string> {
  const [useFips, useDualStack] = await Promise.all([
    client.config.useFipsEndpoint(),
    client.config.useDualstackEndpoint(),
  ]);
  return client.config.endpointProvider({ Region: region, UseFIPS: useFips, UseDualStack: useDualStack }).url.origin;
}
