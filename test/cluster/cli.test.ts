import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { startEmbeddedAws } from '../../aws/embedded/server.ts';
import { bareEnvironment, runCli, temporaryDirectory, write } from '../cli/run-cli.ts';
import { awsKeys, Couriers, quiet, writesOf } from './couriers.ts';
import { operatorAccount } from './operator-account.ts';
import { OperatorUnderTest, workerImage } from './operator-under-test.ts';
import { sharedCluster, testNamespace } from './suite.ts';

const cluster = await sharedCluster();
cluster.images.set(workerImage.reference, workerImage.image);
const aws = await startEmbeddedAws();
after(() => aws.close());

describe('the command line beside a cluster', () => {
  it('plan --diff says what of a manifest would change, and changes nothing; top shows what runs', async (test) => {
    const namespace = await testNamespace(cluster, test);
    const account = await operatorAccount(cluster, namespace);
    const couriers = new Couriers(cluster, namespace, aws.endpoint);
    const manifest = (fields: Readonly<Record<string, unknown>> = {}) =>
      couriers.manifest('orders', aws.sqs.createQueue('planned'), { 'metadata.namespace': namespace, ...fields });
    const directory = await temporaryDirectory(test);
    const env = bareEnvironment({ KUBECONFIG: cluster.controlPlane.kubeconfig() });
    const plan = async (fields: Readonly<Record<string, unknown>>, ...args: string[]) => {
      const file = await write(directory, 'orders.json', JSON.stringify(manifest(fields)));
      return await runCli(test, ['plan', '-f', file, '--diff', '--image', workerImage.reference, ...args], env);
    };

    const before = await plan({}, '--exit-code');
    assert.match(before.stdout, /Deployment courier-orders is made/);
    assert.equal(before.exitCode, 1, before.stderr);

    const operator = OperatorUnderTest.start({ ...account, namespace, env: awsKeys });
    test.after(() => operator.end('SIGKILL'));
    await couriers.create(manifest());
    await couriers.condition('orders', 'Ready', 'True/Ready');
    await quiet(cluster, account.user);

    const same = await plan({}, '--exit-code');
    assert.equal(same.exitCode, 0, same.stdout + same.stderr);
    assert.doesNotMatch(same.stdout, /is made|changes|anew/);

    const bounds = await plan({ 'spec.scaling.maxReplicas': 7 });
    assert.doesNotMatch(bounds.stdout, /anew/, 'bounds restart nobody');

    const moved = await plan({ 'spec.worker.nodeSelector': { pool: 'spot' }, 'spec.recipient.timeoutSeconds': 7 });
    assert.match(moved.stdout, /\+ spec\.template\.spec\.nodeSelector: {"pool":"spot"}/);
    assert.match(moved.stdout, /~ data\.courier\.json/);
    assert.match(moved.stdout, /The workers are rolled out anew/);
    const people = (await writesOf(cluster, 'admin')).filter(({ objectRef }) => objectRef?.name === 'courier-orders');
    assert.ok(people.every(({ requestURI }) => requestURI.includes('dryRun=All')));

    const top = await runCli(test, ['top', '-n', namespace], env);
    assert.match(top.stdout, /orders +True +0\/0 \(0\.\.\d+\) +0 /, top.stderr);
    assert.equal(await operator.end(), 0, operator.log);
  });
});
