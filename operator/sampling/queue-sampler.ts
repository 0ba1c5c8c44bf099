import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Clock } from '../../api/clock.ts';
import { queueRegion } from '../../api/worker-config.ts';
import { credentialsOf, type Identity } from '../../aws/identity.ts';
import { getQueueAttributes, type QueueAttributes } from '../../aws/queue-attributes.ts';
import type { Credentials } from '../../aws/sigv4.ts';
import type { LiveCourier } from '../courier/objects.ts';
import { keyOfRef } from '../kube/objects.ts';

/** Reads the credentials in a Secret that a Courier names. @throws Error with a sentence when they are not there. */
export type ReadCredentials = (namespace: string, secretName: string, signal: AbortSignal) => Promise<Credentials>;

export type QueueSamplerOptions = {
  readonly clock: Clock;
  readonly readCredentials: ReadCredentials;
  /** Where SQS is when a Courier does not say; undefined: where the AWS SDK finds it. */
  readonly endpoint?: string | undefined;
};

/** The control plane's deadlines: a look that is late is no look. */
const requestHandler = { connectionTimeout: 3_000, requestTimeout: 5_000, throwOnRequestTimeout: true };

/**
 * Looks at the queues of Couriers. Couriers that call the same place as the same identity share a client, and with it
 * connections and credentials: two thousand clients would be a gigabyte.
 */
export class QueueSampler {
  readonly #options: QueueSamplerOptions;
  readonly #clients = new Map<string, Entry>();
  /** By `namespace/name`. */
  readonly #secrets = new Map<string, { readonly credentials: Credentials; readonly readMs: number }>();

  constructor(options: QueueSamplerOptions) {
    this.#options = options;
  }

  /**
   * What SQS says of the queue of a Courier.
   * @throws AwsError, or what reading its credentials throws.
   */
  async look(courier: LiveCourier, signal: AbortSignal): Promise<QueueAttributes> {
    const { queue, aws = {} } = courier.spec;
    const { namespace } = courier.metadata;
    const secretName = aws.credentialsSecretRef?.name;
    const secret = secretName === undefined ? undefined : { namespace, name: secretName };
    const credentials = secret && (await this.#credentials(secret, signal));
    const region = queueRegion(queue);
    const endpoint = queue.endpoint ?? this.#options.endpoint;
    const identity: Identity = { roleArn: aws.roleArn, externalId: aws.externalId, credentials };
    const client = await this.#client({ region, endpoint, identity });
    try {
      return await getQueueAttributes(client, { resource: 'queue', name: queue.url, region, endpoint }, signal);
    } catch (error) {
      // They may have been replaced: the next look reads them anew.
      if (secret !== undefined) this.#secrets.delete(keyOfRef(secret));
      throw error;
    }
  }

  async close(): Promise<void> {
    for (const { client } of this.#clients.values()) (await client).destroy();
    this.#clients.clear();
    this.#secrets.clear();
  }

  /** Couriers share Secrets too. Rotated credentials are used within half a minute, and a new client is made for them. */
  async #credentials(secret: SecretRef, signal: AbortSignal): Promise<Credentials> {
    const key = keyOfRef(secret);
    const nowMs = this.#options.clock.monotonic();
    const read = this.#secrets.get(key);
    if (read !== undefined && nowMs - read.readMs < secretMs) return read.credentials;
    const credentials = await this.#options.readCredentials(secret.namespace, secret.name, signal);
    this.#secrets.delete(key);
    this.#secrets.set(key, { credentials, readMs: nowMs });
    return credentials;
  }

  #client(settings: ClientSettings): Promise<SQSClient> {
    const nowMs = this.#options.clock.monotonic();
    const key = JSON.stringify(settings);
    const entry = this.#clients.get(key) ?? { client: newClient(settings), usedMs: nowMs };
    entry.usedMs = nowMs;
    // The least recently used come first.
    this.#clients.delete(key);
    this.#clients.set(key, entry);
    this.#forgetUnused(nowMs);
    return entry.client;
  }

  #forgetUnused(nowMs: number): void {
    for (const [key, { client, usedMs }] of this.#clients) {
      if (nowMs - usedMs < unusedMs) break;
      this.#clients.delete(key);
      void client.then((unused) => unused.destroy());
    }
    for (const [key, { readMs }] of this.#secrets) {
      if (nowMs - readMs < unusedMs) return;
      this.#secrets.delete(key);
    }
  }
}

type SecretRef = { readonly namespace: string; readonly name: string };

/** Credentials that work are read again after this long. */
const secretMs = 30_000;

type Entry = { readonly client: Promise<SQSClient>; usedMs: number };

/** A client that no Courier has used for this long is closed: its credentials have been rotated, or its Couriers are gone. */
const unusedMs = 600_000;

/** The next look comes by itself; but an idle connection that SQS closes just as it is used again is no failure. */
const maxAttempts = 2;

type ClientSettings = {
  readonly region: string | undefined;
  readonly endpoint: string | undefined;
  readonly identity: Identity;
};

async function newClient({ region, endpoint, identity }: ClientSettings): Promise<SQSClient> {
  const { SQSClient } = await import('@aws-sdk/client-sqs');
  const credentials = await credentialsOf(identity, 'operator');
  return new SQSClient({
    maxAttempts,
    requestHandler,
    ...(region !== undefined && { region }),
    ...(endpoint !== undefined && { endpoint }),
    ...(credentials !== undefined && { credentials }),
  });
}
