import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { NameConflict } from '../../../operator/courier/apply-error.ts';
import { ChildApplier } from '../../../operator/courier/child-applier.ts';
import type { Child, Deployment, LiveCourier } from '../../../operator/courier/objects.ts';
import { planChildren } from '../../../operator/courier/plan.ts';
import { childResources, podMonitors } from '../../../operator/courier/resources.ts';
import { KubeClient } from '../../../operator/kube/client.ts';
import type { KubeObject } from '../../../operator/kube/objects.ts';
import { MemoryServer } from '../../support/kube/memory-server.ts';
import { MemoryTransport } from '../../support/kube/memory-transport.ts';
import { context, liveCourier } from './fixtures.ts';

const signal = new AbortController().signal;
const childKey = 'shop/courier-orders';

/** An API server in memory with what an operator needs of it, and a cache of Deployments that is always up to date. */
class Bench {
  readonly server = new MemoryServer([
    [childResources.ServiceAccount, 'no status'],
    [childResources.ConfigMap, 'no status'],
    [childResources.PodDisruptionBudget, 'status'],
    [childResources.Deployment, 'status'],
  ]);
  readonly client = new KubeClient({ transport: new MemoryTransport(this.server) });
  /** Names that the watch does not show, since their labels are not ours. */
  readonly unlabelled = new Set<string>();
  applier = this.restarted();

  /** The applier of an operator that has just started. */
  restarted(): ChildApplier {
    return new ChildApplier({
      client: this.client,
      podMonitors: { look: () => this.client.serves(podMonitors) },
      deployments: { get: (key) => (this.unlabelled.has(key) ? undefined : this.live('Deployment', key)) },
    });
  }

  live<T extends KubeObject = Deployment>(kind: Child['kind'], key = childKey): T | undefined {
    const objects = this.server.of(childResources[kind]).all();
    return objects.find(({ metadata }) => `${metadata.namespace}/${metadata.name}` === key) as T | undefined;
  }

  /** Writes all children. @returns the kinds that were written. */
  async apply(courier: LiveCourier, { verify = false, replicas = 3 } = {}): Promise<string[]> {
    const written: string[] = [];
    for (const child of planChildren(courier, { ...context, replicas }).children) {
      if ((await this.applier.apply(courier, child, verify, signal)) !== undefined) written.push(child.kind);
    }
    return written;
  }

  patches(): number {
    return this.server.count('PATCH', /./);
  }

  /** Changes a child as somebody else. */
  change(kind: Child['kind'], patch: unknown): void {
    this.server.of(childResources[kind]).patch(childKey, patch, 'main', 'kubectl');
  }
}

const all = ['ServiceAccount', 'ConfigMap', 'PodDisruptionBudget', 'Deployment'];

