import { type Easing, ease } from './easing.ts';
import { replicasForAccepted, type Signals } from './signals.ts';

/** The audit is behind: more replicas would only hold more messages that it has not recorded. */
export type AuditBlocked = {
  readonly kind: 'AuditBlocked';
  readonly cap: number;
  /** Since when the audit has kept up again; null while it does not. */
  readonly clearSince: number | null;
  readonly easing: Easing | null;
};

const enterShare = 0.2;
const clearShare = 0.02;
const clearSeconds = 30;

export function enterAuditBlocked(signals: Signals): AuditBlocked | null {
  if (signals.auditBlockedShare <= enterShare) return null;
  return { kind: 'AuditBlocked', cap: capNow(signals), clearSince: null, easing: null };
}

export function continueAuditBlocked(guard: AuditBlocked, signals: Signals): AuditBlocked | null {
  const { auditBlockedShare, now } = signals;
  if (auditBlockedShare > enterShare) return { ...guard, cap: capNow(signals), clearSince: null, easing: null };
  if (auditBlockedShare >= clearShare) return { ...guard, clearSince: null, easing: null };
  const clearSince = guard.clearSince ?? now;
  if (now - clearSince < clearSeconds) return { ...guard, clearSince };
  const eased = ease(guard.cap, guard.easing, signals);
  return eased && { ...guard, clearSince, ...eased };
}

/** Never fewer than hold messages: those that are accepted and not yet recorded would be delivered twice. */
function capNow(signals: Signals): number {
  const { acceptedPerSecond, busyReplicas, desired } = signals;
  if (acceptedPerSecond < 1e-9) return desired;
  return Math.min(desired, Math.max(replicasForAccepted(signals), busyReplicas));
}
