import type { Condition, ContainerStatus, Phase, Pod, PodStatus } from './objects.ts';
import type { PodAddresses } from './pod-fields.ts';

/** All that a pod's status follows from. */
export type PodObservation = {
  readonly pod: Pod;
  readonly containers: readonly ContainerStatus[];
  readonly addresses: PodAddresses;
  /** Whether the volumes are there. */
  readonly prepared: boolean;
  /** Whether all containers have ended for good. */
  readonly ended: boolean;
  readonly startTime: string;
  readonly now: string;
  /** The conditions as they were: a time of transition changes only with the status. */
  readonly previous: readonly Condition[];
};

/** The status of a pod, as the kubelet writes it. */
export function podStatus(observation: PodObservation): PodStatus {
  const { pod, containers, addresses, startTime } = observation;
  const generation = pod.metadata.generation;
  return {
    phase: phaseOf(observation),
    conditions: conditionsOf(observation),
    containerStatuses: containers,
    hostIP: addresses.hostIP,
    podIP: addresses.podIP,
    podIPs: [{ ip: addresses.podIP }],
    startTime,
    ...(generation === undefined ? {} : { observedGeneration: generation }),
  };
}

/** https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-phase */
function phaseOf({ containers, ended }: PodObservation): Phase {
  if (ended) return containers.every(({ state }) => state.terminated?.exitCode === 0) ? 'Succeeded' : 'Failed';
  const neverStarted = containers.some(({ state, lastState }) => state.waiting && !lastState.terminated);
  return neverStarted ? 'Pending' : 'Running';
}

function conditionsOf(observation: PodObservation): readonly Condition[] {
  const { containers, ended, prepared, previous, now } = observation;
  const unready = containers.filter(({ ready }) => !ready).map(({ name }) => name);
  const ready = unready.length === 0;
  const why = ended
    ? { reason: 'PodCompleted', message: '' }
    : { reason: 'ContainersNotReady', message: `containers with unready status: [${unready.join(' ')}]` };
  const generation = observation.pod.metadata.generation;
  const condition = (type: string, holds: boolean, otherwise = { reason: '', message: '' }): Condition => {
    const status = holds ? 'True' : 'False';
    const before = previous.find((candidate) => candidate.type === type);
    return {
      type,
      status,
      // Null takes away what a merge patch would leave.
      reason: holds ? null : otherwise.reason || null,
      message: holds ? null : otherwise.message || null,
      lastTransitionTime: before?.status === status ? before.lastTransitionTime : now,
      ...(generation === undefined ? {} : { observedGeneration: generation }),
    };
  };
  return [
    condition('PodReadyToStartContainers', prepared),
    condition('Initialized', true),
    condition('ContainersReady', ready, why),
    condition('Ready', ready, why),
  ];
}
