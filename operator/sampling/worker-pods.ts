import { courierLabel, workerPort } from '../courier/names.ts';
import type { Pod } from '../courier/objects.ts';
import type { KubeObject } from '../kube/objects.ts';

/** A worker's pod, as far as scaling looks at it. */
export type WorkerPod = {
  readonly name: string;
  readonly uid: string;
  /** Where its status API is; undefined until it has an address and runs. */
  readonly address: { readonly host: string; readonly port: number } | undefined;
  readonly ready: boolean;
  /** It was asked to stop. */
  readonly leaving: boolean;
};

/** `namespace/name` of the Courier that an object was made for, by its label. */
export function courierKeysOf({ metadata }: KubeObject): readonly string[] {
  const name = metadata.labels?.[courierLabel];
  return name === undefined || metadata.namespace === undefined ? [] : [`${metadata.namespace}/${name}`];
}

/** What scaling needs to know of a pod; undefined for one whose life is over. */
export function workerPod({ metadata, status }: Pod): WorkerPod | undefined {
  if (status?.phase === 'Succeeded' || status?.phase === 'Failed') return undefined;
  const host = status?.phase === 'Running' ? status.podIP : undefined;
  return {
    name: metadata.name,
    uid: metadata.uid ?? metadata.name,
    address: host === undefined ? undefined : { host, port: workerPort.number },
    ready: status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false,
    leaving: metadata.deletionTimestamp !== undefined,
  };
}

/** How many workers there are: those that leave count no more. */
export function countReplicas(pods: readonly WorkerPod[]): { ready: number; starting: number } {
  const staying = pods.filter((pod) => !pod.leaving);
  const ready = staying.filter((pod) => pod.ready).length;
  return { ready, starting: staying.length - ready };
}
