import type { CourierStatus, CourierStatusCondition } from '../../api/v1alpha1.gen.ts';
import type { ConditionType, ReasonOf } from './reasons.ts';

export type ConditionStatus = CourierStatusCondition['status'];

/** What was found of one aspect. */
export type Finding<Type extends ConditionType> = {
  readonly type: Type;
  readonly status: ConditionStatus;
  readonly reason: ReasonOf<Type>;
  /** Full sentences for people: the value seen and, where something is wrong, the remedy. */
  readonly message: string;
};

/** What was found of whichever aspect. */
export type AnyFinding = { readonly [Type in ConditionType]: Finding<Type> }[ConditionType];

/** The longest message that the CRD takes. */
const maxMessageLength = 32_768;
/** How long a condition that follows the load stays bad at least, so that it does not flap around a threshold. */
const settleMs = 60_000;

/** The condition of a type, if it is among `conditions`. */
export function findCondition(
  conditions: readonly CourierStatusCondition[] | undefined,
  type: ConditionType,
): CourierStatusCondition | undefined {
  return conditions?.find((condition) => condition.type === type);
}

/**
 * The conditions that say what was found, in that order. `lastTransitionTime` moves only where the status does.
 *
 * @param generation the generation of the spec for which this was found.
 */
export function toConditions(
  found: readonly AnyFinding[],
  previous: readonly CourierStatusCondition[] | undefined,
  generation: number,
  nowTimeMs: number,
): readonly CourierStatusCondition[] {
  return found.map(({ type, status, reason, message }) => {
    const before = findCondition(previous, type);
    const lastTransitionTime = before?.status === status ? before.lastTransitionTime : toTime(nowTimeMs);
    const shortened = message.length > maxMessageLength ? `${message.slice(0, maxMessageLength - 3)}...` : message;
    return { type, status, reason, message: shortened, lastTransitionTime, observedGeneration: generation };
  });
}

/**
 * What was found before, for the time in which nothing has been seen yet: after a restart of the operator nothing is
 * known, and that is no news. Undefined where it was found for another generation of the spec.
 */
export function repeated<Type extends ConditionType>(
  type: Type,
  previous: CourierStatus | undefined,
  generation: number,
): Finding<Type> | undefined {
  const before = findCondition(previous?.conditions, type);
  if (before === undefined || before.observedGeneration !== generation) return undefined;
  // It was written by us, under a type whose reasons only grow.
  return { type, status: before.status, reason: before.reason as ReasonOf<Type>, message: before.message };
}

/**
 * Keeps a bad finding for a minute at least: what follows the load (is the bound reached, do attempts fail) comes and goes
 * with every sample, and a condition that flaps says nothing.
 *
 * @param bad the status that means trouble.
 */
export function settled<Type extends ConditionType>(
  finding: Finding<Type>,
  previous: CourierStatusCondition | undefined,
  bad: ConditionStatus,
  nowTimeMs: number,
): Finding<Type> {
  if (previous?.status !== bad || finding.status === bad) return finding;
  if (nowTimeMs - Date.parse(previous.lastTransitionTime) >= settleMs) return finding;
  // It was written by us, under a type whose reasons only grow.
  return { ...finding, status: bad, reason: previous.reason as ReasonOf<Type>, message: previous.message };
}

/** A time as Kubernetes writes it: RFC 3339, whole seconds, UTC. */
export function toTime(timeMs: number): string {
  return new Date(timeMs).toISOString().replace(/\.\d{3}Z$/, 'Z');
}
