import { toTime } from './conditions.ts';
import { serviceAccountName } from './names.ts';
import type { ObservedPod } from './pods.ts';
import { share, shareIs } from './sentence.ts';
import type { StatusInput } from './status-input.ts';

/** How long a pod may take to find a node, and a worker to become ready, before that is worth a word. */
const startGraceMs = 60_000;
/** So many restarts of a worker that is not ready are a crash loop, also in the moments in which it runs. */
const crashLoopRestarts = 3;

/** What is wrong with some of the pods. */
export type PodProblem =
  | {
      readonly state: 'Stalled';
      readonly reason: 'ImageInvalid' | 'ImagePullFailed' | 'ContainerConfigInvalid';
      readonly message: string;
    }
  | {
      readonly state: 'Failing';
      readonly reason: 'WorkersCrashing' | 'PodsUnschedulable' | 'WorkersUnready';
      readonly message: string;
    };

type Kind = PodProblem['reason'];

/** The kubelet's words for a container that does not run. */
const kindsByWaiting: ReadonlyMap<string, Kind> = new Map([
  ['InvalidImageName', 'ImageInvalid'],
  ['ErrImageNeverPull', 'ImageInvalid'],
  ['ErrImagePull', 'ImagePullFailed'],
  ['ImagePullBackOff', 'ImagePullFailed'],
  ['ImageInspectError', 'ImagePullFailed'],
  ['RegistryUnavailable', 'ImagePullFailed'],
  ['CreateContainerConfigError', 'ContainerConfigInvalid'],
  ['CreateContainerError', 'ContainerConfigInvalid'],
  ['RunContainerError', 'ContainerConfigInvalid'],
  ['CrashLoopBackOff', 'WorkersCrashing'],
]);

/** The surest first: one of them is told, and it is the one that explains the others. */
const order: readonly Kind[] = [
  'ImageInvalid',
  'ImagePullFailed',
  'ContainerConfigInvalid',
  'WorkersCrashing',
  'PodsUnschedulable',
  'WorkersUnready',
];

/** What keeps pods from becoming ready, if anything does. */
export function podProblem(input: StatusInput, desired: number): PodProblem | undefined {
  const troubled = input.pods.flatMap((pod) => {
    const kind = kindOf(pod, input.nowTimeMs);
    return kind === undefined ? [] : [{ kind, pod }];
  });
  for (const kind of order) {
    const [pod, ...others] = troubled.filter((candidate) => candidate.kind === kind).map(({ pod }) => pod);
    if (pod !== undefined) return describe(kind, pod, { troubled: others.length + 1, desired }, input);
  }
  return undefined;
}

function kindOf(pod: ObservedPod, nowTimeMs: number): Kind | undefined {
  if (pod.ready || pod.terminating) return undefined;
  const kind = kindsByWaiting.get(pod.waiting?.reason ?? '');
  if (kind !== undefined) return kind;
  if (pod.restarts >= crashLoopRestarts) return 'WorkersCrashing';
  if (nowTimeMs - pod.sinceTimeMs < startGraceMs) return undefined;
  return pod.unschedulable === undefined ? 'WorkersUnready' : 'PodsUnschedulable';
}

type Count = { readonly troubled: number; readonly desired: number };

function describe(kind: Kind, pod: ObservedPod, count: Count, { courier }: StatusInput): PodProblem {
  const who = share(count.troubled, count.desired);
  const said = pod.waiting?.message || pod.waiting?.reason;
  const logs = `kubectl logs -n ${courier.metadata.namespace} ${pod.name}`;
  switch (kind) {
    case 'ImageInvalid':
      return stalled(kind, `The image ${pod.image} of ${who} cannot be used (${said}). Correct spec.worker.image.`);
    case 'ImagePullFailed': {
      const account = serviceAccountName(courier);
      return stalled(
        kind,
        `The image ${pod.image} of ${who} cannot be pulled (${said}). Correct spec.worker.image, or give the ServiceAccount ${account} an image pull secret for its registry.`,
      );
    }
    case 'ContainerConfigInvalid':
      return stalled(
        kind,
        `The container of ${who} cannot be made (${said}). Create what is missing, or correct spec.worker or spec.aws.`,
      );
    case 'WorkersCrashing': {
      const code = pod.lastExitCode === undefined ? '' : `, the last time with exit code ${pod.lastExitCode}`;
      return failing(
        kind,
        `A crash loop holds up ${who}: ${pod.name} was started again ${times(pod.restarts)}${code}. Read its last words with ${logs} --previous.`,
      );
    }
    case 'PodsUnschedulable':
      return failing(
        kind,
        `There is no node for ${who} (${pod.unschedulable}). Add nodes, or change spec.worker.resources, spec.worker.nodeSelector or spec.scaling.maxReplicas.`,
      );
    case 'WorkersUnready':
      // No container yet, and so no log: the kubelet says in events what it waits for, a Secret or a volume mostly.
      if (pod.waiting?.reason === 'ContainerCreating') {
        return failing(
          kind,
          `${shareIs(count.troubled, count.desired)} not started, ${pod.name} since ${toTime(pod.sinceTimeMs)}: a Secret or a volume that it mounts may be missing. Read which with kubectl describe pod -n ${courier.metadata.namespace} ${pod.name}.`,
        );
      }
      return failing(
        kind,
        `${shareIs(count.troubled, count.desired)} not ready, ${pod.name} since ${toTime(pod.sinceTimeMs)}. Read why with ${logs}.`,
      );
  }
}

function stalled(reason: (PodProblem & { state: 'Stalled' })['reason'], message: string): PodProblem {
  return { state: 'Stalled', reason, message };
}

function failing(reason: (PodProblem & { state: 'Failing' })['reason'], message: string): PodProblem {
  return { state: 'Failing', reason, message };
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}
