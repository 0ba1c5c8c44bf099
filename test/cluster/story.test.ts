import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { systemClock } from '../../api/clock.ts';
import { startEmbeddedAws } from '../../aws/embedded/server.ts';
import { startRecipient } from '../../cli/harness/recipient.ts';
import { acceptingScript } from '../../cli/harness/script.ts';
import { OperatorUnderTest, workerImage } from './operator-under-test.ts';
import { eventually, sharedCluster, testNamespace } from './suite.ts';
import { kubectl } from './tools.ts';

const cluster = await sharedCluster();
cluster.images.set(workerImage.reference, workerImage.image);
const aws = await startEmbeddedAws();
after(() => aws.close());

/** Some of everything that the story needs: a queue, a stream, a recipient, an operator, and kubectl for a namespace. */
describe('the whole story, on a real control plane with real workers', () => {
  for (const fifo of [false, true]) {
    it(`kubectl apply to kubectl delete, for a ${fifo ? 'FIFO' : 'standard'} queue`, async (test) => {
      const messages = fifo ? 2_000 : 5_000;
      const namespace = await testNamespace(cluster, test);
      const kubeconfig = cluster.controlPlane.kubeconfig();
      const run = (args: readonly string[], input?: string) =>
        kubectl(['-n', namespace, ...args], { kubeconfig, ...(input === undefined ? {} : { input }) });
      const url = aws.sqs.createQueue(fifo ? `${namespace}.fifo` : namespace);
      aws.firehose.createDeliveryStream(namespace);
      const recipient = await startRecipient({
        port: 0,
        script: acceptingScript,
        clock: systemClock,
        random: Math.random,
      });
      test.after(() => recipient.close());
      const operator = OperatorUnderTest.start({ kubeconfig, namespace });
      test.after(() => operator.end('SIGKILL'));

      await run(['apply', '-f', '-'], manifest(url, recipient.url, aws.endpoint, namespace));
      await run(['wait', 'courier/orders', '--for=condition=Ready', '--timeout=60s']);
      assert.equal(await run(['get', 'deployment', 'courier-orders', '-o', 'jsonpath={.spec.replicas}']), '0');

      await send(url, messages, fifo);
      await eventually('everything delivered', () => recipient.accepted.size === messages, 120_000);
      await eventually('everything audited', () => auditedBodies(namespace).size === messages, 30_000);
      await eventually('the fleet back at zero', async () => {
        return (await run(['get', 'courier', 'orders', '-o', 'jsonpath={.status.desiredReplicas}'])) === '0';
      });
      const reasons = await run(['get', 'events', '-o', 'jsonpath={.items[*].reason}']);
      assert.match(reasons, /ScaledOut/);
      assert.match(reasons, /ScaledIn/);

      await run(['delete', 'courier', 'orders', '--wait']);
      await eventually(
        'nothing of it left',
        async () => {
          const left = await run([
            'get',
            'deployments,configmaps,serviceaccounts,poddisruptionbudgets,pods',
            '-o',
            'name',
          ]);
          return left.split('\n').filter((name) => name.includes('courier-orders')).length === 0;
        },
        60_000,
      );
      assert.equal(await operator.end(), 0, operator.log);
    });
  }
});

async function send(queueUrl: string, count: number, fifo: boolean): Promise<void> {
  for (let first = 0; first < count; first += 10) {
    const entries = Array.from({ length: 10 }, (_, index) => {
      const n = first + index;
      const group = fifo ? { MessageGroupId: `g${n % 20}`, MessageDeduplicationId: `d${n}` } : {};
      return { Id: String(index), MessageBody: String(n), ...group };
    });
    await aws.sqs.call('SendMessageBatch', { QueueUrl: queueUrl, Entries: entries });
  }
}

function auditedBodies(stream: string): ReadonlySet<string> {
  return new Set(aws.firehose.records(stream).map((record) => JSON.parse(Buffer.from(record).toString()).body));
}

function manifest(queueUrl: string, recipientUrl: string, endpoint: string, stream: string): string {
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
  queue: { url: "${queueUrl}", region: us-east-1, endpoint: "${endpoint}", waitTimeSeconds: 1 }
  recipient: { url: "${recipientUrl}", concurrency: { maxPerReplica: 8 } }
  audit: { firehose: { deliveryStreamName: "${stream}", endpoint: "${endpoint}" } }
  scaling: { maxReplicas: 4, idleAfterSeconds: 3, targetMessagesPerReplica: 1000, drainTargetSeconds: 10 }
  aws: { credentialsSecretRef: { name: aws } }
`;
}
