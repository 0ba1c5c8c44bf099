import { randomUUID } from 'node:crypto';
import { collectDefaultMetrics } from 'prom-client';
import { Caches } from './caches.ts';
import { parseListen } from './config.ts';
import { leaseName } from './courier/names.ts';
import { HealthServer } from './health-server.ts';
import { cachesSynced, reconcilesEnd, waitForCaches } from './kube/health.ts';
import { LeaderElector } from './kube/leader-election.ts';
import { WorkQueue } from './kube/workqueue.ts';
import { controllerName, lead } from './leader.ts';
import type { OperatorOptions } from './operator-options.ts';

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
      const led = lead(options, { caches, queue, elector, running }, signal);
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

/** The shares of Kubernetes' own components: renew for two thirds of the lease, try every 2/15 of it. */
function electionTimes(leaseMs: number) {
  return { leaseMs, renewDeadlineMs: (leaseMs * 2) / 3, retryMs: (leaseMs * 2) / 15 };
}
