import { begin, type Cause, type Probation } from './growth-step.ts';
import { addLook, gainOf, type Level, noLevel, type Throughput, throughputOf } from './level.ts';
import type { Recovering } from './open.ts';
import type { Signals } from './signals.ts';

/** Growth did not pay: the fleet stays where the recipient gives most, and now and then tries whether that has moved. */
export type Saturated = {
  readonly kind: 'Saturated';
  readonly cap: number;
  readonly cause: Cause;
  /** The step that did not pay: from, to, and the throughput that it gained, as a share. */
  readonly from: number;
  readonly to: number;
  readonly gained: number;
  /** Most that was ever accepted per second. */
  readonly best: number;
  readonly soundRate: number;
  readonly level: Level;
  readonly trial: Trial | null;
  readonly nextUpAt: number;
  readonly upPauseSeconds: number;
  readonly nextDownAt: number;
  readonly upsInRow: number;
  readonly idleSince: number | null;
};

/** A step under test, and the level that it is compared with. */
type Trial = { readonly direction: 'Up' | 'Down'; readonly cap: number; readonly before: Throughput };

/** With so much to spare above what saturates the recipient, so that a share of it can come back unnoticed. */
const headroom = 1.05;

const levelSeconds = 15;
const firstPauseSeconds = { Slower: 120, Failing: 60 } as const;
const longestPauseSeconds = 900;
const downPauseSeconds = 600;
const leaveSeconds = 60;

/** The guard after a step from `before` to `after` that gained too little. */
export function saturatedAfter(
  { cause, soundRate }: Pick<Probation, 'cause' | 'soundRate'>,
  before: Throughput,
  after: Throughput,
  { now }: Signals,
): Saturated {
  const best = Math.max(before.perSecond, after.perSecond);
  const enough = cause === 'Failing' ? before.replicas : (headroom * best) / soundRate;
  return {
    ...{ kind: 'Saturated', cap: Math.max(1, Math.round(enough)), cause, best, soundRate },
    ...{ from: Math.round(before.replicas), to: Math.round(after.replicas) },
    gained: after.perSecond / before.perSecond - 1,
    ...{ level: noLevel, trial: null, upsInRow: 0, idleSince: null },
    ...{ nextUpAt: now + firstPauseSeconds[cause], upPauseSeconds: firstPauseSeconds[cause], nextDownAt: now },
  };
}

export function continueSaturated(guard: Saturated, signals: Signals): Saturated | Probation | Recovering | null {
  const { now, ready, desired, isBusy, wanted } = signals;
  const idleSince = !isBusy && wanted <= guard.cap ? (guard.idleSince ?? now) : null;
  if (idleSince !== null && now - idleSince >= leaveSeconds) return null;
  if (guard.cause === 'Failing' && isWell(guard, signals)) {
    return { kind: 'Recovering', cap: Math.max(desired, guard.cap), since: now };
  }
  const hasSettled = isBusy && ready >= 0.9 * guard.cap && ready <= 1.1 * guard.cap;
  const level = hasSettled ? addLook(guard.level, signals) : noLevel;
  const looked = { ...guard, level, idleSince };
  const measured = throughputOf(level, levelSeconds, 2);
  if (measured === null) return looked;
  return guard.trial === null ? tryStep(looked, measured, signals) : judge(looked, guard.trial, measured, signals);
}

function isWell(guard: Saturated, { delivered, failed, throttled, freeRatePerReplica }: Signals): boolean {
  const attempts = delivered + failed + throttled;
  return attempts >= 20 && failed < 0.05 * attempts && freeRatePerReplica >= 0.8 * guard.soundRate;
}

function tryStep(guard: Saturated, before: Throughput, { now, ratePerReplica }: Signals): Saturated {
  const { cap, best, soundRate, nextUpAt, nextDownAt } = guard;
  const isOverloaded = before.perSecond < 0.8 * best || ratePerReplica < 0.75 * soundRate;
  if (isOverloaded && now >= nextDownAt && cap > 1) {
    return step(guard, 'Down', Math.max(1, Math.floor(0.8 * cap)), before);
  }
  if (now >= nextUpAt) return step(guard, 'Up', cap + Math.max(1, Math.floor(0.15 * cap)), before);
  return guard;
}

function step(guard: Saturated, direction: Trial['direction'], cap: number, before: Throughput): Saturated {
  return { ...guard, cap, level: noLevel, trial: { direction, cap: guard.cap, before } };
}

function judge(guard: Saturated, trial: Trial, after: Throughput, signals: Signals): Saturated | Probation {
  const { now } = signals;
  const settled = { ...guard, trial: null, level: noLevel, best: Math.max(guard.best, after.perSecond) };
  if (trial.direction === 'Down') {
    if (after.perSecond < 0.97 * trial.before.perSecond) {
      return { ...settled, cap: trial.cap, nextDownAt: now + downPauseSeconds };
    }
    return {
      ...settled,
      best: after.perSecond,
      from: Math.round(after.replicas),
      nextUpAt: now + guard.upPauseSeconds,
    };
  }
  if (gainOf(trial.before, after).gain < 0.4) {
    const upPauseSeconds = Math.min(longestPauseSeconds, 2 * guard.upPauseSeconds);
    return { ...settled, cap: trial.cap, upsInRow: 0, upPauseSeconds, nextUpAt: now + upPauseSeconds };
  }
  if (guard.upsInRow < 2) return { ...settled, upsInRow: guard.upsInRow + 1, nextUpAt: now };
  return begin(guard.cause, Math.ceil(1.5 * guard.cap), after.replicas, after, guard.soundRate, signals);
}
