import { randomUUID } from 'node:crypto';
import { collectDefaultMetrics, type Registry } from 'prom-client';
import type { Clock } from '../api/clock.ts';
import type { Random } from '../api/random.ts';
import { Caches } from './caches.ts';
import { type OperatorConfig, parseListen } from './config.ts';
import { ChildApplier } from './courier/child-applier.ts';
import { eventsOf } from './courier/events.ts';
import { childName, leaseName } from './courier/names.ts';
import { Reconciler } from './courier/reconciler.ts';
import { couriers, deployments, podMonitors } from './courier/resources.ts';
import { ExchangeClient } from './exchange/exchange-client.ts';
import { readOperatorKey } from './exchange/operator-key.ts';
import { HealthServer } from './health-server.ts';
import type { KubeClient } from './kube/client.ts';
import { ConsistencyGate } from './kube/consistency.ts';
import { Controller } from './kube/controller.ts';
import { EventRecorder } from './kube/events.ts';
import { cachesSynced, reconcilesEnd, waitForCaches } from './kube/health.ts';
import { LeaderElector } from './kube/leader-election.ts';
import type { Logger } from './kube/log.ts';
import type { KubeMetrics } from './kube/metrics.ts';
import { WorkQueue } from './kube/workqueue.ts';
import { SampledFleets } from './sampling/fleets.ts';
import { PodCosts } from './sampling/pod-costs.ts';
import { QueueSampler } from './sampling/queue-sampler.ts';
import { registerScalingMetrics } from './sampling/scaling-metrics.ts';
import { readSecretCredentials } from './sampling/secret-credentials.ts';

export type OperatorOptions = {
  readonly config: OperatorConfig;
  /** Makes the client that everything but the metrics of it is given. */
  readonly client: KubeClient;
  readonly registry: Registry;
  readonly metrics: KubeMetrics;
  readonly log: Logger;
  readonly clock: Clock;
  readonly random: Random;
};

const controllerName = 'courier';

/**
 * Runs the operator until `signal` fires, in the order of controller-runtime's manager: probes and metrics, caches, the
 * election, then the controller; and backwards when it stops.
 *
 * @returns whether it stopped because it was told to; false when it has lost the lead, or never saw the cluster: then the
 * process must exit at once.
 */
export async function runOperator(options: OperatorOptions, signal: AbortSignal): Promise<boolean> {
  const { client, clock, config, log, metrics, random, registry } = options;
  collectDefaultMetrics({ register: registry });
  const caches = new Caches({
    client,
    namespace: config.watchNamespace,
    resyncMs: config.resyncMs,
    ...{ clock, random, log, metrics },
  });
  const queue = new WorkQueue({ clock, metrics: (state) => metrics.queue(controllerName, state) });
  caches.feed(queue);
  const elector = new LeaderElector({
    ...{ client, clock, random, log, namespace: config.namespace, name: leaseName },
    identity: `${config.podName}_${randomUUID()}`,
    times: electionTimes(config.leaseMs),
    metrics: metrics.election(leaseName),
  });
  const running = { overdue: (): readonly string[] => [] };
  const server = await HealthServer.start({
    ...{ ...parseListen(config.listen), metrics: registry },
    liveness: { reconciles: reconcilesEnd({ overdue: () => running.overdue() }) },
    readiness: { caches: cachesSynced(caches.all) },
  });
  log.info({ port: server.port, namespace: config.watchNamespace ?? 'all' }, 'the operator runs');
  const caching = new AbortController();
  const electing = new AbortController();
  const stopped = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  const cached = caches.run(caching.signal);
  try {
    const synced = await waitForCaches(caches.all, { clock }, signal);
    if (!synced) {
      if (!signal.aborted) log.error({}, 'the API server could not be listed within two minutes');
      return signal.aborted;
    }
    const election = elector.run(electing.signal);
    await Promise.race([elector.elected, elector.lost, stopped]);
    const lost = elector.lost.then(() => false);
    if (elector.mayWrite()) {
      const led = lead(options, caches, queue, elector, running, signal);
      if (!(await Promise.race([led.then(() => true), lost]))) return false;
    }
    // Last of all, when nothing writes any more.
    electing.abort();
    await election;
    return signal.aborted;
  } finally {
    caching.abort();
    await Promise.all([cached, server.close()]);
  }
}

/** What only the leader does: sample, reconcile, record events. Resolves when `signal` has fired and all has ended. */
async function lead(
  { client: unguarded, clock, config, log, metrics, random, registry }: OperatorOptions,
  caches: Caches,
  queue: WorkQueue,
  elector: LeaderElector,
  running: { overdue: () => readonly string[] },
  signal: AbortSignal,
): Promise<void> {
  const client = unguarded.guarded(elector.guard);
  const operatorKey = await readOperatorKey(client, config.namespace, signal);
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
  const recorder = new EventRecorder({
    client,
    clock,
    log,
    controller: 'courier.dev/operator',
    instance: config.podName,
  });
  const gate = new ConsistencyGate();
  gate.follow(couriers, caches.couriers.store);
  gate.follow(deployments, caches.deployments.store);
  const reconciler = new Reconciler({
    ...{ client, clock, fleets, gate },
    couriers: caches.couriers.store,
    deployments: caches.deployments.store,
    podsOf: (key) => caches.podsOf(key),
    applier: new ChildApplier({ client, deployments: caches.deployments.store }),
    events: {
      changed: (courier, status) => {
        for (const event of eventsOf(courier.status, status)) recorder.record({ regarding: courier, ...event });
      },
    },
    context: { operatorImage: config.image, podMonitors: await client.serves(podMonitors, signal) },
  });
  caches.couriers.subscribe(({ type, object: { metadata } }) => {
    if (type === 'resync') reconciler.verify(`${metadata.namespace}/${metadata.name}`);
  });
  const controller = new Controller({
    ...{ name: controllerName, queue, clock, log, reconcile: reconciler.reconcile },
    metrics: metrics.controller(controllerName),
  });
  running.overdue = () => controller.overdue();
  const recording = recorder.run(signal);
  await controller.run(signal);
  fleets.close();
  await Promise.all([recording, sampler.close(), exchange.close()]);
}

/** The shares of Kubernetes' own components: renew for two thirds of the lease, try every 2/15 of it. */
function electionTimes(leaseMs: number) {
  return { leaseMs, renewDeadlineMs: (leaseMs * 2) / 3, retryMs: (leaseMs * 2) / 15 };
}
