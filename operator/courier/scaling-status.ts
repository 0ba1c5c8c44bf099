import type { CourierStatusScaling, CourierStatusScalingDecision } from '../../api/v1alpha1.gen.ts';
import { findCondition, toTime } from './conditions.ts';
import { figureText } from './figure-text.ts';
import { isGuard } from './guard-reasons.ts';
import type { StatusDecision, StatusInput } from './status-input.ts';

/** So many decisions are kept. The CRD takes no more. */
const keptDecisions = 10;
/** The longest explanation that the CRD takes. */
const maxExplanationLength = 1024;

/**
 * What the status says of scaling. Before the first decision what the last one before said, above all the rate, which the
 * next one begins with.
 *
 * @param desired how many workers there should be, without those that only finish what they hold.
 */
export function scalingStatus(input: StatusInput, desired: number): CourierStatusScaling | undefined {
  const { decision, draining, previous, nowTimeMs } = input;
  const before = previous?.scaling;
  const from = previous?.desiredReplicas;
  const changed = from !== undefined && from !== desired;
  const lastScaleTime = changed ? toTime(nowTimeMs) : before?.lastScaleTime;
  const time = lastScaleTime === undefined ? {} : { lastScaleTime };
  if (decision === undefined) return before === undefined && !changed ? undefined : { ...before, ...time };
  const { limitedBy, reason, inputs } = decision;
  const explanation = shortened(decision.explanation);
  const arrivalRate = figureText(inputs.lambda);
  const replicaRate = figureText(inputs.mu) ?? before?.replicaRate;
  const estimatedDrainSeconds = drainSeconds(input, inputs.mu, desired);
  const decisions = decisionsOf(input, decision, desired);
  return {
    ...{ limitedBy, reason, explanation, ...time },
    ...(arrivalRate === undefined ? {} : { arrivalRate }),
    ...(replicaRate === undefined ? {} : { replicaRate }),
    ...(estimatedDrainSeconds === undefined ? {} : { estimatedDrainSeconds }),
    ...(draining === 0 ? {} : { draining }),
    inputs: inputTexts(decision),
    ...(decisions.length === 0 ? {} : { decisions }),
  };
}

/** The decisions that changed something, this one before those before it. */
function decisionsOf(
  { previous, nowTimeMs }: StatusInput,
  decision: StatusDecision,
  to: number,
): readonly CourierStatusScalingDecision[] {
  const known = previous?.scaling?.decisions ?? [];
  const from = previous?.desiredReplicas ?? to;
  const { reason, limitedBy } = decision;
  if (from === to && (!isGuard(reason) || reason === lastGuard(previous))) return known;
  const time = toTime(nowTimeMs);
  const explanation = shortened(decision.explanation);
  const latest = { time, from, to, reason, limitedBy, explanation, inputs: inputTexts(decision) };
  return [latest, ...known].slice(0, keptDecisions);
}

/**
 * What kept workers from being added until now. One that comes and goes with every sample counts as one, for as long as the
 * condition says that it lasts.
 */
function lastGuard(previous: StatusInput['previous']): string | undefined {
  const reason = previous?.scaling?.reason ?? '';
  if (isGuard(reason)) return reason;
  if (findCondition(previous?.conditions, 'ScalingLimited')?.status !== 'True') return undefined;
  return previous?.scaling?.decisions?.find((decision) => isGuard(decision.reason))?.reason;
}

function inputTexts({ inputs }: StatusDecision): Record<string, string> {
  return Object.fromEntries(
    Object.entries(inputs).flatMap(([name, value]) => {
      const text = typeof value === 'string' ? value : figureText(value);
      return text === undefined ? [] : [[name, text]];
    }),
  );
}

function shortened(explanation: string): string {
  return explanation.length <= maxExplanationLength
    ? explanation
    : `${explanation.slice(0, maxExplanationLength - 3)}...`;
}

function drainSeconds({ queue }: StatusInput, rate: unknown, replicas: number): number | undefined {
  if (queue.kind !== 'Seen') return undefined;
  const { visible } = queue.counters;
  if (visible === 0) return 0;
  if (typeof rate !== 'number' || !(rate > 0) || replicas === 0) return undefined;
  const seconds = Math.ceil(visible / (rate * replicas));
  return Number.isSafeInteger(seconds) ? seconds : undefined;
}
