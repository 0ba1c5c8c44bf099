import type { V1ConfigMap, V1PodDisruptionBudget } from '@kubernetes/client-node';
import type { ApiObject } from '../../../operator/kube/objects.ts';
import { namespaced } from '../../../operator/kube/resources.ts';

export type ConfigMap = ApiObject<V1ConfigMap>;
export type PodDisruptionBudget = ApiObject<V1PodDisruptionBudget>;

export const configMaps = namespaced<ConfigMap>('v1', 'ConfigMap', 'configmaps');
/** Has a status with conditions, and nothing acts on it while there are no pods. */
export const podDisruptionBudgets = namespaced<PodDisruptionBudget>(
  'policy/v1',
  'PodDisruptionBudget',
  'poddisruptionbudgets',
);

/** A ConfigMap with one entry. */
export function configMap(
  namespace: string,
  name: string,
  value = 'one',
  labels: Record<string, string> = {},
): ConfigMap {
  return { metadata: { namespace, name, labels }, data: { value } };
}
