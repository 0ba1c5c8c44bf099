import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { render } from '../chart/chart.ts';
import { chartCluster, newStage, restrictedNamespace } from './chart-suite.ts';
import { argoCd, flux, GitRepository, withoutHooks } from './git-repository.ts';
import { workerImage } from './operator-under-test.ts';
import { eventually } from './suite.ts';

const cluster = await chartCluster();
/** A tool comes by every few minutes; what fights, fights from the first time on. */
const cycles = 3;

describe('a Git repository with the chart and a Courier', () => {
  for (const tool of [argoCd, flux]) {
    it(`is what the cluster is in each cycle of ${tool.name}, while the scaler works, and nothing else is pruned`, async (test) => {
      const namespace = `gitops-${tool.name.toLowerCase().replace(' ', '-')}`;
      const stage = await newStage(cluster, namespace, test);
      await restrictedNamespace(cluster, 'courier-system');
      cluster.images.set('ghcr.io/courier-dev/courier:0.1.0', workerImage.image);
      const chart = new GitRepository(cluster, tool, withoutHooks(await render({ values })));
      test.after(() => chart.remove());
      await chart.apply();
      await stage.createSecret();
      const courier = { ...stage.manifest(), metadata: { name: 'orders', namespace, ...tool.marks } };
      const repository = new GitRepository(cluster, tool, [courier]);
      await eventually('the Courier is taken', async () => await repository.apply());
      await stage.couriers.condition('orders', 'Ready', 'True/Ready');
      const { metadata } = await stage.couriers.get('orders');

      const sizes = new Set<number>();
      const look = setInterval(() => void stage.workers().then((count) => sizes.add(count)), 100);
      test.after(() => clearInterval(look));
      for (let cycle = 0; cycle < cycles; cycle++) {
        await stage.send(300);
        await stage.allDelivered();
        assert.equal(await repository.drift(), '', `the Courier in cycle ${cycle}`);
        assert.equal(await chart.drift(), '', `the chart in cycle ${cycle}`);
        await repository.apply();
        await chart.apply();
        assert.deepEqual(await repository.marked(namespace), ['Courier/orders']);
        assert.equal((await stage.couriers.get('orders')).metadata.generation, metadata.generation);
        await eventually('no worker', async () => (await stage.workers()) === 0, 60_000);
      }
      test.diagnostic(`numbers of workers seen: ${[...sizes].sort().join(', ')}`);
      assert.ok(sizes.size > 1, 'the scaler worked');
      assert.equal(await stage.revision(), 1, 'no worker was restarted');
      await repository.remove();
    });
  }
});

const values = { 'operator.intervalSeconds': 1 };
