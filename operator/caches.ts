import { asKnown } from './courier/known-courier.ts';
import { childLabels, courierLabel } from './courier/names.ts';
import type { Deployment, LiveCourier, Pod } from './courier/objects.ts';
import { couriers, deployments, pods } from './courier/resources.ts';
import type { KubeClient } from './kube/client.ts';
import type { Clock, Random } from './kube/clock.ts';
import type { Syncing } from './kube/health.ts';
import type { Logger } from './kube/log.ts';
import type { KubeMetrics } from './kube/metrics.ts';
import type { KubeObject } from './kube/objects.ts';
import { Reflector } from './kube/reflector.ts';
import type { Resource } from './kube/resources.ts';
import { type IndexFunction, Store, withoutManagedFields } from './kube/store.ts';
import { lowPriority, type WorkQueue } from './kube/workqueue.ts';
import { courierKeysOf } from './sampling/worker-pods.ts';

export type CachesOptions = {
  readonly client: KubeClient;
  /** Undefined: all namespaces. */
  readonly namespace: string | undefined;
  readonly resyncMs: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly metrics: KubeMetrics;
};

/** Everything that the operator watches: Couriers, and the Deployments and pods of their workers. Three connections. */
export class Caches {
  readonly couriers: Reflector<LiveCourier>;
  readonly deployments: Reflector<Deployment>;
  readonly pods: Reflector<Pod, 'byCourier'>;
  readonly #options: CachesOptions;

  constructor(options: CachesOptions) {
    this.#options = options;
    this.couriers = this.#reflector(couriers, undefined, {}, asKnown);
    this.deployments = this.#reflector(deployments, ours, {});
    this.pods = this.#reflector(pods, ours, { byCourier: courierKeysOf });
  }

  get all(): readonly Syncing[] {
    return [this.couriers, this.deployments, this.pods];
  }

  /** The pods of the workers of the Courier `namespace/name`. */
  podsOf(courierKey: string): readonly Pod[] {
    return this.pods.store.by('byCourier', courierKey);
  }

  /** Queues a Courier when it or something of its changes; what nobody waits for with low priority. */
  feed(queue: WorkQueue): void {
    this.couriers.subscribe((event) => {
      const { metadata } = event.object;
      const unhurried = event.type === 'resync' || (event.type === 'added' && event.initial);
      queue.add(`${metadata.namespace}/${metadata.name}`, unhurried ? { priority: lowPriority } : {});
    });
    for (const reflector of [this.deployments, this.pods]) {
      reflector.subscribe((event) => {
        // A resync of the Courier looks at its children too.
        if (event.type === 'resync' || (event.type === 'added' && event.initial)) return;
        for (const key of courierKeysOf(event.object)) queue.add(key);
      });
    }
  }

  /** Runs until `signal` fires. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([this.couriers.run(signal), this.deployments.run(signal), this.pods.run(signal)]);
  }

  #reflector<T extends KubeObject, Index extends string>(
    resource: Resource<T>,
    labelSelector: string | undefined,
    indexes: Readonly<Record<Index, IndexFunction<T>>>,
    read: (object: T) => T = (object) => object,
  ): Reflector<T, Index> {
    const { namespace, metrics, ...rest } = this.#options;
    return new Reflector({
      ...rest,
      resource,
      selection: {
        ...(namespace === undefined ? {} : { namespace }),
        ...(labelSelector === undefined ? {} : { labelSelector }),
      },
      store: new Store<T, Index>(indexes),
      transform: (object) => read(withoutManagedFields(object)),
      metrics: metrics.reflector(resource.plural),
    });
  }
}

/** What the operator has made carries these labels. */
const ours = [`app.kubernetes.io/managed-by=${childLabels('any')['app.kubernetes.io/managed-by']}`, courierLabel].join(
  ',',
);
