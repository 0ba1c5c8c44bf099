import { type AuditBlocked, continueAuditBlocked, enterAuditBlocked } from './audit-blocked.ts';
import type { Probation } from './growth-step.ts';
import { continueOpen, continueRecovering, enterOpen, type Open, type Recovering } from './open.ts';
import { type BusyMoment, continueProbation, enterProbation } from './probation.ts';
import { continueSaturated, type Saturated } from './saturated.ts';
import type { Signals } from './signals.ts';
import { continueStarved, enterStarved, looksStarved, type Starved } from './starved.ts';
import { continueThrottled, enterThrottled, type Throttled } from './throttled.ts';

/** What more replicas cannot fix: a cap on their number, with its cause. */
export type Guard = Open | Recovering | AuditBlocked | Throttled | Starved | Probation | Saturated;

/** The guard in force and what the others will be judged by. */
export type GuardMemory = {
  readonly guard: Guard | null;
  readonly starvedSince: number | null;
  /** Oldest first, at most twelve. */
  readonly moments: readonly BusyMoment[];
  /** What a busy replica delivers per second while there is no guard: rises at once, falls slowly. */
  readonly soundRate: number;
  readonly ready: number;
};

export const noGuard: GuardMemory = { guard: null, starvedSince: null, moments: [], soundRate: 0, ready: 0 };

/** Guards that stand higher replace lower ones; growth on probation and a saturated recipient are one matter. */
const ranks: Readonly<Record<Guard['kind'], number>> = {
  Open: 0,
  Recovering: 0,
  AuditBlocked: 1,
  Throttled: 2,
  Starved: 3,
  Probation: 4,
  Saturated: 4,
};

const momentMemorySeconds = 180;

/** The guard one look later: a new one if one that stands higher has cause, else the old one for as long as it must. */
export function nextGuard(before: GuardMemory, signals: Signals): GuardMemory {
  const starvedSince = looksStarved(signals) ? (before.starvedSince ?? signals.now) : null;
  const continued = before.guard === null ? null : continueGuard(before.guard, signals);
  const rank = continued === null ? Number.POSITIVE_INFINITY : ranks[continued.kind];
  const entered = enterGuard({ ...before, starvedSince }, rank, signals);
  const guard = entered ?? continued;
  return { ...remember(before, guard, signals), guard, starvedSince };
}

function continueGuard(guard: Guard, signals: Signals): Guard | null {
  switch (guard.kind) {
    case 'Open':
      return continueOpen(guard, signals);
    case 'Recovering':
      return enterOpen(signals) ?? continueRecovering(guard, signals);
    case 'AuditBlocked':
      return continueAuditBlocked(guard, signals);
    case 'Throttled':
      return continueThrottled(guard, signals);
    case 'Starved':
      return continueStarved(guard, signals);
    case 'Probation':
      return continueProbation(guard, signals);
    case 'Saturated':
      return continueSaturated(guard, signals);
  }
}

/** The highest guard above `rank` that has cause to come into force. */
function enterGuard({ starvedSince, moments, soundRate }: GuardMemory, rank: number, signals: Signals): Guard | null {
  return (
    (rank > ranks.Open ? enterOpen(signals) : null) ??
    (rank > ranks.AuditBlocked ? enterAuditBlocked(signals) : null) ??
    (rank > ranks.Throttled ? enterThrottled(signals) : null) ??
    (rank > ranks.Starved ? enterStarved(starvedSince, signals) : null) ??
    (rank > ranks.Probation ? enterProbation(moments, soundRate, signals) : null)
  );
}

/**
 * Notes what an unguarded, busy fleet delivers: of each size the last that was seen, of the last three minutes. The size
 * must have lasted from look to look; only when nothing is known yet, one that grew will do, since it may grow at every look.
 */
function remember(before: GuardMemory, guard: Guard | null, signals: Signals): GuardMemory {
  const { now, ready, isBusy, acceptedPerSecond, ratePerReplica, delivered } = signals;
  const recent = before.moments.filter(({ at }) => now - at < momentMemorySeconds);
  if (guard !== null) return { ...before, moments: recent, ready };
  const soundRate = delivered > 0 ? Math.max(ratePerReplica, 0.98 * before.soundRate) : before.soundRate;
  const isOneSize = ready === before.ready || (recent.length === 0 && ready > before.ready);
  if (!isBusy || !isOneSize || ready === 0 || acceptedPerSecond < 1) {
    return { ...before, moments: recent, soundRate, ready };
  }
  const error = 1 / Math.sqrt(10 * acceptedPerSecond);
  const moment = { at: now, replicas: ready, ratePerReplica, perSecond: acceptedPerSecond, error };
  const others = recent.filter(({ replicas }) => replicas !== ready).slice(-11);
  return { ...before, moments: [...others, moment], soundRate, ready };
}
