import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '../../api/clock.ts';
import { type EmbeddedAws, startEmbeddedAws } from '../../aws/embedded/server.ts';
import { type Recipient, startRecipient } from '../../cli/harness/recipient.ts';
import { acceptingScript } from '../../cli/harness/script.ts';
import type { Cluster } from './cluster.ts';
import { Couriers } from './couriers.ts';
import { eventually } from './suite.ts';

type Deployment = {
  readonly metadata: {
    readonly generation: number;
    readonly annotations: Readonly<Record<string, string>>;
    readonly managedFields?: readonly { readonly manager: string }[];
  };
  readonly spec: {
    readonly replicas: number;
    readonly template: { readonly spec: { readonly containers: readonly { readonly image: string }[] } };
  };
  readonly status?: { readonly replicas?: number; readonly readyReplicas?: number };
};

const name = 'orders';
const deployments = '/apis/apps/v1';

/** A Courier called `orders` in a namespace, with a queue, a stream and a recipient that count what passes. */
export class CourierStage {
  readonly couriers: Couriers;
  readonly #cluster: Cluster;
  readonly #namespace: string;
  readonly #aws: EmbeddedAws;
  readonly #recipient: Recipient;
  readonly #bodies: Set<string>;
  readonly #url: string;
  #sent = 0;

  private constructor(
    cluster: Cluster,
    namespace: string,
    aws: EmbeddedAws,
    recipient: Recipient,
    bodies: Set<string>,
  ) {
    this.#cluster = cluster;
    this.#namespace = namespace;
    this.#aws = aws;
    this.#recipient = recipient;
    this.#bodies = bodies;
    this.#url = aws.sqs.createQueue(name);
    aws.firehose.createDeliveryStream(name);
    this.couriers = new Couriers(cluster, namespace, aws.endpoint);
  }

  /** Opens queue, stream and recipient; the namespace exists. */
  static async open(cluster: Cluster, namespace: string): Promise<CourierStage> {
    const bodies = new Set<string>();
    const onAccepted = ({ body }: { readonly body: Buffer }) => bodies.add(body.toString());
    const recipient = await startRecipient({
      ...{ port: 0, script: acceptingScript, clock: systemClock, random: Math.random, onAccepted },
    });
    return new CourierStage(cluster, namespace, await startEmbeddedAws(), recipient, bodies);
  }

  /** Makes the Courier, and the Secret with its credentials. */
  async create(fields: Readonly<Record<string, unknown>> = {}): Promise<void> {
    await this.createSecret();
    await this.couriers.create(this.manifest(fields));
  }

  /** Makes the Secret that the Courier names. */
  async createSecret(): Promise<void> {
    await this.#cluster.controlPlane.admin.create(`/api/v1/namespaces/${this.#namespace}/secrets`, {
      metadata: { name: 'aws' },
      stringData: { AWS_ACCESS_KEY_ID: 'embedded', AWS_SECRET_ACCESS_KEY: 'embedded' },
    });
  }

  /** The Courier, with fields by their paths. */
  manifest(fields: Readonly<Record<string, unknown>> = {}): object {
    return this.couriers.manifest(name, this.#url, {
      'spec.recipient.url': this.#recipient.url,
      'spec.audit': { firehose: { deliveryStreamName: name, endpoint: this.#aws.endpoint } },
      'spec.scaling': { maxReplicas: 4, idleAfterSeconds: 3, targetMessagesPerReplica: 100, drainTargetSeconds: 10 },
      'spec.aws': { credentialsSecretRef: { name: 'aws' } },
      'spec.worker.env': undefined,
      ...fields,
    });
  }

  /** Messages of which the recipient has accepted at least one copy. */
  get delivered(): number {
    return this.#bodies.size;
  }

  async send(count: number): Promise<void> {
    for (let first = 0; first < count; first += 10) {
      const entries = Array.from({ length: 10 }, (_, index) => ({ Id: String(index), MessageBody: randomUUID() }));
      await this.#aws.sqs.call('SendMessageBatch', { QueueUrl: this.#url, Entries: entries });
      this.#sent += entries.length;
    }
  }

  /** Sends some hundred messages a second until it is told to end. */
  keepSending(): { end(): Promise<void> } {
    const stop = new AbortController();
    const sending = (async () => {
      for (; !stop.signal.aborted; await delay(50)) await this.send(20);
    })();
    return {
      async end() {
        stop.abort();
        await sending;
      },
    };
  }

  async allDelivered(withinMs = 60_000): Promise<void> {
    await eventually(`all messages delivered in ${this.#namespace}`, () => this.#bodies.size === this.#sent, withinMs);
  }

  /**
   * Waits until every message has an audit record for each copy of it that the recipient accepted, and no other.
   * @returns how many copies there were beyond the first ones.
   * @throws Error for a copy that is not explained: SQS had not handed its message out anew.
   */
  async allAudited(): Promise<number> {
    const copies = () => [...this.#recipient.accepted.values()].reduce((sum, times) => sum + times, 0);
    await eventually('all messages audited', () => {
      const audited = Map.groupBy(this.#auditRecords(), ({ messageId }) => messageId);
      return [...this.#recipient.accepted].every(([id, times]) => audited.get(id)?.length === times);
    });
    const receives = new Set(this.#auditRecords().map(({ messageId, receiveCount }) => `${messageId} ${receiveCount}`));
    assert.equal(receives.size, copies(), 'every copy of a message is of a receive of its own');
    return copies() - this.#recipient.accepted.size;
  }

  #auditRecords(): readonly { readonly messageId: string; readonly receiveCount: number }[] {
    return this.#aws.firehose.records(name).map((record) => JSON.parse(Buffer.from(record).toString()));
  }

  async exists(): Promise<boolean> {
    return (await this.couriers.list()).some(({ metadata }) => metadata.name === name);
  }

  /** How often the workers were rolled out: 1 when they never were. */
  async revision(): Promise<number> {
    return Number((await this.#deployment())?.metadata.annotations['deployment.kubernetes.io/revision']);
  }

  async deploymentGeneration(): Promise<number> {
    return (await this.#deployment())?.metadata.generation ?? 0;
  }

  /** The image that workers are to run. */
  async image(): Promise<string | undefined> {
    return (await this.#deployment())?.spec.template.spec.containers[0]?.image;
  }

  /** Whose fields the Deployment of the workers has, each once. */
  async managers(): Promise<readonly string[]> {
    return ((await this.#deployment())?.metadata.managedFields ?? []).map(({ manager }) => manager).sort();
  }

  async workers(): Promise<number> {
    return (await this.#deployment())?.status?.replicas ?? 0;
  }

  async readyWorkers(): Promise<number> {
    return (await this.#deployment())?.status?.readyReplicas ?? 0;
  }

  /** Adds workers by hand, as a person may while no operator runs. */
  async scaleBy(workers: number): Promise<void> {
    const replicas = ((await this.#deployment())?.spec.replicas ?? 0) + workers;
    const path = `${deployments}/namespaces/${this.#namespace}/deployments/courier-${name}`;
    await this.#cluster.controlPlane.admin.patch(path, 'merge', { spec: { replicas } });
  }

  async close(): Promise<void> {
    await this.#recipient.close();
    await this.#aws.close();
  }

  async #deployment(): Promise<Deployment | undefined> {
    return await this.couriers.child<Deployment>(deployments, `deployments/courier-${name}`);
  }
}
