import type { CourierStatus, CourierStatusBacklog, CourierStatusScaling } from '../../api/v1alpha1.gen.ts';
import { auditHealthy, scalingActive, scalingLimited } from './assess-load.ts';
import { assessQueue } from './assess-queue.ts';
import { assessRecipient } from './assess-recipient.ts';
import { assessWorkload } from './assess-workload.ts';
import { type AnyFinding, toConditions, toTime } from './conditions.ts';
import { boundedReplicas } from './replicas.ts';
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
  const scaling = scalingOf(input, desiredReplicas);
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

function desired({ courier, deployment, decision }: StatusInput): number {
  const { spec } = courier;
  return deployment?.spec?.replicas ?? boundedReplicas(spec, decision?.replicas ?? spec.scaling.minReplicas);
}

/** The counters, with the time at which they were first seen: an empty queue that stays empty changes nothing. */
function backlogOf({ queue, previous }: StatusInput): CourierStatusBacklog | undefined {
  const before = previous?.backlog;
  if (queue.kind !== 'Seen') return before;
  const { visible, notVisible: inFlight, delayed } = queue.counters;
  const same = before?.visible === visible && before.inFlight === inFlight && before.delayed === delayed;
  return same ? before : { visible, inFlight, delayed, observedTime: toTime(queue.timeMs) };
}

/** Before the first decision what the last one before said, above all the rate, which the next one begins with. */
function scalingOf(input: StatusInput, desiredReplicas: number): CourierStatusScaling | undefined {
  const { decision, previous, nowTimeMs } = input;
  const before = previous?.scaling;
  const changed = previous?.desiredReplicas !== undefined && previous.desiredReplicas !== desiredReplicas;
  const lastScaleTime = changed ? toTime(nowTimeMs) : before?.lastScaleTime;
  const time = lastScaleTime === undefined ? {} : { lastScaleTime };
  if (decision === undefined) return before === undefined && !changed ? undefined : { ...before, ...time };
  const { limitedBy, reason, explanation, inputs } = decision;
  const arrivalRate = rateText(inputs.lambda);
  const replicaRate = rateText(inputs.mu) ?? before?.replicaRate;
  const estimatedDrainSeconds = drainSeconds(input, inputs.mu, desiredReplicas);
  return {
    ...{ limitedBy, reason, explanation, ...time },
    ...(arrivalRate === undefined ? {} : { arrivalRate }),
    ...(replicaRate === undefined ? {} : { replicaRate }),
    ...(estimatedDrainSeconds === undefined ? {} : { estimatedDrainSeconds }),
  };
}

/** Messages a second, to two digits below ten, since there the fraction matters. */
function rateText(rate: unknown): string | undefined {
  if (typeof rate !== 'number' || !Number.isFinite(rate)) return undefined;
  return String(rate < 10 ? Number(rate.toPrecision(2)) : Math.round(rate));
}

function drainSeconds({ queue }: StatusInput, rate: unknown, replicas: number): number | undefined {
  if (queue.kind !== 'Seen') return undefined;
  const { visible } = queue.counters;
  if (visible === 0) return 0;
  if (typeof rate !== 'number' || !(rate > 0) || replicas === 0) return undefined;
  const seconds = Math.ceil(visible / (rate * replicas));
  return Number.isSafeInteger(seconds) ? seconds : undefined;
}
