import type { Choice, Situation } from './situation.ts';

const toleratedFailures = 3;

const slotShare = 0.9;
const stepSeconds = 30;

/**
 * The number while the queue cannot be read: it stays, and is never lowered. It rises to the policy's fallback once that
 * lasts, and by a quarter while every slot is busy with messages that have waited too long.
 */
export function withoutQueue(situation: Situation): Choice {
  const { reading, settings, view, cap } = situation;
  const { desired } = reading;
  const allowed = (replicas: number) => Math.max(desired, Math.min(replicas, cap?.replicas ?? replicas, settings.max));
  const fallback = allowed(settings.fallbackReplicas);
  if (view.estimates.queueFailures >= toleratedFailures && fallback > desired) {
    return { replicas: fallback, reason: 'QueueUnreachableFallback' };
  }
  const more = allowed(desired + Math.max(1, Math.ceil(desired / 4)));
  if (more > desired && isOverdue(situation)) return { replicas: more, reason: 'QueueUnreachableAge' };
  return { replicas: desired, reason: 'QueueUnreachable' };
}

function isOverdue({ reading, settings, view, guards, tick, memory }: Situation): boolean {
  const isFull = reading.ready > 0 && view.inFlight >= slotShare * reading.ready * view.slots;
  const isRested = tick.now - memory.timers.scaleOutAt >= stepSeconds;
  const isLate = view.receiveAgeSeconds > settings.targetSeconds / 3;
  return guards.guard === null && reading.starting === 0 && isFull && isRested && isLate;
}
