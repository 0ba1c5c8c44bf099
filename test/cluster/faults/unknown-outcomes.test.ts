import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../suite.ts';
import { converged, madeAndRemoved, ReplicaHistory, stays, undisturbed, writes } from './oracles.ts';
import { faultyCluster, Stage, times } from './stage.ts';

const cluster = await faultyCluster();
/** Longer than the operator waits for the answer to a write. */
const longerThanWriteMs = 16_000;

describe('writes whose outcome nobody tells (fault 4)', () => {
  for (const write of ['configmaps', 'deployments', 'couriers/[^/]+/status']) {
    it(`a gateway gives up on a patch of ${write} that succeeds`, async (test) => {
      const stage = await Stage.set(cluster, test);
      const path = new RegExp(`/${write}`);
      stage.proxy.rule({ method: 'PATCH', path, times: 2, action: { do: 'answer after send', status: 504 } });
      await stage.apply();
      await stage.startOperator();
      await converged(stage, 0);
      await stays(stage);
      assert.deepEqual(await madeAndRemoved(stage), undisturbed('orders'));
    });
  }

  it('etcd is halted for longer than a write waits, and goes on', async (test) => {
    const stage = await Stage.set(cluster, test);
    const { etcd } = cluster.controlPlane;
    // The lead must outlast it: this is about writes.
    const operator = await stage.startOperator();
    await stage.apply();
    await converged(stage, 0);
    test.after(() => etcd.signal('SIGCONT'));
    // Held until etcd stands still: the change is stored, and what follows from it is not.
    const held = Promise.withResolvers<void>();
    stage.proxy.rule({
      method: 'PATCH',
      path: /deployments/,
      action: { do: 'run before send', run: () => held.promise },
    });
    const before = stage.proxy.writes.length;
    await stage.apply({ scaling: { minReplicas: 2 } });
    await eventually('the write is on its way', () =>
      stage.proxy.writes.slice(before).some(({ path }) => /deployments/.test(path)),
    );
    etcd.signal('SIGSTOP');
    held.resolve();
    await delay(longerThanWriteMs);
    etcd.signal('SIGCONT');
    await converged(stage, 2);
    await stays(stage);
    assert.deepEqual(await madeAndRemoved(stage), undisturbed('orders'));
    assert.equal(operator.child.exitCode, null, operator.log);
  });
});

describe('a cache that is late (faults 5, 7, 8)', () => {
  it('an operator that does not see its own write yet makes none on top of it', async (test) => {
    const stage = await Stage.set(cluster, test);
    await stage.startOperator();
    await stage.apply({ scaling: { maxReplicas: 4 } });
    await stage.send(1);
    await converged(stage, 1);
    const history = await ReplicaHistory.of(stage, test);
    stage.proxy.freezeWatches(/deployments/);
    const before = (await writes(stage)).length;
    await stage.send(1);
    await stage.replicas(2);
    // What else changes now is decided on a cache that shows one replica: the operator has to wait.
    await stage.send(2);
    for (let n = 0; n < 10; n++)
      await stage.apply({ scaling: { maxReplicas: 4 }, metadata: { labels: { n: String(n) } } });
    await delay(5 * times.intervalSeconds * 1000);
    const deployments = (await writes(stage))
      .slice(before)
      .filter(({ objectRef }) => objectRef?.resource === 'deployments');
    assert.equal(deployments.length, 1);
    stage.proxy.thaw();
    await converged(stage, 4);
    await stays(stage);
    assert.deepEqual(history.replicas, [1, 2, 4]);
    assert.deepEqual(await madeAndRemoved(stage), undisturbed('orders'));
  });

  it('a Courier that is replaced by one of the same name while nobody looks is another one', async (test) => {
    const stage = await Stage.set(cluster, test);
    const operator = await stage.startOperator();
    const old = await stage.apply({ scaling: { minReplicas: 2 } });
    await converged(stage, 2);
    stage.proxy.partition();
    await stage.admin.delete(stage.courierPath());
    await eventually(
      'the former is gone',
      async () => (await stage.list('apis/courier.dev/v1alpha1', 'couriers')).length === 0,
    );
    const fresh = await stage.apply({ scaling: { minReplicas: 1 } });
    assert.notEqual(fresh.metadata.uid, old.metadata.uid);
    stage.proxy.heal();
    const children = await converged(stage, 1);
    for (const { metadata } of children.values()) assert.equal(metadata.ownerReferences?.[0]?.uid, fresh.metadata.uid);
    await stays(stage);
    assert.equal((await operator.get('/metrics')).includes(old.metadata.uid), false);
  });

  it('children that are removed by hand come back within one resync, whether that was seen or not', async (test) => {
    const stage = await Stage.set(cluster, test);
    await stage.startOperator();
    await stage.apply({ scaling: { minReplicas: 1 } });
    await converged(stage, 1);
    stage.proxy.swallowEvents((event) => (event as { type?: string }).type === 'DELETED');
    for (const path of [stage.deploymentPath(), configMap(stage)]) {
      const { metadata } = await stage.admin.get<{ metadata: { uid: string } }>(path);
      await stage.admin.delete(path);
      await eventually(`another ${path}`, async () => {
        const { metadata: now } = await stage.admin.get<{ metadata: { uid: string } }>(path);
        return now.uid !== metadata.uid;
      });
    }
    stage.proxy.heal();
    await converged(stage, 1);
    await stays(stage);
  });

  it('a pair of changes that cancel each other out is not missed when it is not seen', async (test) => {
    const stage = await Stage.set(cluster, test);
    await stage.startOperator();
    await stage.apply({ scaling: { minReplicas: 1 } });
    await converged(stage, 1);
    const made = await madeAndRemoved(stage);
    stage.proxy.swallowEvents(() => true);
    for (const minReplicas of [2, 1]) await stage.apply({ scaling: { minReplicas } });
    for (const replicas of [3, 1]) await stage.admin.patch(stage.deploymentPath(), 'merge', { spec: { replicas } });
    stage.proxy.heal();
    // The last change of all is what shows where it has arrived.
    await stage.apply({ scaling: { minReplicas: 1 }, metadata: { labels: { seen: 'true' } } });
    await converged(stage, 1);
    await stays(stage);
    assert.deepEqual(await madeAndRemoved(stage), made);
  });
});

function configMap({ namespace }: Stage): string {
  return `/api/v1/namespaces/${namespace}/configmaps/courier-orders`;
}
