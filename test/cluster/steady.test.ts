import assert from 'node:assert/strict';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { after, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { startEmbeddedAws } from '../../aws/embedded/server.ts';
import { awsKeys, Couriers, inParallel, inShort, quiet, writesOf } from './couriers.ts';
import { operatorAccount } from './operator-account.ts';
import { OperatorUnderTest, workerImage } from './operator-under-test.ts';
import { eventually, sharedCluster, testNamespace } from './suite.ts';
import { kubectl } from './tools.ts';

const cluster = await sharedCluster();
cluster.images.set(workerImage.reference, workerImage.image);
const aws = await startEmbeddedAws();
after(() => aws.close());

describe('an operator with nothing to do', () => {
  it('writes nothing when the same manifest is applied again', async (test) => {
    const namespace = await testNamespace(cluster, test);
    const account = await operatorAccount(cluster, namespace);
    const operator = OperatorUnderTest.start({ ...account, namespace, env: awsKeys });
    test.after(() => operator.end('SIGKILL'));
    const couriers = new Couriers(cluster, namespace, aws.endpoint);
    const input = JSON.stringify(couriers.manifest('orders', aws.sqs.createQueue(namespace)));
    const apply = () =>
      kubectl(['-n', namespace, 'apply', '-f', '-'], { kubeconfig: cluster.controlPlane.kubeconfig(), input });

    assert.match(await apply(), /created/);
    await couriers.condition('orders', 'Ready', 'True/Ready');
    const before = await quiet(cluster, account.user);
    assert.match(await apply(), /unchanged/);
    const since = (await quiet(cluster, account.user)).slice(before.length);
    assert.deepEqual(since.map(inShort), []);
    assert.equal(await operator.end(), 0, operator.log);
  });

  it('writes nothing for 200 Couriers in three resyncs, nor after a restart, lists each resource once, and rests on five connections', async (test) => {
    const resyncSeconds = 4;
    const namespace = await testNamespace(cluster, test);
    const account = await operatorAccount(cluster, namespace);
    const couriers = new Couriers(cluster, namespace, aws.endpoint);
    const url = aws.sqs.createQueue(namespace);
    await inParallel(200, 16, (index) => couriers.create(couriers.manifest(`courier-${index}`, url)));
    const env = { ...awsKeys, COURIER_RESYNC_SECONDS: String(resyncSeconds), COURIER_INTERVAL_SECONDS: '5' };
    const operator = OperatorUnderTest.start({ ...account, namespace, env });
    test.after(() => operator.end('SIGKILL'));

    await inParallel(200, 2, (index) => couriers.condition(`courier-${index}`, 'Ready', 'True/Ready', 180_000));
    const before = await quiet(cluster, account.user);
    await delay(3 * resyncSeconds * 1000);
    const since = (await writesOf(cluster, account.user)).slice(before.length);
    assert.deepEqual(since.map(inShort), []);

    assert.equal(await operator.end(), 0, operator.log);

    // What the next operator finds is as it should be, and at rest it keeps its watches and little else.
    const next = OperatorUnderTest.start({ ...account, namespace, env: awsKeys });
    test.after(() => next.end('SIGKILL'));
    const port = Number(new URL(cluster.controlPlane.server).port);
    const connections = await eventually(
      'at rest on at most five connections',
      async () => {
        const count = await establishedTo(next.child.pid ?? 0, port);
        return count >= 3 && count <= 5 && (await next.get('/readyz')).startsWith('[+]') ? count : undefined;
      },
      90_000,
    );
    test.diagnostic(`${connections} connections to the API server`);
    assert.deepEqual((await writesOf(cluster, account.user)).slice(before.length).map(inShort), []);
    const lists = (await cluster.controlPlane.auditEvents(account.user))
      .filter(({ verb }) => verb === 'list')
      .map((event) => event.objectRef?.resource);
    assert.deepEqual(lists.sort(), ['couriers', 'couriers', 'deployments', 'deployments', 'pods', 'pods']);
    assert.equal(await next.end(), 0, next.log);
  });
});

/** Counts the established TCP connections of a process to a port, as the kernel of Linux tells them. */
async function establishedTo(pid: number, port: number): Promise<number> {
  const sockets = new Set<string>();
  for (const descriptor of await readdir(`/proc/${pid}/fd`)) {
    const target = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => '');
    const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
    if (inode !== undefined) sockets.add(inode);
  }
  const tables = await Promise.all(['tcp', 'tcp6'].map((table) => readFile(`/proc/${pid}/net/${table}`, 'utf8')));
  return tables
    .flatMap((table) => table.trim().split('\n').slice(1))
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , remote = '', state, , , , , , inode = '']) => {
      // 01 is ESTABLISHED; the port is hexadecimal.
      return state === '01' && Number.parseInt(remote.split(':')[1] ?? '', 16) === port && sockets.has(inode);
    }).length;
}
