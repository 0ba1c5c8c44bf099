import { childMetadata, selectorLabels } from '../names.ts';
import type { Child, LiveCourier, PodDisruptionBudget } from '../objects.ts';

/**
 * The budget for drains of nodes: a quarter of the workers at a time, so that the rest keep up. Kubernetes rounds the
 * quarter up, so at least one may always go, the only one included: an evicted worker drains and loses nothing. One that
 * is not ready may go in any case, or a broken fleet would keep nodes from being drained.
 */
export function podDisruptionBudget(courier: LiveCourier): Child & PodDisruptionBudget {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: childMetadata(courier),
    spec: {
      maxUnavailable: '25%',
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
      selector: { matchLabels: { ...selectorLabels(courier.metadata.name) } },
    },
  };
}
