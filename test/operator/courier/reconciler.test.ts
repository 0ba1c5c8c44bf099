import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import type { CourierStatus } from '../../../api/v1alpha1.gen.ts';
import { ChildApplier } from '../../../operator/courier/child-applier.ts';
import type { Deployment, LiveCourier, Pod } from '../../../operator/courier/objects.ts';
import { Reconciler } from '../../../operator/courier/reconciler.ts';
import { childResources, couriers, deployments, podMonitors } from '../../../operator/courier/resources.ts';
import { KubeClient } from '../../../operator/kube/client.ts';
import { ConsistencyGate } from '../../../operator/kube/consistency.ts';
import type { KubeObject } from '../../../operator/kube/objects.ts';
import { ServedResource } from '../../../operator/kube/served.ts';
import { Store } from '../../../operator/kube/store.ts';
import { lowPriority } from '../../../operator/kube/workqueue.ts';
import type { Sample } from '../../../operator/sampling/courier-scaler.ts';
import { MemoryServer } from '../../support/kube/memory-server.ts';
import { MemoryTransport } from '../../support/kube/memory-transport.ts';
import { RecordedLog } from '../../support/kube/virtual-cluster.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { conditionsOf, context, liveCourier, messageOf, seen } from './fixtures.ts';

const signal = new AbortController().signal;
const key = 'shop/orders';
const childKey = 'shop/courier-orders';
const inputs = {};
const sampleOf = (replicas: number): Sample => ({
  look: seen,
  decision: {
    ...{ replicas, reason: 'Steady', limitedBy: 'None', explanation: 'as many as needed', inputs },
    state: {
      ...{ timeSeconds: 0, delivered: null, busySlotSeconds: null, replicaRate: null, workTimeSeconds: 0 },
      surplus: null,
    },
  },
  draining: 0,
  ready: replicas,
  generation: undefined,
  reports: [],
});

/** A reconciler over an API server in memory; its stores show what is there when {@link Bench.sync} is called. */
class Bench {
  readonly clock = new VirtualClock();
  readonly server = new MemoryServer([
    [couriers, 'status'],
    [childResources.ServiceAccount, 'no status'],
    [childResources.ConfigMap, 'no status'],
    [childResources.PodDisruptionBudget, 'status'],
    [childResources.Deployment, 'status'],
  ]);
  readonly client = new KubeClient({ transport: new MemoryTransport(this.server), clock: this.clock });
  readonly couriers = new Store<LiveCourier>({});
  readonly deployments = new Store<Deployment>({});
  readonly told: CourierStatus[] = [];
  readonly ensured: string[] = [];
  readonly forgotten: string[] = [];
  readonly log = new RecordedLog();
  sample: Sample | undefined;
  pods: Pod[] = [];
  monitors: ServedResource | undefined;
  readonly reconciler = this.restarted();

  restarted(): Reconciler {
    const gate = new ConsistencyGate();
    gate.follow(couriers, this.couriers);
    gate.follow(deployments, this.deployments);
    const monitors = new ServedResource({
      ...{ client: this.client, clock: this.clock, resource: podMonitors },
      changed: () => this.reconciler.verify(key),
    });
    this.monitors = monitors;
    return new Reconciler({
      ...{ client: this.client, clock: this.clock, couriers: this.couriers, deployments: this.deployments, gate },
      podsOf: () => this.pods,
      applier: new ChildApplier({ client: this.client, deployments: this.deployments, podMonitors: monitors }),
      fleets: {
        ensure: (name) => this.ensured.push(name),
        sample: () => this.sample,
        tokenSha256: () => context.exchangeTokenSha256,
        forget: (name) => this.forgotten.push(name),
      },
      events: { changed: (_, status) => this.told.push(status) },
      ...{ operatorImage: context.operatorImage, podMonitors: monitors },
    });
  }

  /** Creates a Courier as its author does. */
  create(courier = liveCourier()): void {
    const { metadata, spec } = courier;
    const { namespace, name } = metadata;
    // As the CRD's default has it.
    const status = { observedGeneration: -1 };
    const object: KubeObject & Pick<LiveCourier, 'spec' | 'status'> = { metadata: { namespace, name }, spec, status };
    this.server.of(couriers).create(object, 'a person');
    this.sync();
  }

  /** Lets the watches catch up. */
  sync(): void {
    refill(this.couriers, this.server.of(couriers).all() as LiveCourier[], this.server.resourceVersion);
    refill(this.deployments, this.server.of(deployments).all() as Deployment[], this.server.resourceVersion);
  }

