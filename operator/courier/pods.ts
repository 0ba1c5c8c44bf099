import { workerContainerName } from './names.ts';
import type { Pod } from './objects.ts';

/** What the status looks at in a worker's pod. */
export type ObservedPod = {
  readonly name: string;
  readonly image: string;
  readonly ready: boolean;
  /** It has been told to stop, or is over: evicted, say. Its ReplicaSet does not count it any more. */
  readonly terminating: boolean;
  /** Since when it is ready or not, in milliseconds since the epoch. */
  readonly sinceTimeMs: number;
  /** How often its worker has been started again. */
  readonly restarts: number;
  /** Why its worker does not run, in the words of the kubelet: `ImagePullBackOff`, `CrashLoopBackOff`, ... */
  readonly waiting: { readonly reason: string; readonly message: string } | undefined;
  /** Why there is no node for it, in the words of the scheduler. */
  readonly unschedulable: string | undefined;
  readonly lastExitCode: number | undefined;
};

/** Reads a pod. What the API server has not said yet counts as not being so. */
export function observePod({ metadata, spec, status }: Pod): ObservedPod {
  const container = status?.containerStatuses?.find(({ name }) => name === workerContainerName);
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  const scheduled = status?.conditions?.find(({ type }) => type === 'PodScheduled');
  const waiting = container?.state?.waiting;
  const since = ready?.lastTransitionTime ?? metadata.creationTimestamp;
  return {
    name: metadata.name,
    image: container?.image || (spec?.containers.find(({ name }) => name === workerContainerName)?.image ?? ''),
    ready: ready?.status === 'True',
    terminating:
      metadata.deletionTimestamp !== undefined || status?.phase === 'Failed' || status?.phase === 'Succeeded',
    sinceTimeMs: since === undefined ? Number.POSITIVE_INFINITY : Date.parse(since),
    restarts: container?.restartCount ?? 0,
    waiting: waiting?.reason === undefined ? undefined : { reason: waiting.reason, message: waiting.message ?? '' },
    unschedulable: scheduled?.reason === 'Unschedulable' ? (scheduled.message ?? '') : undefined,
    lastExitCode: (container?.lastState?.terminated ?? container?.state?.terminated)?.exitCode,
  };
}
