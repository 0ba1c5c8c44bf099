import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, describe, it, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { systemClock } from '../../api/clock.ts';
import { startEmbeddedAws } from '../../aws/embedded/server.ts';
import { startRecipient } from '../../cli/harness/recipient.ts';
import { acceptingScript } from '../../cli/harness/script.ts';
import type { Pod } from '../../operator/courier/objects.ts';
import { BoundedRecipient } from './bounded-recipient.ts';
import { awsKeys, Couriers } from './couriers.ts';
import { operatorAccount } from './operator-account.ts';
import { OperatorUnderTest, workerImage } from './operator-under-test.ts';
import { eventually, sharedCluster, testNamespace } from './suite.ts';

const execute = promisify(execFile);
const courier = new URL('../../cli/main.ts', import.meta.url).pathname;

const cluster = await sharedCluster();
cluster.images.set(workerImage.reference, workerImage.image);
const aws = await startEmbeddedAws();
after(() => aws.close());

/** A Courier `orders` with its queue, and an operator with the rights that it asks for and no others. */
class Stage {
  readonly couriers: Couriers;
  readonly queueUrl: string;
  readonly operator: OperatorUnderTest;
  readonly #namespace: string;

  private constructor(namespace: string, operator: OperatorUnderTest) {
    this.#namespace = namespace;
    this.couriers = new Couriers(cluster, namespace, aws.endpoint);
    this.queueUrl = aws.sqs.createQueue(namespace);
    this.operator = operator;
  }

  /** @param intervalSeconds how often the operator looks. */
  static async open(test: TestContext, intervalSeconds = 1): Promise<Stage> {
    const namespace = await testNamespace(cluster, test);
    const account = await operatorAccount(cluster, namespace);
    const env = { ...awsKeys, COURIER_INTERVAL_SECONDS: String(intervalSeconds) };
    const operator = OperatorUnderTest.start({ ...account, namespace, env });
    test.after(() => operator.end('SIGKILL'));
    return new Stage(namespace, operator);
  }

  async create(recipientUrl: string, slots: number, scaling: object): Promise<void> {
    const fields = {
      'spec.recipient.url': recipientUrl,
      'spec.recipient.concurrency': { maxPerReplica: slots },
      'spec.scaling': scaling,
    };
    await this.couriers.create(this.couriers.manifest('orders', this.queueUrl, fields));
    await this.couriers.condition('orders', 'Ready', 'True/Ready', 60_000);
  }

  async send(count: number): Promise<void> {
    for (let first = 0; first < count; first += 10) {
      const Entries = Array.from({ length: Math.min(10, count - first) }, (_, index) => {
        return { Id: String(index), MessageBody: String(first + index) };
      });
      await aws.sqs.call('SendMessageBatch', { QueueUrl: this.queueUrl, Entries });
    }
  }

  async scaling() {
    const { status } = await this.couriers.get('orders');
    return { desired: status?.desiredReplicas ?? 0, ready: status?.readyReplicas ?? 0, ...status?.scaling };
  }

