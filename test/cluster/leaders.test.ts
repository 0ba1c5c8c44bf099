import assert from 'node:assert/strict';
import { after, describe, it, type TestContext } from 'node:test';
import { startEmbeddedAws } from '../../aws/embedded/server.ts';
import { awsKeys, Couriers, inParallel, inShort, writesOf } from './couriers.ts';
import { type OperatorAccount, operatorAccount } from './operator-account.ts';
import { OperatorUnderTest, workerImage } from './operator-under-test.ts';
import { eventually, sharedCluster, testNamespace } from './suite.ts';

const cluster = await sharedCluster();
cluster.images.set(workerImage.reference, workerImage.image);
const aws = await startEmbeddedAws();
after(() => aws.close());

const leaseSeconds = 4;
/** What the standby may take beyond the lease, to notice and to begin. */
const toleranceMs = 2_000;

type Lease = {
  readonly spec: { readonly holderIdentity?: string; readonly acquireTime?: string; readonly renewTime?: string };
};
type Replica = { readonly name: string; readonly account: OperatorAccount; readonly process: OperatorUnderTest };

describe('two operators', () => {
  it('one that stands still past its lease is succeeded; when it goes on, it writes nothing and ends', async (test) => {
    const { namespace, couriers, replicas } = await twoReplicas(test);
    const leader = await leaderOf(namespace, replicas);
    const before = await leaseOf(namespace);
    // It has something to write when it stands still, and still has when it goes on.
    const changed = inParallel(10, 10, (index) => couriers.change(`courier-${index}`, sentTo('first')));
    leader.process.child.kill('SIGSTOP');
    await changed;
    const successor = await eventually('the standby leads', async () =>
      otherThan(leader, await leaderOf(namespace, replicas)),
    );
    const lease = await leaseOf(namespace);
    const afterMs = Date.parse(lease.spec.acquireTime ?? '') - Date.parse(before.spec.renewTime ?? '');
    test.diagnostic(`the standby led ${afterMs} ms after the last sign of life, with a lease of ${leaseSeconds} s`);
    assert.ok(afterMs >= leaseSeconds * 1000 - 1000, `it did not wait for the end of the lease: ${afterMs} ms`);
    assert.ok(afterMs <= leaseSeconds * 1000 + toleranceMs, `${afterMs} ms`);
    await inParallel(10, 10, (index) => couriers.change(`courier-${index}`, sentTo('second')));
    await inParallel(10, 10, (index) => couriers.condition(`courier-${index}`, 'Ready', 'True/Ready'));

    const written = (await writesOf(cluster, leader.account.user)).length;
    leader.process.child.kill('SIGCONT');
    assert.equal(await leader.process.exit, 1, leader.process.log);
    const late = (await writesOf(cluster, leader.account.user)).slice(written);
    assert.deepEqual(late.map(inShort), []);
    assert.equal(await successor.process.end(), 0, successor.process.log);
  });

  it('one that is asked to stop gives the lease back, and the other leads at once', async (test) => {
    const { namespace, couriers, replicas } = await twoReplicas(test);
    const leader = await leaderOf(namespace, replicas);
    const changed = inParallel(10, 10, (index) => couriers.change(`courier-${index}`, sentTo('first')));
    const stopMs = Date.now();
    const ended = leader.process.end('SIGTERM');
    const successor = await eventually('the standby leads', async () =>
      otherThan(leader, await leaderOf(namespace, replicas)),
    );
    const lease = await leaseOf(namespace);
    const afterMs = Date.parse(lease.spec.acquireTime ?? '') - stopMs;
    test.diagnostic(`the standby led ${afterMs} ms after SIGTERM`);
    assert.ok(afterMs <= toleranceMs, `${afterMs} ms`);
    assert.equal(await ended, 0, leader.process.log);
    await changed;
    await inParallel(10, 10, (index) => couriers.condition(`courier-${index}`, 'Ready', 'True/Ready'));
    assert.equal(await successor.process.end(), 0, successor.process.log);
    const { spec } = await leaseOf(namespace);
    assert.equal(spec.holderIdentity ?? '', '', successor.process.log);
  });
});

/** Two operators of one namespace, each with an account of its own, that have made ten Couriers ready. */
async function twoReplicas(test: TestContext) {
  const namespace = await testNamespace(cluster, test);
  const couriers = new Couriers(cluster, namespace, aws.endpoint);
  const url = aws.sqs.createQueue(namespace);
  await inParallel(10, 10, (index) => couriers.create(couriers.manifest(`courier-${index}`, url)));
  const replicas = await Promise.all(
    ['operator-0', 'operator-1'].map(async (name): Promise<Replica> => {
      const account = await operatorAccount(cluster, namespace, { name });
      const env = { ...awsKeys, COURIER_LEASE_SECONDS: String(leaseSeconds) };
      const process = OperatorUnderTest.start({ ...account, namespace, podName: name, env });
      test.after(() => process.end('SIGKILL'));
      return { name, account, process };
    }),
  );
  await inParallel(10, 10, (index) => couriers.condition(`courier-${index}`, 'Ready', 'True/Ready'));
  // The other one waits for the lease with full caches.
  for (const { process } of replicas) {
    await eventually('the caches are full', async () => (await process.get('/readyz')).startsWith('[+]'));
  }
  return { namespace, couriers, replicas };
}

async function leaseOf(namespace: string): Promise<Lease> {
  const path = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases/courier-operator`;
  return await cluster.controlPlane.admin.get<Lease>(path);
}

async function leaderOf(namespace: string, replicas: readonly Replica[]): Promise<Replica> {
  return await eventually('somebody leads', async () => {
    const { holderIdentity = '' } = (await leaseOf(namespace)).spec;
    return replicas.find(({ name }) => holderIdentity.startsWith(`${name}_`));
  });
}

function otherThan(leader: Replica, found: Replica): Replica | undefined {
  return found === leader ? undefined : found;
}

/** A change that every Deployment and ConfigMap shows. */
function sentTo(path: string): object {
  return { spec: { recipient: { url: `http://127.0.0.1:9/${path}` } } };
}
