import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { systemClock } from '../../api/clock.ts';
import { operatorEnvironment } from '../../api/environment.ts';
import { type EmbeddedAws, startEmbeddedAws } from '../../aws/embedded/server.ts';
import { serverEnvironment } from '../../cli/embedded/resources.ts';
import { type Recipient, startRecipient } from '../../cli/harness/recipient.ts';
import { acceptingScript } from '../../cli/harness/script.ts';
import { OperatorUnderTest, workerImage } from './operator-under-test.ts';
import { eventually, sharedCluster } from './suite.ts';
import { kubectl } from './tools.ts';

const cluster = await sharedCluster();

const examples = join(import.meta.dirname, '..', '..', 'examples');

const namespace = 'billing';
const queue = 'invoices.fifo';
const stream = 'invoices-audit';

/**
 * Of the examples `firehose.yaml` is run here as it is, but for its recipient's address; `minimal.yaml` in docs.test.ts, `local.yaml`
 * in the fast tier. `elasticmq.yaml` is for one machine: without a volume the operator refuses an audit in files. The others are
 * only validated: `cluster.yaml` names a priority class, a node pool and a ConfigMap of the team's, `audit-volume.yaml` a claim,
 * which the nodes here do not mount, and nobody here is the token server of `webhooks.yaml` or the STS of `cross-account.yaml`.
 */
describe('the examples, on a real control plane', () => {
  const kubeconfig = cluster.controlPlane.kubeconfig();
  let aws: EmbeddedAws;
  let recipient: Recipient;
  let operator: OperatorUnderTest;
  const bodies: string[] = [];

  before(async () => {
    aws = await startEmbeddedAws({ region: 'eu-west-1', accountId: '123456789012' });
    const onAccepted = ({ body }: { readonly body: Buffer }) => bodies.push(body.toString());
    recipient = await startRecipient({
      ...{ port: 0, script: acceptingScript, clock: systemClock, random: Math.random, onAccepted },
    });
    // Pods call AWS as their node does.
    cluster.images.set('courier:examples', { ...workerImage.image, environment: serverEnvironment(aws) });
    await cluster.controlPlane.createNamespace(namespace);
    const env = { ...serverEnvironment(aws), [operatorEnvironment.image]: 'courier:examples' };
    operator = OperatorUnderTest.start({ kubeconfig, namespace, env });
  });

  after(async () => {
    // Others apply the same files to this control plane, and expect nothing there.
    await kubectl(['delete', 'couriers', '--all', '--namespace', namespace], { kubeconfig });
    await operator.end();
    await recipient.close();
    await aws.close();
  });

  it('firehose.yaml delivers a message of its FIFO queue, and audits it', async () => {
    const QueueUrl = aws.sqs.createQueue(queue, { FifoQueue: 'true' });
    aws.firehose.createDeliveryStream(stream);
    const order = { MessageGroupId: 'customer', MessageDeduplicationId: 'once' };
    await aws.sqs.call('SendMessage', { QueueUrl, MessageBody: 'invoice', ...order });
    const text = await readFile(join(examples, 'firehose.yaml'), 'utf8');
    const input = text.replace('https://billing.example.com/invoices', recipient.url);
    await kubectl(['apply', '-f', '-'], { kubeconfig, input });
    await eventually('the message delivered', () => bodies.includes('invoice'), 60_000);
    await eventually('the delivery audited', () => aws.firehose.records(stream).length > 0);
  });
});
