import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { operatorEnvironment as names } from '../../../api/environment.ts';
import { type EmbeddedAws, startEmbeddedAws } from '../../../aws/embedded/server.ts';
import type { Deployment, LiveCourier } from '../../../operator/courier/objects.ts';
import type { Lease } from '../../../operator/kube/lease.ts';
import { ChaosProxy } from '../../support/kube/chaos-proxy.ts';
import type { List } from '../api-client.ts';
import type { Cluster } from '../cluster.ts';
import type { Connection } from '../connection.ts';
import { fileNames } from '../control-plane-files.ts';
import { OperatorUnderTest } from '../operator-under-test.ts';
import { eventually, sharedCluster, testNamespace } from '../suite.ts';

/** The image of {@link file://./idle-worker.ts}. */
const idleWorker = {
  reference: 'courier-idle:test',
  image: { entrypoint: [process.execPath, join(import.meta.dirname, 'idle-worker.ts')] },
};

/** The cluster, where workers that do nothing can run. */
export async function faultyCluster(): Promise<Cluster> {
  const cluster = await sharedCluster();
  cluster.images.set(idleWorker.reference, idleWorker.image);
  return cluster;
}

/**
 * Times that suit a test: a change is seen within a fraction of a second, and a resync comes every second. The lease is
 * long: on a machine that is busy with something else, a leader may not get to renew a short one.
 */
export const times = { leaseSeconds: 60, resyncSeconds: 1, intervalSeconds: 0.2 } as const;

export type OperatorOptions = {
  readonly podName?: string;
  /** What it reaches the API server through; by default the stage's. */
  readonly proxy?: ChaosProxy;
  readonly leaseSeconds?: number;
  readonly resyncSeconds?: number;
  readonly env?: NodeJS.ProcessEnv;
};

export type CourierOptions = {
  readonly name?: string;
  readonly scaling?: object;
  readonly worker?: object;
  readonly recipient?: object;
  readonly endpoint?: string;
  readonly metadata?: object;
};

/** What one fault needs: a namespace, a queue, a proxy before the API server, and operators behind it. */
export class Stage {
  readonly namespace: string;
  readonly aws: EmbeddedAws;
  readonly proxy: ChaosProxy;
  readonly queueUrl: string;
  readonly cluster: Cluster;
  readonly #test: TestContext;
  readonly #operators: OperatorUnderTest[] = [];

  private constructor(cluster: Cluster, namespace: string, aws: EmbeddedAws, proxy: ChaosProxy, test: TestContext) {
    this.cluster = cluster;
    this.namespace = namespace;
    this.aws = aws;
    this.proxy = proxy;
    this.queueUrl = aws.sqs.createQueue('orders');
    this.#test = test;
  }

  /** Sets everything up, and takes it down when the test ends. */
  static async set(cluster: Cluster, test: TestContext): Promise<Stage> {
    const namespace = await testNamespace(cluster, test);
    const aws = await startEmbeddedAws();
    test.after(() => aws.close());
    const stage = new Stage(cluster, namespace, aws, await startProxy(cluster, test), test);
    const stringData = { AWS_ACCESS_KEY_ID: 'embedded', AWS_SECRET_ACCESS_KEY: 'embedded' };
    await stage.admin.create(`/api/v1/namespaces/${namespace}/secrets`, { metadata: { name: 'aws' }, stringData });
    return stage;
  }

  get admin() {
    return this.cluster.controlPlane.admin;
  }

  /** Starts an operator behind a proxy; it is killed when the test ends. */
  async startOperator(options: OperatorOptions = {}): Promise<OperatorUnderTest> {
    const { podName = 'operator-0', proxy = this.proxy } = options;
    const connection = { ...this.cluster.controlPlane.connection('admin'), server: proxy.url };
    const name = `${this.namespace}-${this.#operators.length}`;
    const kubeconfig = await this.cluster.controlPlane.writeKubeconfig(name, connection);
    return this.startOperatorWith(kubeconfig, { ...options, podName });
  }

  /** Starts an operator with a kubeconfig of one's own. */
  startOperatorWith(
    kubeconfig: string,
    { podName = 'operator-0', env, ...own }: OperatorOptions = {},
  ): OperatorUnderTest {
    const { leaseSeconds, resyncSeconds, intervalSeconds } = { ...times, ...own };
    const operator = OperatorUnderTest.start({
      ...{ kubeconfig, namespace: this.namespace, podName },
      env: {
        [names.image]: idleWorker.reference,
        [names.leaseSeconds]: String(leaseSeconds),
        [names.resyncSeconds]: String(resyncSeconds),
        [names.intervalSeconds]: String(intervalSeconds),
        ...env,
      },
    });
    this.#operators.push(operator);
    // One that is halted must be killed too.
    this.#test.after(() => operator.end('SIGKILL'));
    return operator;
  }

