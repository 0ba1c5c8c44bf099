import { courierLabel, workerPort } from '../courier/names.ts';
import type { Pod } from '../courier/objects.ts';
import type { FleetWorker } from '../fleet/fleet-worker.ts';
import type { KubeObject } from '../kube/objects.ts';

/** A worker's pod, as far as scaling looks at it; its id is its uid. */
export type WorkerPod = FleetWorker & {
  readonly namespace: string;
  readonly name: string;
  /** What it says that removing it costs, as a ReplicaSet reads it. */
  readonly deletionCost: number;
};

/** What a ReplicaSet goes by when it removes pods that are alike else: the lowest first; 0 when absent. */
export const deletionCostAnnotation = 'controller.kubernetes.io/pod-deletion-cost';

/** `namespace/name` of the Courier that an object was made for, by its label. */
export function courierKeysOf({ metadata }: KubeObject): readonly string[] {
  const name = metadata.labels?.[courierLabel];
  return name === undefined || metadata.namespace === undefined ? [] : [`${metadata.namespace}/${name}`];
}

/** What scaling needs to know of a pod. */
export function workerPod({ metadata, spec, status }: Pod): WorkerPod {
  const host = status?.phase === 'Running' ? status.podIP : undefined;
  const ready = status?.conditions?.find((condition) => condition.type === 'Ready' && condition.status === 'True');
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    id: metadata.uid ?? metadata.name,
    address: host === undefined ? undefined : { host, port: workerPort.number },
    placed: spec?.nodeName !== undefined,
    ready: ready !== undefined,
    over: status?.phase === 'Succeeded' || status?.phase === 'Failed',
    leaving: metadata.deletionTimestamp !== undefined,
    createdTimeMs: Date.parse(metadata.creationTimestamp ?? '') || 0,
    readyTimeMs: ready?.lastTransitionTime === undefined ? undefined : Date.parse(ready.lastTransitionTime),
    deletionCost: Number(metadata.annotations?.[deletionCostAnnotation] ?? 0),
  };
}