describe('an applier of children', () => {
  let bench: Bench;
  beforeEach(() => {
    bench = new Bench();
  });

  it('writes every child once, and nothing again: neither later, nor to verify, nor after a restart', async () => {
    const courier = liveCourier();
    assert.deepEqual(await bench.apply(courier), all);
    assert.deepEqual(await bench.apply(courier), []);
    assert.deepEqual(await bench.apply(courier, { verify: true }), []);
    bench.applier = bench.restarted();
    assert.deepEqual(await bench.apply(courier), []);
    assert.equal(bench.patches(), 4);
  });

  it('reads nothing to see that nothing has changed, and every child to verify it', async () => {
    const courier = liveCourier();
    await bench.apply(courier);
    const before = bench.server.requests.length;
    await bench.apply(courier);
    assert.equal(bench.server.requests.length, before);
    await bench.apply(courier, { verify: true });
    assert.equal(bench.server.requests.length, before + 4, 'a watch may have missed something');
  });

  it('writes only what differs', async () => {
    await bench.apply(liveCourier());
    assert.deepEqual(await bench.apply(liveCourier(), { replicas: 4 }), ['Deployment']);
    const moved = liveCourier({ 'spec.recipient.url': 'http://orders.shop.svc/v2' });
    assert.deepEqual(await bench.apply(moved, { replicas: 4 }), ['ConfigMap', 'Deployment']);
  });

  const drifts: readonly { readonly what: string; readonly kind: Child['kind']; readonly patch: unknown }[] = [
    { what: 'replicas', kind: 'Deployment', patch: { spec: { replicas: 9 } } },
    { what: 'the rollout strategy', kind: 'Deployment', patch: { spec: { strategy: { type: 'Recreate' } } } },
    { what: 'its labels', kind: 'Deployment', patch: { metadata: { labels: { 'app.kubernetes.io/name': 'x' } } } },
    { what: 'its data', kind: 'ConfigMap', patch: { data: { 'courier.json': '{}' } } },
    { what: 'its limit', kind: 'PodDisruptionBudget', patch: { spec: { maxUnavailable: 9 } } },
    { what: 'its labels', kind: 'ServiceAccount', patch: { metadata: { labels: null } } },
  ];
  for (const { what, kind, patch } of drifts) {
    for (const restarted of [false, true]) {
      it(`takes back what somebody did to a ${kind}: ${what}${restarted ? ', while the operator was away' : ''}`, async () => {
        const courier = liveCourier();
        await bench.apply(courier);
        bench.change(kind, patch);
        if (restarted) bench.applier = bench.restarted();
        assert.deepEqual(await bench.apply(courier, { verify: true }), [kind]);
        assert.deepEqual(await bench.apply(courier, { verify: true }), []);
      });
    }
  }

  it('leaves alone what others add', async () => {
    const courier = liveCourier();
    await bench.apply(courier);
    bench.change('ConfigMap', { metadata: { annotations: { team: 'shop' } } });
    bench.change('Deployment', { spec: { template: { metadata: { annotations: { restartedAt: 'now' } } } } });
    bench.applier = bench.restarted();
    assert.deepEqual(await bench.apply(courier, { verify: true }), []);
  });

  it('does not take the status of a Deployment for a change', async () => {
    const courier = liveCourier();
    await bench.apply(courier);
    const status = { metadata: { namespace: 'shop', name: 'courier-orders' }, status: { replicas: 3 } };
    await bench.client.applyStatus(
      childResources.Deployment,
      status,
      { fieldManager: 'kube-controller-manager' },
      signal,
    );
    assert.deepEqual(await bench.apply(courier, { verify: true }), []);
  });

  it('makes a child again that was deleted', async () => {
    const courier = liveCourier();
    await bench.apply(courier);
    bench.server.of(childResources.Deployment).delete(childKey);
    assert.deepEqual(await bench.apply(courier), ['Deployment']);
    bench.server.of(childResources.ConfigMap).delete(childKey);
    assert.deepEqual(await bench.apply(courier, { verify: true }), ['ConfigMap']);
  });

  it('gives its labels back to a Deployment that the watch has lost for want of them', async () => {
    const courier = liveCourier();
    await bench.apply(courier);
    bench.change('Deployment', { metadata: { labels: null } });
    bench.unlabelled.add(childKey);
    assert.deepEqual(await bench.apply(courier), ['Deployment']);
  });

  for (const [whose, ownerReferences, owner, passing] of [
    ['nobody', [], undefined, false],
    ['a ReplicaSet', [{ ...ownerOf('ReplicaSet', 'web'), controller: true }], /ReplicaSet web/, false],
    ['an owner that is no controller', [ownerOf('Courier', 'orders')], undefined, false],
    ['another Courier', [{ ...ownerOf('Courier', 'invoices'), controller: true }], /Courier invoices/, false],
    [
      'a Courier of the same name before this one',
      [{ ...ownerOf('Courier', 'orders'), controller: true }],
      /orders/,
      true,
    ],
  ] as const) {
    it(`refuses to take over a child that belongs to ${whose}`, async () => {
      const metadata = { namespace: 'shop', name: 'courier-orders', ownerReferences };
      bench.server.of(childResources.ConfigMap).create({ metadata }, 'them');
      bench.unlabelled.add(childKey);
      bench.server.of(childResources.Deployment).create({ metadata }, 'them');
      for (const kind of ['ConfigMap', 'Deployment'] as const) {
        const child = planChildren(liveCourier(), context).children.find((candidate) => candidate.kind === kind);
        assert.ok(child !== undefined);
        await assert.rejects(bench.applier.apply(liveCourier(), child, false, signal), (error) => {
          assert.ok(error instanceof NameConflict);
          assert.equal(error.passing, passing);
          if (owner === undefined) assert.equal(error.owner, undefined);
          else assert.match(error.owner ?? '', owner);
          return true;
        });
      }
      assert.equal(bench.patches(), 0);
    });
  }

  it('waits for the garbage collector where a Courier was deleted and made again', async () => {
    const before = liveCourier();
    await bench.apply(before);
    const again = { ...before, metadata: { ...before.metadata, uid: 'another' } };
    await assert.rejects(bench.apply(again), NameConflict);
    bench.applier.forget(childKey);
    await assert.rejects(bench.apply(again), NameConflict);
    for (const kind of Object.keys(childResources) as Child['kind'][]) {
      if (kind !== 'PodMonitor') bench.server.of(childResources[kind]).delete(childKey);
    }
    assert.deepEqual(await bench.apply(again, { verify: true }), all);
  });

  it('forgets the children of a Courier that is gone: one that is made again gets all of them', async () => {
    const courier = liveCourier();
    await bench.apply(courier);
    for (const kind of Object.keys(childResources) as Child['kind'][]) {
      if (kind !== 'PodMonitor') bench.server.of(childResources[kind]).delete(childKey);
    }
    bench.applier.forget(childKey);
    assert.deepEqual(await bench.apply(courier), all);
  });

  it('removes what there should not be, where it is the Courier’s, and nothing else', async () => {
    const courier = liveCourier();
    await bench.apply(courier);
    const ref = { kind: 'ServiceAccount', namespace: 'shop', name: 'courier-orders' } as const;
    const foreign = { ...courier, metadata: { ...courier.metadata, uid: 'another' } };
    await bench.applier.remove(foreign, ref, signal);
    assert.ok(bench.live('ServiceAccount') !== undefined);
    await bench.applier.remove(courier, ref, signal);
    assert.equal(bench.live('ServiceAccount'), undefined);
    await bench.applier.remove(courier, ref, signal);
    assert.deepEqual(await bench.apply(courier), ['ServiceAccount']);
  });
});

function ownerOf(kind: string, name: string) {
  return { apiVersion: 'v1', kind, name, uid: 'theirs' };
}