  /** Another proxy before the same API server. */
  newProxy(options: { readonly port?: number; readonly certificate?: Certificate } = {}): Promise<ChaosProxy> {
    return startProxy(this.cluster, this.#test, options);
  }

  /** Creates or changes a Courier, as kubectl would. */
  async apply(options: CourierOptions = {}): Promise<LiveCourier> {
    const {
      name = 'orders',
      scaling = {},
      worker = {},
      recipient = {},
      endpoint = this.aws.endpoint,
      metadata = {},
    } = options;
    const spec = {
      queue: { url: this.queueUrl, region: this.aws.region, endpoint },
      recipient: { url: 'http://127.0.0.1:9', concurrency: { maxPerReplica: 1 }, ...recipient },
      audit: { none: {} },
      scaling: { maxReplicas: 3, targetMessagesPerReplica: 1, idleAfterSeconds: 300, ...scaling },
      worker,
      aws: { credentialsSecretRef: { name: 'aws' } },
    };
    const courier = { apiVersion: 'courier.dev/v1alpha1', kind: 'Courier', metadata: { ...metadata, name }, spec };
    return await this.admin.patch(this.courierPath(name), 'apply', courier, { fieldManager: 'kubectl', force: 'true' });
  }

  courierPath(name = 'orders'): string {
    return `/apis/courier.dev/v1alpha1/namespaces/${this.namespace}/couriers/${name}`;
  }

  deploymentPath(name = 'orders'): string {
    return `/apis/apps/v1/namespaces/${this.namespace}/deployments/courier-${name}`;
  }

  courier(name?: string): Promise<LiveCourier> {
    return this.admin.get(this.courierPath(name));
  }

  deployment(name?: string): Promise<Deployment> {
    return this.admin.get(this.deploymentPath(name));
  }

  get #leasePath(): string {
    return `/apis/coordination.k8s.io/v1/namespaces/${this.namespace}/leases/courier-operator`;
  }

  /** Undefined while there is none. */
  async lease(): Promise<Lease | undefined> {
    return await this.admin.find(this.#leasePath);
  }

  /** Lets another operator lead at once: what keeps it waiting is for the tests of the lease. */
  async dropLease(): Promise<void> {
    if ((await this.lease()) !== undefined) await this.admin.delete(this.#leasePath);
  }

  /** Waits until the operator on the pod `podName` leads. */
  async leads(podName: string, withinMs = 60_000): Promise<void> {
    const holder = async () => (await this.lease())?.spec?.holderIdentity?.startsWith(`${podName}_`) ?? false;
    await eventually(`${podName} leads`, holder, withinMs);
  }

  /** Waits until a Courier is Ready as its present spec says. @returns it */
  ready(name = 'orders', withinMs?: number): Promise<LiveCourier> {
    return this.condition('Ready', ({ status }) => status === 'True', name, withinMs);
  }

  /** Waits until a condition of the present generation is as wanted. @returns the Courier */
  async condition(
    type: string,
    wanted: (condition: Condition) => boolean,
    name = 'orders',
    withinMs = 60_000,
  ): Promise<LiveCourier> {
    let last: unknown;
    const look = async () => {
      const courier = await this.courier(name);
      last = courier.status?.conditions;
      const found = courier.status?.conditions?.find((condition) => condition.type === type);
      const present = found?.observedGeneration === courier.metadata.generation;
      return found !== undefined && present && wanted(found) && courier;
    };
    try {
      return await eventually(`${type} of ${name} where ${wanted}`, look, withinMs);
    } catch (error) {
      const logs = this.#operators.map(({ child, log }) => `exit ${child.exitCode}, log:\n${log.slice(-3000)}`);
      const seen = `at last ${JSON.stringify(last)}\n${logs.join('\n')}`;
      throw new Error(`${(error as Error).message}; ${seen}`, { cause: error });
    }
  }

  /** Waits until the Deployment asks for so many workers. */
  async replicas(count: number, name?: string, withinMs = 60_000): Promise<void> {
    const look = async () => (await this.deployment(name)).spec?.replicas === count;
    await eventually(`${count} replicas`, look, withinMs);
  }

  /** Sends messages that nobody will receive. */
  async send(count: number): Promise<void> {
    for (let n = 0; n < count; n++) {
      await this.aws.sqs.call('SendMessage', { QueueUrl: this.queueUrl, MessageBody: String(n) });
    }
  }

  /** Objects of the namespace in a collection such as `api/v1` and `configmaps`. */
  async list<T>(groupVersion: string, plural: string): Promise<readonly T[]> {
    return (await this.admin.get<List<T>>(`/${groupVersion}/namespaces/${this.namespace}/${plural}`)).items;
  }
}

type Condition = { readonly status: string; readonly reason: string; readonly message: string };

/** A server's certificate, which is its own authority, and its key; both PEM. */
export type Certificate = { readonly certificate: string; readonly privateKey: string };

/** Starts a proxy that presents the API server's own certificate, unless told another. */
async function startProxy(
  { controlPlane }: Cluster,
  test: TestContext,
  { port, certificate }: { readonly port?: number; readonly certificate?: Certificate } = {},
): Promise<ChaosProxy> {
  const { server: url, ca }: Connection = controlPlane.connection('admin');
  const file = (name: string) => readFile(join(controlPlane.directory, name), 'utf8');
  const own = { certificate: ca, privateKey: await file(fileNames.privateKey) };
  const tls = certificate ?? own;
  const proxy = await ChaosProxy.start({ target: { url, ca }, tls, ...(port === undefined ? {} : { port }) });
  test.after(() => proxy.close());
  return proxy;
}
