import assert from 'node:assert/strict';
import { after, it } from 'node:test';
import { startEmbeddedAws } from '../../aws/embedded/server.ts';
import { awsKeys, Couriers } from './couriers.ts';
import { operatorAccount } from './operator-account.ts';
import { OperatorUnderTest, workerImage } from './operator-under-test.ts';
import { eventually, sharedCluster, testNamespace } from './suite.ts';
import { kubectl } from './tools.ts';

const cluster = await sharedCluster();
cluster.images.set(workerImage.reference, workerImage.image);
const aws = await startEmbeddedAws();
after(() => aws.close());

const definition = new URL('./prometheus-operator/podmonitors.yaml', import.meta.url).pathname;

it('PodMonitors are made as soon as the cluster knows them, and no Courier is troubled when it does not any more', async (test) => {
  const namespace = await testNamespace(cluster, test);
  const account = await operatorAccount(cluster, namespace);
  const env = { ...awsKeys, COURIER_RESYNC_SECONDS: '2' };
  const operator = OperatorUnderTest.start({ ...account, namespace, env });
  test.after(() => operator.end('SIGKILL'));
  const couriers = new Couriers(cluster, namespace, aws.endpoint);
  const monitor = () => couriers.child('/apis/monitoring.coreos.com/v1', 'podmonitors/courier-orders');
  const kubeconfig = cluster.controlPlane.kubeconfig();
  const define = async () => {
    await kubectl(['apply', '--server-side', '-f', definition], { kubeconfig });
    await kubectl(['wait', '--for=condition=Established', '-f', definition], { kubeconfig });
  };
  const withdraw = () => kubectl(['delete', '--ignore-not-found', '-f', definition], { kubeconfig });
  test.after(withdraw);

  await couriers.create(couriers.manifest('orders', aws.sqs.createQueue(namespace)));
  await couriers.condition('orders', 'Ready', 'True/Ready');
  await define();
  await eventually('a PodMonitor', monitor, 90_000);

  await withdraw();
  await eventually(
    'the operator has seen it',
    () => operator.log.includes('does not serve a resource any more'),
    90_000,
  );
  await define();
  await eventually('a PodMonitor again', monitor, 90_000);
  await couriers.condition('orders', 'Ready', 'True/Ready');
  assert.ok(!operator.log.includes('a reconcile failed'), operator.log);
  assert.equal(await operator.end(), 0, operator.log);
});
