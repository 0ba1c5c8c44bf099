import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '../../api/clock.ts';
import { operatorEnvironment } from '../../api/environment.ts';
import { startEmbeddedAws } from '../../aws/embedded/server.ts';
import { startRecipient } from '../../cli/harness/recipient.ts';
import { acceptingScript } from '../../cli/harness/script.ts';
import { type OperatorOptions, OperatorUnderTest, workerImage } from './operator-under-test.ts';
import { eventually, sharedCluster, testNamespace } from './suite.ts';
import { kubectl } from './tools.ts';

const cluster = await sharedCluster();
cluster.images.set(workerImage.reference, workerImage.image);
const aws = await startEmbeddedAws();
after(() => aws.close());

describe('the whole story, while everything that can be killed is killed once', () => {
  for (const { kind, messages } of [
    { kind: 'standard', messages: 20_000 },
    { kind: 'FIFO', messages: 5_000 },
  ]) {
    it(`${messages} messages of a ${kind} queue are delivered and audited, and none is lost`, async (test) => {
      const fifo = kind === 'FIFO';
      const namespace = await testNamespace(cluster, test);
      const { apiServer } = cluster.controlPlane;
      const kubeconfig = cluster.controlPlane.kubeconfig();
      const run = (args: readonly string[], input?: string) =>
        kubectl(['-n', namespace, ...args], { kubeconfig, ...(input === undefined ? {} : { input }) });
      const url = aws.sqs.createQueue(fifo ? `${namespace}.fifo` : namespace);
      aws.firehose.createDeliveryStream(namespace);
      const delivered = new Order();
      const recipient = await startRecipient({
        ...{ port: 0, script: acceptingScript, clock: systemClock, random: Math.random },
        onAccepted: ({ body }) => delivered.accept(body.toString()),
      });
      test.after(() => recipient.close());
      const operators = new Operators({ kubeconfig, namespace, env: { [operatorEnvironment.leaseSeconds]: '4' } });
      test.after(() => operators.end('SIGKILL'));
      await run(['apply', '-f', '-'], manifest(url, recipient.url, namespace));
      await run(['wait', 'courier/orders', '--for=condition=Ready', '--timeout=60s']);
      const progress = (share: number) =>
        eventually(`${share} delivered`, () => delivered.bodies.size >= share * messages, 180_000);

      await send(url, messages, fifo);
      await progress(0.1);
      operators.kill();
      await progress(0.3);
      await killWorker(namespace);
      await progress(0.5);
      await apiServer.kill();
      await delay(1_000);
      await apiServer.start();
      await cluster.controlPlane.ready();

      await progress(1);
      await eventually('everything audited', () => auditedBodies(namespace).size === messages, 60_000);
      await eventually('nothing left in the queue', async () => (await left(url)) === 0, 60_000);
      const wanted = Array.from({ length: messages }, (_, n) => String(n)).sort();
      assert.deepEqual([...delivered.bodies].sort(), wanted);
      assert.deepEqual([...auditedBodies(namespace)].sort(), wanted);
      if (fifo) assert.deepEqual(delivered.overtaken, [], 'within a group, nothing new overtakes');

      await eventually(
        'the fleet back at zero',
        async () => {
          return (await run(['get', 'courier', 'orders', '-o', 'jsonpath={.status.desiredReplicas}'])) === '0';
        },
        120_000,
      );
      await run(['delete', 'courier', 'orders', '--wait']);
      await eventually(
        'nothing of it left',
        async () => {
          const kinds = 'deployments,configmaps,serviceaccounts,poddisruptionbudgets,pods';
          return !(await run(['get', kinds, '-o', 'name'])).includes('courier-orders');
        },
        60_000,
      );
      assert.equal(await operators.end('SIGTERM'), 0);
    });
  }
});

/** An operator as its Deployment runs it: one that ends, also because it has lost its lease, is followed by another. */
class Operators {
  readonly #options: Omit<OperatorOptions, 'podName'>;
  #current: OperatorUnderTest;
  #started = 0;
  #ending = false;

  constructor(options: Omit<OperatorOptions, 'podName'>) {
    this.#options = options;
    this.#current = this.#start();
  }

  kill(): void {
    this.#current.child.kill('SIGKILL');
  }

  /** Ends it for good. @returns its exit code */
  end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals> {
    this.#ending = true;
    return this.#current.end(signal);
  }

  #start(): OperatorUnderTest {
    const operator = OperatorUnderTest.start({ ...this.#options, podName: `operator-${this.#started++}` });
    void operator.exit.then(() => {
      if (!this.#ending) this.#current = this.#start();
    });
    return operator;
  }
}

/** What a recipient accepted, and whether something new came before something older of its group. */
class Order {
  readonly bodies = new Set<string>();
  readonly overtaken: string[] = [];
  readonly #lastOfGroup = new Map<number, number>();

  accept(body: string): void {
    if (this.bodies.has(body)) return;
    this.bodies.add(body);
    const group = groupOf(Number(body));
    const last = this.#lastOfGroup.get(group) ?? -1;
    if (Number(body) < last) this.overtaken.push(`${body} after ${last}`);
    this.#lastOfGroup.set(group, Math.max(last, Number(body)));
  }
}

function groupOf(n: number): number {
  return n % 50;
}

async function killWorker(namespace: string): Promise<void> {
  const running = await eventually('a worker runs', () => {
    return cluster.pods(namespace).find(({ containers }) => containers[0]?.pid !== undefined)?.containers[0]?.pid;
  });
  process.kill(running, 'SIGKILL');
}

async function send(queueUrl: string, count: number, fifo: boolean): Promise<void> {
  for (let first = 0; first < count; first += 10) {
    const entries = Array.from({ length: 10 }, (_, index) => {
      const n = first + index;
      const group = fifo ? { MessageGroupId: `g${groupOf(n)}`, MessageDeduplicationId: `d${n}` } : {};
      return { Id: String(index), MessageBody: String(n), ...group };
    });
    await aws.sqs.call('SendMessageBatch', { QueueUrl: queueUrl, Entries: entries });
  }
}

/** Messages in the queue, whoever holds them. */
async function left(QueueUrl: string): Promise<number> {
  const answer = await aws.sqs.call('GetQueueAttributes', { QueueUrl, AttributeNames: ['All'] });
  const { Attributes } = answer as { Attributes: Readonly<Record<string, string>> };
  return Number(Attributes.ApproximateNumberOfMessages) + Number(Attributes.ApproximateNumberOfMessagesNotVisible);
}

function auditedBodies(stream: string): ReadonlySet<string> {
  return new Set(aws.firehose.records(stream).map((record) => JSON.parse(Buffer.from(record).toString()).body));
}

function manifest(queueUrl: string, recipientUrl: string, stream: string): string {
  return `
apiVersion: v1
kind: Secret
metadata: { name: aws }
stringData: { AWS_ACCESS_KEY_ID: embedded, AWS_SECRET_ACCESS_KEY: embedded }
---
apiVersion: courier.dev/v1alpha1
kind: Courier
metadata: { name: orders }
spec:
  queue: { url: "${queueUrl}", region: us-east-1, endpoint: "${aws.endpoint}", waitTimeSeconds: 1, visibilityTimeoutSeconds: 10 }
  recipient: { url: "${recipientUrl}", concurrency: { maxPerReplica: 8 } }
  audit: { firehose: { deliveryStreamName: "${stream}", endpoint: "${aws.endpoint}" } }
  scaling: { maxReplicas: 3, idleAfterSeconds: 3, targetMessagesPerReplica: 1000, drainTargetSeconds: 10 }
  aws: { credentialsSecretRef: { name: aws } }
`;
}
