import { type Easing, ease } from './easing.ts';
import { replicasForAccepted, type Signals } from './signals.ts';

/** The recipient answers 429: as many replicas as deliver what it accepts. */
export type Throttled = {
  readonly kind: 'Throttled';
  readonly cap: number;
  /** When the cap was last computed anew. */
  readonly computedAt: number;
  readonly easing: Easing | null;
};

const enterShare = 0.05;
const leaveShare = 0.01;
const recomputeSeconds = 15;

export function enterThrottled(signals: Signals): Throttled | null {
  const { throttledShare, desired, now } = signals;
  if (throttledShare <= enterShare) return null;
  const cap = Math.min(desired, Math.max(replicasForAccepted(signals), Math.ceil(desired / 2)));
  return { kind: 'Throttled', cap, computedAt: now, easing: null };
}

export function continueThrottled(guard: Throttled, signals: Signals): Throttled | null {
  const { throttledShare, now } = signals;
  if (throttledShare < leaveShare) {
    const eased = ease(guard.cap, guard.easing, signals);
    return eased && { ...guard, ...eased };
  }
  const held = { ...guard, easing: null };
  if (throttledShare <= enterShare || now - guard.computedAt < recomputeSeconds) return held;
  return { ...held, cap: Math.min(guard.cap, Math.max(1, replicasForAccepted(signals))), computedAt: now };
}
