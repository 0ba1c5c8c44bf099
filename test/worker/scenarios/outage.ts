import type { Outage } from './scenario.ts';

/** Whether an outage is under way. */
export function isDown(outage: Outage | undefined, nowMs: number): boolean {
  if (outage === undefined) return false;
  const fromMs = outage.fromSecond * 1000;
  return nowMs >= fromMs && nowMs < fromMs + outage.seconds * 1000;
}
