import type { CourierStatus, CourierStatusCondition } from '../../api/v1alpha1.gen.ts';
import { findCondition } from './conditions.ts';
import { type ConditionType, conditionReasons } from './reasons.ts';

/** An event to be recorded about a Courier. */
export type StatusEvent = {
  readonly type: 'Normal' | 'Warning';
  /** The reason of the condition or of the decision, or `ScaledOut` or `ScaledIn`. */
  readonly reason: string;
  readonly action: 'Scale' | 'Reconcile';
  readonly note: string;
};

/** The status of each condition that is no news. Reconciling and Stalled repeat what Ready says. */
const goodStatus = {
  Ready: 'True',
  QueueReachable: 'True',
  WorkloadAvailable: 'True',
  ScalingActive: 'True',
  ScalingLimited: 'False',
  RecipientHealthy: 'True',
  AuditHealthy: 'True',
} as const satisfies Omit<Record<ConditionType, CourierStatusCondition['status']>, 'Reconciling' | 'Stalled'>;

/**
 * What is worth an event between two statuses: a change of the number of workers, of what keeps it down, and of what a
 * condition says.
 * That nothing is known yet, and that all is well from the start, is not; a cause that several conditions name is told once.
 */
export function eventsOf(previous: CourierStatus | undefined, next: CourierStatus): readonly StatusEvent[] {
  const events = [
    ...scaled(previous, next),
    ...guarded(previous, next),
    ...conditionTypes.flatMap((type) => changed(type, previous, next)),
  ];
  const seen = new Set<string>();
  return events.filter(({ reason }) => !seen.has(reason) && seen.add(reason));
}

const conditionTypes = Object.keys(conditionReasons).filter(
  (type): type is keyof typeof goodStatus => type in goodStatus,
);

function scaled(previous: CourierStatus | undefined, next: CourierStatus): readonly StatusEvent[] {
  const from = previous?.desiredReplicas;
  const to = next.desiredReplicas;
  if (from === undefined || to === undefined || from === to) return [];
  const why = next.scaling?.explanation;
  const note = `Scaled from ${from} to ${to} ${to === 1 ? 'worker' : 'workers'}.${why === undefined ? '' : ` ${why}`}`;
  return [{ type: 'Normal', reason: to > from ? 'ScaledOut' : 'ScaledIn', action: 'Scale', note }];
}

/** What keeps workers from being added has changed, and the number of workers has not. */
function guarded(previous: CourierStatus | undefined, next: CourierStatus): readonly StatusEvent[] {
  const latest = next.scaling?.decisions?.[0];
  if (latest === undefined || latest.from !== latest.to) return [];
  const known = previous?.scaling?.decisions?.[0];
  if (known?.time === latest.time && known.reason === latest.reason) return [];
  return [{ type: 'Warning', reason: latest.reason, action: 'Scale', note: latest.explanation }];
}

function changed(
  type: keyof typeof goodStatus,
  previous: CourierStatus | undefined,
  next: CourierStatus,
): readonly StatusEvent[] {
  const before = findCondition(previous?.conditions, type);
  const now = findCondition(next.conditions, type);
  if (now === undefined || quiet.has(now.reason)) return [];
  if (before?.status === now.status && before.reason === now.reason) return [];
  const isGood = now.status === goodStatus[type];
  const isNotable = notable.has(now.reason);
  // All is well, and was never said not to be: only for the whole is that worth a word.
  const wasBad = before !== undefined && before.status !== goodStatus[type] && !quiet.has(before.reason);
  if (isGood && !isNotable && !wasBad && type !== 'Ready') return [];
  const isWarning = isNotable || (!isGood && !deliberate.has(now.reason));
  return [{ type: isWarning ? 'Warning' : 'Normal', reason: now.reason, action: 'Reconcile', note: now.message }];
}

/** Reasons of what is only beginning, or of what scaling does all the time. */
const quiet: ReadonlySet<string> = new Set(['NotYetObserved', 'NotYetApplied', 'WorkersStarting', 'ScaledToZero']);
/** Reasons of what somebody wanted, or of what passes by itself. */
const deliberate: ReadonlySet<string> = new Set(['Suspended', 'Progressing', 'RollingOut']);
/** Reasons that are a warning although the condition is as it should be. */
const notable: ReadonlySet<string> = new Set(['MaxReceiveCountLow']);
