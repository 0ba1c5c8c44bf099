import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { ServedResource } from '../../../operator/kube/served.ts';
import { podDisruptionBudgets } from '../../support/kube/kinds.ts';
import { VirtualCluster } from '../../support/kube/virtual-cluster.ts';

const minuteMs = 60_000;

describe('a resource that may come and go', () => {
  let cluster: VirtualCluster;
  let changes: boolean[];
  let served: ServedResource;
  let end: AbortController;

  beforeEach(() => {
    cluster = new VirtualCluster();
    changes = [];
    end = new AbortController();
    const { client, clock, log } = cluster;
    const changed = (now: boolean) => changes.push(now);
    served = new ServedResource({ client, clock, log, changed, resource: podDisruptionBudgets });
  });

  it('is seen by the first look, which is no change', async () => {
    assert.equal(served.isServed, false);
    assert.equal(await served.look(), true);
    assert.equal(served.isServed, true);
    assert.deepEqual(changes, []);
  });

  it('is seen to go and to come within a minute, at one request a minute', async () => {
    await served.look();
    const running = served.run(end.signal);
    cluster.server.withdraw(podDisruptionBudgets);
    await cluster.clock.advance(minuteMs);
    assert.deepEqual([served.isServed, changes], [false, [false]]);
    await cluster.clock.advance(10 * minuteMs);
    cluster.server.serve(podDisruptionBudgets, 'status');
    await cluster.clock.advance(minuteMs);
    assert.deepEqual([served.isServed, changes], [true, [false, true]]);
    assert.equal(cluster.server.requests.length, 13);
    assert.deepEqual(cluster.log.messages('info').length, 2);
    end.abort();
    await running;
    assert.equal(cluster.clock.pending, 0);
  });

  it('is what was seen last while the API server does not answer', async () => {
    await served.look();
    const running = served.run(end.signal);
    cluster.server.fault({ action: { status: 503, body: '' }, times: 2 });
    await cluster.clock.advance(2 * minuteMs);
    assert.deepEqual([served.isServed, changes], [true, []]);
    assert.equal(cluster.log.messages('warn').length, 2);
    cluster.server.withdraw(podDisruptionBudgets);
    await cluster.clock.advance(minuteMs);
    assert.equal(served.isServed, false);
    end.abort();
    await running;
  });

  it('is looked at anew by who doubts it', async () => {
    await served.look();
    cluster.server.withdraw(podDisruptionBudgets);
    assert.equal(await served.look(), false);
    assert.deepEqual(changes, [false]);
  });
});
