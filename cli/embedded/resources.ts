import { CreateDeliveryStreamCommand, FirehoseClient } from '@aws-sdk/client-firehose';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Credentials } from '../../aws/sigv4.ts';

/** Where an AWS-compatible server is. */
export type Server = { readonly endpoint: string; readonly region: string };

/** The embedded server takes any signature; the SDK only wants to have something to sign with. */
export const embeddedCredentials: Credentials = { accessKeyId: 'embedded', secretAccessKey: 'embedded' };

/**
 * Makes a queue, FIFO when its name ends in `.fifo`.
 * @returns its URL.
 */
export async function createQueue({ endpoint, region }: Server, name: string): Promise<string> {
  const client = new SQSClient({ endpoint, region, credentials: embeddedCredentials });
  const Attributes = name.endsWith('.fifo') ? { FifoQueue: 'true' } : {};
  const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName: name, Attributes }));
  client.destroy();
  if (QueueUrl === undefined) throw new Error(`${endpoint} made the queue ${name} and does not say where it is`);
  return QueueUrl;
}

/** Makes a delivery stream that takes records directly. */
export async function createStream({ endpoint, region }: Server, name: string): Promise<void> {
  const client = new FirehoseClient({ endpoint, region, credentials: embeddedCredentials });
  await client.send(new CreateDeliveryStreamCommand({ DeliveryStreamName: name, DeliveryStreamType: 'DirectPut' }));
  client.destroy();
}

/** The environment that lets an SDK or the aws command line talk to the server. */
export function serverEnvironment({ endpoint, region }: Server): Readonly<Record<string, string>> {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: embeddedCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: embeddedCredentials.secretAccessKey,
  };
}
