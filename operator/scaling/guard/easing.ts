import type { Signals } from './signals.ts';

/** How a cap is lifted once its cause is gone: step by step, until it binds no more. */
export type Easing = { readonly since: number; readonly steppedAt: number };

const stepSeconds = 20;
const quietSeconds = 60;

/** The cap and the easing one look later; null when the cap is not needed any more. */
export function ease(
  cap: number,
  easing: Easing | null,
  { now, maxReplicas, wanted }: Signals,
): { readonly cap: number; readonly easing: Easing } | null {
  if (easing === null) return { cap, easing: { since: now, steppedAt: now } };
  if (cap >= maxReplicas || (now - easing.since >= quietSeconds && wanted < cap)) return null;
  if (now - easing.steppedAt < stepSeconds) return { cap, easing };
  return { cap: cap + Math.max(1, Math.ceil(cap / 10)), easing: { ...easing, steppedAt: now } };
}
