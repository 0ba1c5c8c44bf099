import type { ConditionStatus } from './conditions.ts';
import { repeated } from './conditions.ts';
import { podProblem } from './pod-problem.ts';
import type { ReasonOf } from './reasons.ts';
import { isComplete, refusal, stuck } from './rollout.ts';
import { shareIs } from './sentence.ts';
import type { StatusInput } from './status-input.ts';
import type { Assessment, Verdict } from './verdict.ts';

type Workload = Assessment<'WorkloadAvailable'>;

/**
 * Whether there are as many ready workers as there should be, or they are on their way. Growing with the queue changes
 * nothing here: workers that have just been started count as on their way, until they have taken too long.
 */
export function assessWorkload(input: StatusInput): Workload {
  const { deployment } = input;
  const before = repeated('WorkloadAvailable', input.previous, input.courier.metadata.generation);
  // At full strength in the middle of a rollout is not what was asked for yet.
  const wasAvailable = before?.status === 'True' && before.reason !== 'RollingOut';
  if (deployment === undefined) {
    const message = 'The Deployment of the workers is still to be made.';
    return workload('Unknown', 'NotYetApplied', message, { state: 'Progressing', message });
  }
  const desired = deployment.spec?.replicas ?? 0;
  const ready = deployment.status?.readyReplicas ?? 0;
  const broken = desired === 0 ? undefined : trouble(input, desired);
  if (broken !== undefined) return broken;
  if (!isComplete(deployment, wasAvailable)) {
    const message = `A rollout is under way: ${shareIs(ready, desired)} ready.`;
    return workload(ready >= desired ? 'True' : 'False', 'RollingOut', message, { state: 'Progressing', message });
  }
  if (desired === 0) return workload('True', 'ScaledToZero', 'No worker is wanted.');
  const message = `${shareIs(ready, desired)} ready.`;
  if (ready >= desired) return workload('True', 'WorkersReady', message);
  if (wasAvailable) return workload('True', 'WorkersStarting', message);
  return workload('False', 'WorkersStarting', message, { state: 'Progressing', message });
}

/** What keeps workers from becoming ready, the surest first. */
function trouble(input: StatusInput, desired: number): Workload | undefined {
  const { deployment } = input;
  if (deployment === undefined) return undefined;
  const refused = refusal(deployment);
  if (refused !== undefined) {
    const remedy = /exceeded quota/.test(refused)
      ? 'Raise the quota of the namespace.'
      : 'Create what is missing, or correct spec.worker.';
    const message = `The Deployment ${deployment.metadata.name} may not make pods (${refused}). ${remedy}`;
    return workload('False', 'PodsRefused', message, { state: 'Stalled', reason: 'PodsRefused', message });
  }
  const problem = podProblem(input, desired);
  if (problem !== undefined) {
    const { reason, message, state } = problem;
    return workload('False', reason, message, { state, reason, message } as Verdict);
  }
  const why = stuck(deployment);
  if (why === undefined) return undefined;
  const message = `The rollout of the Deployment ${deployment.metadata.name} makes no progress (${why}). See kubectl describe deployment.`;
  return workload('False', 'RolloutStuck', message, { state: 'Stalled', reason: 'RolloutStuck', message });
}

function workload(
  status: ConditionStatus,
  reason: ReasonOf<'WorkloadAvailable'>,
  message: string,
  verdict?: Verdict,
): Workload {
  const finding = { type: 'WorkloadAvailable', status, reason, message } as const;
  return verdict === undefined ? { finding } : { finding, verdict };
}
