import type { KubeConfig, V1Deployment } from '@kubernetes/client-node';
import { KubeClient } from '../../../operator/kube/client.ts';
import type { Clock } from '../../../operator/kube/clock.ts';
import type { ConsistencyGate } from '../../../operator/kube/consistency.ts';
import { Controller } from '../../../operator/kube/controller.ts';
import { waitForCaches } from '../../../operator/kube/health.ts';
import { LeaderElector } from '../../../operator/kube/leader-election.ts';
import type { Logger } from '../../../operator/kube/log.ts';
import type { KubeMetrics } from '../../../operator/kube/metrics.ts';
import { type ApiObject, type KubeObject, keyOf } from '../../../operator/kube/objects.ts';
import type { ReconcileResult } from '../../../operator/kube/reconcile.ts';
import { Reflector } from '../../../operator/kube/reflector.ts';
import { namespaced } from '../../../operator/kube/resources.ts';
import { byController, Store } from '../../../operator/kube/store.ts';
import { lowPriority, WorkQueue } from '../../../operator/kube/workqueue.ts';

// What operator/kube/README.md shows, in a file that is typechecked; test/docs compares them.

type Widget = KubeObject;
type Deployment = ApiObject<V1Deployment>;

/** What a program with the README's controller has from elsewhere. */
export type WidgetOperator = {
  readonly kubeConfig: KubeConfig;
  readonly namespace: string;
  readonly identity: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: KubeMetrics;
  readonly stop: AbortController;
  readonly deploymentFor: (widget: Widget) => Deployment;
};

/** Runs the README's controller until `stop`. */
export async function runWidgetOperator(options: WidgetOperator): Promise<void> {
  const { kubeConfig, namespace, identity, clock, log, metrics, stop, deploymentFor } = options;
  const cachesEnd = new AbortController();
  const leaseEnd = new AbortController();

  const client = KubeClient.connect(kubeConfig, { userAgent: 'widget-operator/1.0', metrics: metrics.client });
  const elector = new LeaderElector({
    client,
    namespace,
    name: 'widget-operator',
    identity,
    clock,
    random: Math.random,
  });
  const writer = client.guarded(elector.guard); // refuses every write without the lead

  const widgets = namespaced<Widget>('example.dev/v1', 'Widget', 'widgets');
  const deployments = namespaced<ApiObject<V1Deployment>>('apps/v1', 'Deployment', 'deployments');
  const reflect = { client, clock, random: Math.random };
  const widgetCache = new Reflector({ ...reflect, resource: widgets, store: new Store<Widget>({}) });
  const deploymentCache = new Reflector({
    ...reflect,
    resource: deployments,
    store: new Store({ owner: byController }),
  });
  const caches = [widgetCache, deploymentCache];

  const queue = new WorkQueue({ clock, metrics: (state) => metrics.queue('widget', state) });
  widgetCache.subscribe((event) => {
    const nobodyWaits = event.type === 'resync' || (event.type === 'added' && event.initial);
    queue.add(keyOf(event.object), nobodyWaits ? { priority: lowPriority } : {});
  });

  const controller = new Controller({
    name: 'widget',
    queue,
    clock,
    log,
    metrics: metrics.controller('widget'),
    async reconcile(key, { log }, signal) {
      const widget = widgetCache.store.get(key);
      if (widget === undefined) return {};
      await writer.apply(deployments, deploymentFor(widget), { fieldManager: 'widget-operator' }, signal);
      log.info({ key }, 'the Deployment was applied');
      return {};
    },
  });

  for (const cache of caches) void cache.run(cachesEnd.signal);
  if (!(await waitForCaches(caches, { clock }, stop.signal))) process.exit(1);
  void elector.run(leaseEnd.signal);
  void elector.lost.then(() => process.exit(1));
  await elector.elected;
  await controller.run(stop.signal); // resolves when the reconciles under way have ended
  leaseEnd.abort(); // gives the lease back, last of all
  cachesEnd.abort();
}

/** A reconcile's last step, where what it has written must be seen before it is judged. */
export async function applyAfterOwnWrites(
  { gate, uid, widget }: { readonly gate: ConsistencyGate; readonly uid: string; readonly widget: Widget },
  deployment: Deployment,
  writer: KubeClient,
): Promise<ReconcileResult> {
  const key = keyOf(widget);
  const deployments = namespaced<Deployment>('apps/v1', 'Deployment', 'deployments');
  if (gate.behind(key, uid).length > 0) return { requeue: true };
  const applied = await writer.apply(deployments, deployment, { fieldManager: 'widget-operator' });
  gate.wrote(key, uid, deployments, applied.metadata.resourceVersion);
  return {};
}