  /** What `courier explain` prints. */
  async explain(): Promise<string> {
    const env = { ...process.env, KUBECONFIG: cluster.controlPlane.kubeconfig() };
    const args = [courier, 'explain', 'orders', '-n', this.#namespace];
    return (await execute(process.execPath, args, { env })).stdout;
  }

  async pods(): Promise<readonly Pod[]> {
    const list = `/api/v1/namespaces/${this.#namespace}/pods`;
    const { items } = await cluster.controlPlane.admin.get<{ items: Pod[] }>(list);
    return items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  }

  /** The replicas that are wanted, once a second for so many seconds. */
  async watch(seconds: number): Promise<readonly number[]> {
    const seen: number[] = [];
    for (let second = 0; second < seconds; second++) {
      seen.push((await this.scaling()).desired);
      await delay(1_000);
    }
    return seen;
  }
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}

describe('scaling, on a real control plane with real workers', () => {
  it('drains a spike of 50,000 messages within its target', async (test) => {
    const stage = await Stage.open(test);
    const messages = 50_000;
    const drainTargetSeconds = 90;
    const recipient = await startRecipient({
      ...{ port: 0, script: acceptingScript, clock: systemClock, random: Math.random },
    });
    test.after(() => recipient.close());
    await stage.create(recipient.url, 32, { maxReplicas: 4, drainTargetSeconds, idleAfterSeconds: 5 });
    await stage.send(messages);
    const startMs = Date.now();
    await eventually('all delivered', () => recipient.accepted.size === messages, drainTargetSeconds * 1000);
    test.diagnostic(`drained in ${Math.round((Date.now() - startMs) / 1000)} s`);
    await eventually('nobody left', async () => (await stage.pods()).length === 0, 60_000);
    assert.equal(recipient.counts.duplicates, 0);
    const explained = await stage.explain();
    test.diagnostic(explained);
    assert.match(explained, /^test-\w+\/orders: 0 workers wanted, 0 ready/);
    assert.match(explained, / 0 -> [1-4] {2}/);
    assert.match(await stage.operator.get('/metrics'), /^courier_scaling_desired_replicas\{.*courier="orders"\} 0$/m);
    assert.equal(await stage.operator.end(), 0, stage.operator.log);
  });

  it('lets those finish that leave: no message is received twice', async (test) => {
    const stage = await Stage.open(test);
    const recipient = await BoundedRecipient.start({ parallel: 64, serviceMs: 400 });
    test.after(() => recipient.close());
    const scaling = { maxReplicas: 4, drainTargetSeconds: 5, targetMessagesPerReplica: 100, idleAfterSeconds: 5 };
    await stage.create(recipient.url, 4, scaling);
    await stage.send(800);
    await eventually('four workers', async () => (await stage.scaling()).ready === 4, 60_000);
    // Now and then a message, so that the fleet shrinks while there is work.
    let sent = 800;
    const drained = eventually('nobody left', async () => (await stage.pods()).length === 0, 240_000);
    for (; recipient.accepted.length < 800 || (await stage.scaling()).desired > 1; sent++) {
      await stage.send(1);
      await delay(300);
    }
    await drained;
    assert.equal(recipient.accepted.length, sent);
    assert.deepEqual(new Set(recipient.accepted.map(({ receiveCount }) => receiveCount)), new Set([1]));
    assert.equal(await stage.operator.end(), 0, stage.operator.log);
  });

  it('adds no worker while the recipient is down, and delivers when it is back', async (test) => {
    const stage = await Stage.open(test);
    const gone = await BoundedRecipient.start({ parallel: 1, serviceMs: 1 });
    const { port, url } = gone;
    await gone.close();
    await stage.create(url, 4, { minReplicas: 1, maxReplicas: 6, drainTargetSeconds: 10, idleAfterSeconds: 5 });
    await eventually('one worker', async () => (await stage.scaling()).ready === 1, 60_000);
    // A few first: that nothing is accepted must have been seen before there is a backlog to grow for.
    await stage.send(40);
    await eventually('the guard', async () => (await stage.scaling()).inputs?.guard === 'Open', 90_000);
    const { desired } = await stage.scaling();
    await stage.send(2_000);
    assert.ok(Math.max(...(await stage.watch(20))) <= desired);
    const recipient = await BoundedRecipient.start({ port, parallel: 64, serviceMs: 20 });
    test.after(() => recipient.close());
    const delivered = () => new Set(recipient.accepted.map(({ messageId }) => messageId)).size === 2_040;
    await eventually('all delivered', delivered, 180_000);
    assert.equal(await stage.operator.end(), 0, stage.operator.log);
  });

  it('settles near as many workers as a recipient that saturates can use', async (test) => {
    const stage = await Stage.open(test, 5);
    // What six workers of two slots keep busy: with more of them, messages only wait at the recipient.
    const useful = 6;
    // So long that what a busy machine adds is little beside it: workers that are slower themselves are of use in larger numbers.
    const recipient = await BoundedRecipient.start({ parallel: 2 * useful, serviceMs: 400 });
    test.after(() => recipient.close());
    const scaling = { minReplicas: 2, maxReplicas: 14, drainTargetSeconds: 60 };
    await stage.create(recipient.url, 2, scaling);
    // What a worker delivers is known before there is more than the recipient takes.
    await stage.send(100);
    await eventually('the rate of a worker', () => recipient.accepted.length === 100, 60_000);
    await stage.send(10_000);
    const growing = await stage.watch(120);
    const settled = await stage.watch(60);
    test.diagnostic(`wanted: ${growing.join(' ')} | ${settled.join(' ')}`);
    const average = mean(settled);
    test.diagnostic(`${average.toFixed(2)} workers on average, ${useful} saturate it`);
    assert.ok(Math.abs(average - useful) <= 0.25 * useful, JSON.stringify(await stage.scaling(), null, 2));
    assert.equal(await stage.operator.end(), 0, stage.operator.log);
  });
});
