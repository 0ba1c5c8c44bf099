import type { Pod } from './pod.ts';
import type { Answer } from './recipient.ts';

/** What a refusal leaves of a limit. */
const decrease = 0.8;

/** Additive increase, multiplicative decrease: one more request per round of successes, a fifth less per refusal. */
export function adaptLimit(pod: Pod, answer: Answer, slots: number): void {
  if (answer === 'Delivered') pod.limit = Math.min(slots, pod.limit + 1 / pod.limit);
  else if (answer !== 'Rejected') pod.limit = Math.max(1, pod.limit * decrease);
}