  async reconcile({ reconciler = this.reconciler, priority = 0 } = {}) {
    const before = this.writes();
    const result = await reconciler.reconcile(key, { reconcileId: '1', log: this.log, priority }, signal);
    return { ...result, writes: this.writes() - before };
  }

  /** Reconciles and lets the watches catch up until nothing is written any more. */
  async settle(): Promise<void> {
    for (let round = 0; round < 10; round++) {
      const { writes } = await this.reconcile();
      this.sync();
      if (writes === 0) return;
    }
    assert.fail(
      `it never comes to rest: ${conditionsOf(this.live.status ?? {})} but ${conditionsOf(this.told.at(-1) ?? {})}`,
    );
  }

  get live(): LiveCourier {
    return this.server.of(couriers).get(key) as LiveCourier;
  }

  get deployment(): Deployment {
    return this.server.of(deployments).get(childKey) as Deployment;
  }

  writes(): number {
    return this.server.requests.filter(({ method }) => method !== 'GET').length;
  }
}

function refill<T extends KubeObject>(store: Store<T>, objects: readonly T[], version: string): void {
  for (const name of [...store.keys()]) store.delete(name);
  for (const object of objects) store.set(object);
  store.lastSyncResourceVersion = version;
}

describe('a reconcile', () => {
  let bench: Bench;
  beforeEach(() => {
    bench = new Bench();
  });

  it('makes every child and says how it is', async () => {
    bench.create();
    bench.sample = sampleOf(0);
    assert.equal((await bench.reconcile()).writes, 5);
    assert.equal(bench.deployment.spec?.replicas, 0);
    assert.equal(bench.live.status?.observedGeneration, 1);
    assert.deepEqual(bench.ensured, [key]);
    assert.equal(bench.told.length, 1);
  });

  it('says nothing of a new Courier until its queue was looked at, but for five seconds at most', async () => {
    bench.create();
    const { writes, requeueAfterMs = 0 } = await bench.reconcile();
    bench.sync();
    assert.deepEqual([writes, requeueAfterMs, bench.told.length], [4, 5000, 0]);
    await bench.clock.advance(requeueAfterMs);
    await bench.reconcile();
    assert.ok(conditionsOf(bench.live.status ?? {}).includes('QueueReachable=Unknown/NotYetObserved'));
  });

  it('does not act on what it has seen before its own last writes', async () => {
    bench.create();
    bench.sample = sampleOf(0);
    await bench.reconcile();
    const { writes, requeueAfterMs } = await bench.reconcile();
    assert.equal(writes, 0);
    assert.ok(requeueAfterMs !== undefined && requeueAfterMs > 0);
    bench.sync();
    assert.equal((await bench.reconcile()).requeueAfterMs, undefined);
  });

  it('writes nothing where all is as it should be: not again, not at a resync, not after a restart', async () => {
    bench.create();
    bench.sample = sampleOf(0);
    await bench.settle();
    await bench.clock.advance(3_600_000);
    assert.equal((await bench.reconcile()).writes, 0);
    assert.equal((await bench.reconcile({ priority: lowPriority })).writes, 0);
    assert.equal((await bench.reconcile({ reconciler: bench.restarted(), priority: lowPriority })).writes, 0);
  });

  it('keeps the replicas that there are until something is decided', async () => {
    bench.create();
    bench.sample = sampleOf(4);
    await bench.settle();
    assert.equal(bench.deployment.spec?.replicas, 4);
    bench.sample = undefined;
    assert.equal((await bench.reconcile({ reconciler: bench.restarted() })).writes, 0);
    assert.equal(bench.deployment.spec?.replicas, 4);
  });

  it('removes nobody at once because a bound is lowered: the next decision has them finish first', async () => {
    bench.create();
    const { generation } = bench.live.metadata;
    bench.sample = { ...sampleOf(4), generation };
    await bench.settle();
    bench.server.of(couriers).patch(key, { spec: { scaling: { maxReplicas: 1 } } }, 'main', 'kubectl');
    await bench.settle();
    assert.equal(bench.deployment.spec?.replicas, 4);
    bench.sample = { ...sampleOf(1), generation: generation + 1 };
    await bench.settle();
    assert.equal(bench.deployment.spec?.replicas, 1);
  });

  it('takes back what somebody else writes over the number of replicas', async () => {
    bench.create();
    bench.sample = sampleOf(4);
    await bench.settle();
    bench.server.of(deployments).patch(childKey, { spec: { replicas: 9 } }, 'main', 'kubectl');
    bench.sync();
    await bench.settle();
    assert.equal(bench.deployment.spec?.replicas, 4);
  });

  it('looks at the children that nobody watches when it is a resync', async () => {
    bench.create();
    await bench.settle();
    bench.server.of(childResources.ConfigMap).patch(childKey, { data: { 'courier.json': '{}' } }, 'main', 'kubectl');
    assert.equal((await bench.reconcile()).writes, 0);
    assert.equal((await bench.reconcile({ priority: lowPriority })).writes, 1);
  });

  it('looks at them, too, while the workers suffer from what a lost child would explain', async () => {
    bench.create();
    bench.sample = sampleOf(1);
    await bench.settle();
    bench.server.of(childResources.ServiceAccount).delete(childKey);
    assert.equal((await bench.reconcile()).writes, 0);
    const message = 'serviceaccount "courier-orders" not found';
    const conditions = [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message }];
    const status = { replicas: 1, conditions };
    bench.server.of(deployments).patch(childKey, { status }, 'status', 'kube-controller-manager');
    bench.sync();
    await bench.settle();
    assert.doesNotThrow(() => bench.server.of(childResources.ServiceAccount).get(childKey));
  });

  it('makes a PodMonitor while the cluster serves them, and is not troubled when it does not any more', async () => {
    bench.create();
    bench.sample = sampleOf(0);
    await bench.monitors?.look();
    await bench.settle();
    bench.server.serve(podMonitors, 'no status');
    await bench.reconcile();
    assert.equal(bench.server.count('PATCH', /podmonitors/), 0, 'nobody has looked');

    await bench.monitors?.look();
    assert.equal((await bench.reconcile()).writes, 1);
    assert.ok(bench.server.of(podMonitors).get(childKey));
    assert.equal((await bench.reconcile()).writes, 0);

    bench.server.withdraw(podMonitors);
    assert.equal((await bench.reconcile({ priority: lowPriority })).writes, 1, 'it finds out');
    const before = bench.server.count('GET', /podmonitors/);
    assert.equal((await bench.reconcile({ priority: lowPriority })).writes, 0);
    assert.equal(bench.server.count('GET', /podmonitors/), before);

    bench.server.serve(podMonitors, 'no status');
    await bench.monitors?.look();
    assert.equal((await bench.reconcile()).writes, 1, 'with the definition the object had gone');
    assert.ok(bench.server.of(podMonitors).get(childKey));
    assert.ok(!conditionsOf(bench.live.status ?? {}).some((condition) => condition.endsWith('ApiServerUnavailable')));
  });

  it('does not take a PodMonitor that cannot be written for one that nobody serves', async () => {
    bench.server.serve(podMonitors, 'no status');
    await bench.monitors?.look();
    bench.create();
    bench.sample = sampleOf(0);
    bench.server.fault({ method: 'PATCH', path: /podmonitors/, action: { status: 404, body: '{}' } });
    await assert.rejects(bench.reconcile(), { status: 404 });
    bench.sync();
    await bench.settle();
    assert.ok(bench.server.of(podMonitors).get(childKey));
  });

  it('writes only the Deployment when only the number changes', async () => {
    bench.create();
    bench.sample = sampleOf(0);
    await bench.settle();
    bench.sample = sampleOf(3);
    const before = bench.server.requests.length;
    await bench.reconcile();
    const requests = bench.server.requests.slice(before).map(({ method, path }) => `${method} ${path.split('?')[0]}`);
    assert.deepEqual(requests, [
      'PATCH /apis/apps/v1/namespaces/shop/deployments/courier-orders',
      'PATCH /apis/courier.dev/v1alpha1/namespaces/shop/couriers/orders/status',
    ]);
  });

  for (const [what, action, reason, terminal] of [
    ['is forbidden', { status: 403, body: '{}' }, 'OperatorForbidden', true],
    ['is refused as invalid', { status: 422, body: '{}' }, 'ChildRejected', true],
    ['finds the API server overloaded', { status: 503, body: '{}' }, 'ApiServerUnavailable', false],
    ['finds the connection broken', 'reset', 'ApiServerUnavailable', false],
  ] as const) {
    it(`says so when an apply ${what}, fails to be tried again, and mends itself`, async () => {
      bench.create();
      bench.sample = sampleOf(0);
      bench.server.fault({ method: 'PATCH', path: /deployments/, times: 4, action });
      for (let tries = 0; tries < 4; tries++) {
        await assert.rejects(bench.reconcile(), { name: 'KubeError' });
        bench.sync();
      }
      assert.ok(
        conditionsOf(bench.live.status ?? {}).includes(`Ready=False/${reason}`),
        JSON.stringify(bench.live.status),
      );
      assert.match(messageOf(bench.live.status ?? {}, 'Ready'), /Deployment shop\/courier-orders/);
      assert.equal(conditionsOf(bench.live.status ?? {}).includes(`Stalled=True/${reason}`), terminal);
      await bench.settle();
      assert.ok(!conditionsOf(bench.live.status ?? {}).some((condition) => condition.endsWith(reason)));
    });
  }

  it('reports all the same when the first child fails, and does not touch those after it', async () => {
    bench.create();
    bench.server.fault({ method: 'PATCH', path: /serviceaccounts/, action: { status: 403, body: '{}' } });
    await assert.rejects(bench.reconcile());
    assert.equal(bench.server.count('PATCH', /deployments|configmaps/), 0);
    assert.equal(bench.server.count('PATCH', /couriers\/orders\/status/), 1);
  });

  it('refuses a child of somebody else, and takes its name when it is free', async () => {
    bench.create();
    bench.server.of(deployments).create({ metadata: { namespace: 'shop', name: 'courier-orders' } }, 'them');
    bench.sync();
    for (let tries = 0; tries < 3; tries++) {
      await assert.rejects(bench.reconcile(), {
        name: 'NameConflict',
        message: /^The Deployment shop\/courier-orders exists already/,
      });
      bench.sync();
    }
    assert.deepEqual(bench.log.lines, [], 'who runs it logs what is thrown');
    const said = conditionsOf(bench.live.status ?? {});
    assert.ok(said.includes('Stalled=True/NameConflict'), said.join());
    assert.deepEqual(bench.deployment.metadata.ownerReferences ?? [], []);
    bench.server.of(deployments).delete(childKey);
    bench.sync();
    await bench.settle();
    assert.equal(bench.deployment.spec?.replicas, 0);
  });

  it('calls no child a conflict that the garbage collector is about to remove', async () => {
    bench.create();
    await bench.settle();
    bench.server.of(couriers).delete(key);
    bench.sync();
    await bench.reconcile();
    bench.create();
    await assert.rejects(bench.reconcile(), { name: 'NameConflict' });
    assert.ok(!conditionsOf(bench.live.status ?? {}).some((condition) => condition.startsWith('Stalled')));
    for (const resource of [deployments, childResources.ConfigMap, childResources.ServiceAccount]) {
      bench.server.of(resource).delete(childKey);
    }
    bench.server.of(childResources.PodDisruptionBudget).delete(childKey);
    bench.sync();
    await bench.settle();
    assert.equal(bench.deployment.metadata.ownerReferences?.[0]?.uid, bench.live.metadata.uid);
  });

  it('writes no status of a Courier that was deleted and made again meanwhile', async () => {
    bench.create();
    bench.server.of(couriers).delete(key);
    bench.server.of(couriers).create({ metadata: { namespace: 'shop', name: 'orders' } }, 'a person');
    await bench.reconcile().catch(() => {});
    assert.equal(bench.live.status, undefined);
  });

  it('lets go of a Courier that is gone or going, and writes nothing for it', async () => {
    assert.equal((await bench.reconcile()).writes, 0);
    assert.deepEqual(bench.forgotten, [key]);
    bench.create();
    const going = { ...bench.live, metadata: { ...bench.live.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } };
    bench.couriers.set(going);
    assert.equal((await bench.reconcile()).writes, 0);
    assert.deepEqual(bench.forgotten, [key, key]);
    assert.deepEqual(bench.ensured, []);
  });

  it('leaves everything as it is when there is no plan, and says why', async () => {
    bench.create(liveCourier({ 'spec.audit': { file: { directory: '/audit' } } }));
    assert.equal((await bench.reconcile()).writes, 1);
    assert.ok(conditionsOf(bench.live.status ?? {}).includes('Stalled=True/AuditVolumeMissing'));
  });

  it('comes back when counters may be written, and not before', async () => {
    bench.create();
    bench.sample = sampleOf(0);
    await bench.settle();
    bench.sample = { ...sampleOf(0), look: { ...seen, counters: { ...seen.counters, visible: 121 } } };
    const { writes, requeueAfterMs = 0 } = await bench.reconcile();
    assert.equal(writes, 0);
    assert.ok(requeueAfterMs > 20_000 && requeueAfterMs <= 30_000, `${requeueAfterMs}`);
    await bench.clock.advance(requeueAfterMs);
    assert.equal((await bench.reconcile()).writes, 1);
  });
});
