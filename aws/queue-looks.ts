import type { Clock } from '../api/clock.ts';
import { parseAnswer } from './answers.ts';
import { type AwsOptions, clientSettings, configuredEndpoint, identity, resolveRegion } from './clients.ts';
import { DataPlane } from './data-plane.ts';
import { AwsError, type AwsSubject } from './errors.ts';
import { attributesIn, type QueueAttributes, readQueueAttributes } from './queue-attributes.ts';

/** A look that is late is no look: the next one comes by itself. */
const timeoutMs = 5_000;
/**
 * The attributes of a queue are a few kilobytes; its policy, the largest, has 8 at most. Whoever writes a Courier chooses the
 * server that is asked here, and it must not fill the memory of a process that looks after other people's queues as well.
 */
const maxAnswerBytes = 262_144;

/**
 * Looks at the queues of one place as one identity, with shared connections and credentials. Who looks at thousands of
 * queues every few seconds pays for little else: the AWS SDK's way through a call costs ten times as much.
 */
export type QueueLooks = {
  /** What SQS says of the queue `url`. @throws AwsError */
  attributes(url: string, signal?: AbortSignal): Promise<QueueAttributes>;
  /** Lets open calls finish, then closes all connections. */
  close(): Promise<void>;
};

/**
 * Opens the place where the queue `url` is, as `openQueue` finds it. No call is made yet.
 * @throws AwsError as `openQueue`.
 */
export async function openQueueLooks(options: AwsOptions & { url: string }, clock: Clock): Promise<QueueLooks> {
  const { SQSClient } = await import('@aws-sdk/client-sqs');
  const client = new SQSClient(clientSettings(options));
  const at = { resource: 'queue', name: options.url } as const;
  const region = await resolveRegion(client, at);
  const endpoint = (await configuredEndpoint(client, options.endpoint)) ?? new URL(options.url).origin;
  const place: Omit<AwsSubject, 'name'> = { resource: 'queue', region, endpoint };
  const plane = new DataPlane({
    ...{ service: 'sqs', jsonVersion: '1.0', region, endpoint, clock, subject: { ...at, ...place } },
    ...{ ...identity(client), maxAnswerBytes },
  });
  return {
    async attributes(url, signal) {
      const body = JSON.stringify({ QueueUrl: url, AttributeNames: ['All'] });
      const read = (answer: Buffer) => readQueueAttributes(url, attributesIn(parseAnswer(answer)) ?? {});
      const call = () => plane.call('AmazonSQS.GetQueueAttributes', body, { timeoutMs, read }, signal);
      try {
        // An idle connection that SQS closes just as it is used again is no failure.
        return await call().catch((error) => {
          if (error instanceof AwsError && error.code === 'Network') return call();
          throw error;
        });
      } catch (error) {
        throw error instanceof AwsError ? error.about({ ...place, name: url }) : error;
      }
    },
    async close() {
      await plane.close();
      client.destroy();
    },
  };
}
