import { parseQueueUrl } from '../../api/queue-url.ts';
import type { Courier, CourierAuditFirehose, CourierQueue } from '../../api/v1alpha1.gen.ts';
import { createQueue, createStream, type Server } from '../embedded/resources.ts';

/**
 * Makes the queue and the stream of a Courier on an embedded server, wherever its manifest names no endpoint of its own.
 * @returns the Courier as its workers are to see it: with the places where queue and stream now are.
 */
export async function embedCourier(courier: Courier, server: Server): Promise<Courier> {
  const { queue, audit } = courier.spec;
  const embeddedQueue = queue.endpoint === undefined ? await embedQueue(queue, server) : queue;
  const firehose = audit.firehose && (await embedStream(audit.firehose, server));
  return {
    ...courier,
    spec: { ...courier.spec, queue: embeddedQueue, audit: { ...audit, ...(firehose && { firehose }) } },
  };
}

async function embedQueue(queue: CourierQueue, server: Server): Promise<CourierQueue> {
  const { endpoint, region } = server;
  const create = (url: string) => createQueue(server, parseQueueUrl(url).name);
  const { url, deadLetterUrl } = queue;
  const deadLetters = deadLetterUrl === undefined ? {} : { deadLetterUrl: await create(deadLetterUrl) };
  return { ...queue, ...deadLetters, endpoint, region, url: await create(url) };
}

async function embedStream(firehose: CourierAuditFirehose, server: Server): Promise<CourierAuditFirehose> {
  if (firehose.endpoint !== undefined) return firehose;
  await createStream(server, firehose.deliveryStreamName);
  return { ...firehose, endpoint: server.endpoint, region: server.region };
}
