import type { Caches } from './caches.ts';
import { ChildApplier } from './courier/child-applier.ts';
import { eventsOf } from './courier/events.ts';
import { childName } from './courier/names.ts';
import { type Fleets, Reconciler } from './courier/reconciler.ts';
import { couriers, deployments, podMonitors } from './courier/resources.ts';
import { ExchangeClient } from './exchange/exchange-client.ts';
import { readOperatorKey } from './exchange/operator-key.ts';
import { ConsistencyGate } from './kube/consistency.ts';
import { Controller } from './kube/controller.ts';
import { EventRecorder } from './kube/events.ts';
import type { LeaderElector } from './kube/leader-election.ts';
import { ServedResource } from './kube/served.ts';
import { lowPriority, type WorkQueue } from './kube/workqueue.ts';
import type { OperatorOptions } from './operator-options.ts';
import { SampledFleets } from './sampling/fleets.ts';
import { PodCosts } from './sampling/pod-costs.ts';
import { QueueSampler } from './sampling/queue-sampler.ts';
import { registerScalingMetrics } from './sampling/scaling-metrics.ts';
import { readSecretCredentials } from './sampling/secret-credentials.ts';

/** The `controller` of log lines and metrics. */
export const controllerName = 'courier';

/** What the leader shares with those who wait for the lead. */
export type LeaderParts = {
  readonly caches: Caches;
  readonly queue: WorkQueue;
  readonly elector: LeaderElector;
  /** Told where to ask for the reconciles that hang. */
  readonly running: { overdue: () => readonly string[] };
};

/** What only the leader does: sample, reconcile, record events. Resolves when `signal` has fired and all has ended. */
export async function lead(options: OperatorOptions, parts: LeaderParts, signal: AbortSignal): Promise<void> {
  const { clock, config, log, metrics } = options;
  const { caches, queue, elector, running } = parts;
  const client = options.client.guarded(elector.guard);
  const operatorKey = await readOperatorKey(client, config.namespace, signal);
  const { fleets, close } = sampled({ ...options, client }, parts, operatorKey);
  const recorder = new EventRecorder({
    ...{ client, clock, log, controller: 'courier.dev/operator', instance: config.podName },
  });
  const monitors = new ServedResource({
    ...{ client, clock, log, resource: podMonitors },
    // With the definition every PodMonitor has gone.
    changed: (served) => {
      for (const key of served ? caches.couriers.store.keys() : []) {
        reconciler.verify(key);
        queue.add(key, { priority: lowPriority });
      }
    },
  });
  await monitors.look(signal);
  const reconciler = reconcilerOf({ ...options, client }, caches, { fleets, recorder, monitors });
  caches.couriers.subscribe(({ type, object: { metadata } }) => {
    if (type === 'resync') reconciler.verify(`${metadata.namespace}/${metadata.name}`);
  });
  const controller = new Controller({
    ...{ name: controllerName, queue, clock, log, reconcile: reconciler.reconcile },
    metrics: metrics.controller(controllerName),
  });
  running.overdue = () => controller.overdue();
  const others = [recorder.run(signal), monitors.run(signal)];
  await controller.run(signal);
  await Promise.all([...others, close()]);
}

/** What looks at queues and talks to workers. */
function sampled(
  { client, clock, config, log, random, registry }: OperatorOptions,
  { caches, queue, elector }: LeaderParts,
  operatorKey: Uint8Array,
): { readonly fleets: Fleets; readonly close: () => Promise<unknown> } {
  const sampler = new QueueSampler({
    clock,
    readCredentials: (namespace, name, abort) => readSecretCredentials(client, namespace, name, abort),
  });
  const exchange = new ExchangeClient();
  const podCosts = new PodCosts({ client, log });
  const fleets = new SampledFleets({
    ...{ clock, random, operatorKey, intervalMs: config.intervalMs },
    look: (courier, abort) => sampler.look(courier, abort),
    exchange: (address, token, order, abort) => {
      // A leader that has lost its lease without having noticed yet must not hand out shares that another one has.
      if (!elector.mayWrite()) throw new Error('this operator does not lead any more');
      return exchange.exchange(address, token, order, abort);
    },
    writeCosts: (workers, costs, abort) => podCosts.write(workers, costs, abort),
    podsOf: (key) => caches.podsOf(key),
    deploymentOf: ({ metadata }) => caches.deployments.store.get(`${metadata.namespace}/${childName(metadata.name)}`),
    changed: (key) => queue.add(key),
  });
  registerScalingMetrics(registry, () => fleets.records());
  const close = () => {
    fleets.close();
    return Promise.all([sampler.close(), exchange.close()]);
  };
  return { fleets, close };
}

function reconcilerOf(
  { client, clock, config }: OperatorOptions,
  caches: Caches,
  { fleets, recorder, monitors }: { fleets: Fleets; recorder: EventRecorder; monitors: ServedResource },
): Reconciler {
  const gate = new ConsistencyGate();
  gate.follow(couriers, caches.couriers.store);
  gate.follow(deployments, caches.deployments.store);
  return new Reconciler({
    ...{ client, clock, fleets, gate, operatorImage: config.image, podMonitors: monitors },
    couriers: caches.couriers.store,
    deployments: caches.deployments.store,
    podsOf: (key) => caches.podsOf(key),
    applier: new ChildApplier({ client, deployments: caches.deployments.store, podMonitors: monitors }),
    events: {
      changed: (courier, status) => {
        for (const event of eventsOf(courier.status, status)) recorder.record({ regarding: courier, ...event });
      },
    },
  });
}
