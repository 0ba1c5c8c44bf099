import type { Clock } from '../../api/clock.ts';
import { queueRegion } from '../../api/worker-config.ts';
import { credentialsOf, type Identity } from '../../aws/identity.ts';
import type { QueueAttributes } from '../../aws/queue-attributes.ts';
import { openQueueLooks, type QueueLooks } from '../../aws/queue-looks.ts';
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

/**
 * Looks at the queues of Couriers. Couriers that call the same place as the same identity share
 * connections and credentials: two thousand clients would be a gigabyte.
 */
export class QueueSampler {
  readonly #options: QueueSamplerOptions;
  readonly #places = new Map<string, Entry>();
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
    const place: Place = {
      region: queueRegion(queue),
      endpoint: queue.endpoint ?? this.#options.endpoint,
      origin: new URL(queue.url).origin,
      identity: { roleArn: aws.roleArn, externalId: aws.externalId, credentials },
      sessionName: aws.roleArn === undefined ? undefined : sessionNameFor(namespace),
    };
    try {
      return await (await this.#looks(place, queue.url)).attributes(queue.url, signal);
    } catch (error) {
      // They may have been replaced: the next look reads them anew.
      if (secret !== undefined) this.#secrets.delete(keyOfRef(secret));
      throw error;
    }
  }

  async close(): Promise<void> {
    const open = await Promise.allSettled([...this.#places.values()].map(({ looks }) => looks));
    await Promise.all(open.map((looks) => looks.status === 'fulfilled' && looks.value.close()));
    this.#places.clear();
    this.#secrets.clear();
  }

  /** Couriers share Secrets too. Rotated credentials are used within half a minute. */
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

  #looks(place: Place, url: string): Promise<QueueLooks> {
    const { clock } = this.#options;
    const nowMs = clock.monotonic();
    const key = JSON.stringify(place);
    const known = this.#places.get(key);
    const entry = known ?? { looks: openLooks(place, url, clock), usedMs: nowMs };
    // What cannot be opened is tried anew by the next look.
    if (known === undefined) entry.looks.catch(() => this.#places.delete(key));
    entry.usedMs = nowMs;
    // The least recently used come first.
    this.#places.delete(key);
    this.#places.set(key, entry);
    this.#forgetUnused(nowMs);
    return entry.looks;
  }

  #forgetUnused(nowMs: number): void {
    for (const [key, { looks, usedMs }] of this.#places) {
      if (nowMs - usedMs < unusedMs) break;
      this.#places.delete(key);
      void looks.then((unused) => unused.close());
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

type Entry = { readonly looks: Promise<QueueLooks>; usedMs: number };

/** What no Courier has used for this long is closed: its credentials have been rotated, or its Couriers are gone. */
const unusedMs = 600_000;

/** Where queues are, and as whom they are looked at. */
type Place = {
  readonly region: string | undefined;
  readonly endpoint: string | undefined;
  /** Of the queue's URL. */
  readonly origin: string;
  readonly identity: Identity;
  /** What the session of an assumed role is called. */
  readonly sessionName: string | undefined;
};

/** The longest name of a namespace that fits: a session's name has 64 characters, `courier-operator.` is 17 of them. */
const maxNamespaceLength = 47;

/**
 * A session of a role says for which namespace the role is assumed, so that the role's trust policy can hold it against the
 * namespaces that may name it (`sts:RoleSessionName`): the operator's own right to assume a role is one for all of them. The
 * name of a longer namespace is left out, and not cut off, since it could then be taken for another's.
 */
function sessionNameFor(namespace: string): string {
  return namespace.length > maxNamespaceLength ? 'operator' : `operator.${namespace}`;
}

async function openLooks(place: Place, url: string, clock: Clock): Promise<QueueLooks> {
  const { region, endpoint, identity, sessionName = 'operator' } = place;
  return openQueueLooks({ region, endpoint, url, credentials: await credentialsOf(identity, sessionName) }, clock);
}
