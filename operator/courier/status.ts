import type { CourierStatus, CourierStatusBacklog } from '../../api/v1alpha1.gen.ts';
import { auditHealthy, scalingActive, scalingLimited } from './assess-load.ts';
import { assessQueue } from './assess-queue.ts';
import { assessRecipient } from './assess-recipient.ts';
import { assessWorkload } from './assess-workload.ts';
import { type AnyFinding, toConditions, toTime } from './conditions.ts';
import { boundedReplicas } from './replicas.ts';
import { scalingStatus } from './scaling-status.ts';
import type { StatusInput } from './status-input.ts';
import { findingsOf, mistake, type Verdict } from './verdict.ts';

/**
 * What the Courier's status should say now. Pure: the same input gives the same status, and what has not changed since
 * `input.previous` stays as it is there, times included.
 */
export function computeStatus(input: StatusInput): CourierStatus {
  const { courier, previous, deployment, nowTimeMs } = input;
  const { generation } = courier.metadata;
  const queue = assessQueue(input);
  const workload = assessWorkload(input);
  const recipient = assessRecipient(input);
  const verdict =
    ownVerdict(input) ??
    queue.verdict ??
    workload.verdict ??
    recipient.verdict ??
    readyVerdict(workload.finding.message);
  const findings: readonly AnyFinding[] = [
    ...findingsOf(verdict, previous, generation),
    queue.finding,
    workload.finding,
    scalingActive(input),
    scalingLimited(input),
    recipient.finding,
    auditHealthy(input),
  ];
  const desiredReplicas = desired(input);
  const backlog = backlogOf(input);
  const scaling = scalingStatus(input, desiredReplicas);
  return {
    observedGeneration: generation,
    replicas: deployment?.status?.replicas ?? 0,
    readyReplicas: deployment?.status?.readyReplicas ?? 0,
    desiredReplicas,
    ...(backlog === undefined ? {} : { backlog }),
    ...(scaling === undefined ? {} : { scaling }),
    conditions: toConditions(findings, previous?.conditions, generation, nowTimeMs),
  };
}

/** What comes before everything that was observed: no plan, no way to apply it, or nothing to do. */
function ownVerdict({ courier, previous, planError, applyError }: StatusInput): Verdict | undefined {
  if (planError !== undefined) return { state: 'Stalled', reason: planError.reason, message: planError.message };
  if (applyError !== undefined) {
    const { reason, message, failures, terminal } = applyError;
    if (!terminal || reason === 'ApiServerUnavailable') {
      return { state: 'Retrying', reason, message, failures };
    }
    return mistake(reason, message, failures, previous);
  }
  if (!courier.spec.suspend) return undefined;
  const message =
    'The Courier is suspended: no worker runs and nothing is received. Set spec.suspend to false to go on.';
  return { state: 'Ready', reason: 'Suspended', message };
}

function readyVerdict(workers: string): Verdict {
  return { state: 'Ready', reason: 'Ready', message: `The queue can be read. ${workers}` };
}

/** Workers that only finish what they hold are still asked for, and not wanted any more. */
function desired({ courier, deployment, decision, draining }: StatusInput): number {
  const { spec } = courier;
  const asked = deployment?.spec?.replicas;
  if (asked !== undefined) return Math.max(0, asked - draining);
  return boundedReplicas(spec, decision?.replicas ?? spec.scaling.minReplicas);
}

/** The counters, with the time at which they were first seen: an empty queue that stays empty changes nothing. */
function backlogOf({ queue, previous }: StatusInput): CourierStatusBacklog | undefined {
  const before = previous?.backlog;
  if (queue.kind !== 'Seen') return before;
  const { visible, notVisible: inFlight, delayed } = queue.counters;
  const same = before?.visible === visible && before.inFlight === inFlight && before.delayed === delayed;
  return same ? before : { visible, inFlight, delayed, observedTime: toTime(queue.timeMs) };
}
