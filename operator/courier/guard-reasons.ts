import { reasonsByLimit } from '../scaling/reasons.ts';

/** Rules that keep workers from being added because they would not help, or would do harm. */
const guardReasons: ReadonlySet<string> = new Set([
  ...reasonsByLimit.RateLimit,
  ...reasonsByLimit.Audit,
  ...reasonsByLimit.Recipient,
  ...reasonsByLimit.Source.filter((reason) => reason === 'ReplicasStarved'),
]);

/** Whether a decision's reason is a guard: a change from one to another is news, also where the number stays. */
export function isGuard(reason: string): boolean {
  return guardReasons.has(reason);
}
