import { pods } from '../courier/resources.ts';
import type { KubeClient } from '../kube/client.ts';
import { KubeError } from '../kube/errors.ts';
import type { Logger } from '../kube/log.ts';
import { deletionCostAnnotation, type WorkerPod } from './worker-pods.ts';

export type PodCostsOptions = { readonly client: Pick<KubeClient, 'patch'>; readonly log: Logger };

/** Pods that are patched at a time. */
const parallel = 8;

/** Notes on pods what removing each costs, so that the ReplicaSet takes the least busy. */
export class PodCosts {
  readonly #options: PodCostsOptions;

  constructor(options: PodCostsOptions) {
    this.#options = options;
  }

  /**
   * Writes the costs where pods do not say so already. A cost that cannot be written is logged: then others than the least
   * busy may be removed, which is no reason to keep them all.
   *
   * @param costs by the pods' ids.
   */
  async write(workers: readonly WorkerPod[], costs: ReadonlyMap<string, number>, signal: AbortSignal): Promise<void> {
    const changed = workers.filter(({ id, deletionCost }) => (costs.get(id) ?? deletionCost) !== deletionCost);
    for (let first = 0; first < changed.length; first += parallel) {
      const some = changed.slice(first, first + parallel);
      await Promise.all(some.map((pod) => this.#writeOne(pod, costs.get(pod.id) ?? 0, signal)));
    }
  }

  async #writeOne({ namespace, name, id }: WorkerPod, cost: number, signal: AbortSignal): Promise<void> {
    // With the uid, a pod of the same name that was made meanwhile refuses it.
    const patch = { metadata: { uid: id, annotations: { [deletionCostAnnotation]: String(cost) } } };
    try {
      await this.#options.client.patch(pods, { namespace, name }, patch, { type: 'merge' }, signal);
    } catch (error) {
      if (!(error instanceof KubeError)) throw error;
      if (error.isNotFound || error.isConflict) return;
      this.#options.log.warn(
        { pod: `${namespace}/${name}`, error: error.message },
        'the cost of removing a pod is not written',
      );
    }
  }
}
