import type { Deployment } from './objects.ts';

/**
 * Whether every pod is of the newest template, and that template has been ready once.
 *
 * @param wasAvailable whether the workers of this generation of the Courier were available before. Then a Deployment that
 *   its controller has not looked at yet was only scaled.
 */
export function isComplete({ metadata, status }: Deployment, wasAvailable: boolean): boolean {
  if ((status?.observedGeneration ?? 0) < (metadata.generation ?? 0)) return wasAvailable;
  if ((status?.replicas ?? 0) > (status?.updatedReplicas ?? 0)) return false;
  // Once a rollout is complete its controller leaves this reason there, however often the Deployment is scaled.
  const progressing = condition(status, 'Progressing');
  return progressing === undefined || progressing.reason === 'NewReplicaSetAvailable';
}

/** Why the API server does not let the Deployment make pods, in its words; undefined while it does. */
export function refusal({ status }: Deployment): string | undefined {
  const failure = condition(status, 'ReplicaFailure');
  return failure?.status === 'True' ? (failure.message ?? failure.reason ?? '') : undefined;
}

/** Why a rollout is called stuck, in the words of the Deployment's controller; undefined while it is not. */
export function stuck({ status }: Deployment): string | undefined {
  const progressing = condition(status, 'Progressing');
  return progressing?.reason === 'ProgressDeadlineExceeded' ? (progressing.message ?? progressing.reason) : undefined;
}

function condition(status: Deployment['status'], type: string) {
  return status?.conditions?.find((candidate) => candidate.type === type);
}
