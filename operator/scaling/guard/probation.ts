import { begin, type Probation } from './growth-step.ts';
import { addLook, gainOf, noLevel, type Throughput, throughputOf } from './level.ts';
import { type Saturated, saturatedAfter } from './saturated.ts';
import type { Signals } from './signals.ts';

/** What a small fleet delivered while it was busy. */
export type BusyMoment = Throughput & { readonly at: number; readonly ratePerReplica: number };

/** From this share of failed attempts on, the recipient counts as failing. */
const failingShare = 0.2;

/** How a step is judged: failures make measurements uncertain, so they get more time and an easier mark. */
const judgement = {
  Slower: { seconds: 10, looks: 2, fairGain: 0.5, growth: 1.5 },
  Failing: { seconds: 20, looks: 3, fairGain: 0.4, growth: 2 },
} as const;

const settleSeconds = 10;
const patienceSeconds = 30;
const healthySeconds = 10;
const leaveSeconds = 60;

/** @param soundRate what a busy replica delivered per second before there was a guard. */
export function enterProbation(moments: readonly BusyMoment[], soundRate: number, signals: Signals): Probation | null {
  const { desired, ready, isBusy, acceptedPerSecond, ratePerReplica } = signals;
  if (ready > 0 && isFailing(signals)) {
    return begin('Failing', Math.max(desired, 2 * ready), ready, null, Math.max(soundRate, ratePerReplica), signals);
  }
  if (!isBusy || acceptedPerSecond < 5) return null;
  // The last moment before the growth: a recipient that has become slower on its own was slow then already.
  const smaller = moments.findLast((moment) => moment.replicas <= ready / 1.5);
  if (smaller === undefined || smaller.ratePerReplica <= ratePerReplica / 0.75) return null;
  // What it accepted over ten seconds may date from before it was busy: then it could do more, as its busy slots did.
  const perSecond = Math.max(smaller.perSecond, smaller.replicas * smaller.ratePerReplica);
  return begin('Slower', desired, smaller.replicas, { ...smaller, perSecond }, smaller.ratePerReplica, signals);
}

export function continueProbation(guard: Probation, signals: Signals): Probation | Saturated | null {
  const { now, ready, isBusy, wanted, ratePerReplica } = signals;
  const isHealthy = !isFailing(signals) && ratePerReplica >= 0.85 * guard.soundRate;
  const healthySince = isHealthy ? (guard.healthySince ?? now) : null;
  const idleSince = !isBusy && wanted <= ready ? (guard.idleSince ?? now) : null;
  if (healthySince !== null && now - healthySince >= healthySeconds) return null;
  if (idleSince !== null && now - idleSince >= leaveSeconds) return null;
  return judge({ ...measure(guard, signals), healthySince, idleSince }, signals);
}

function measure(guard: Probation, signals: Signals): Probation {
  const { now, ready, isBusy } = signals;
  if (guard.cause === 'Failing' && ready <= 1.1 * guard.replicasBefore) {
    const levelBefore = addLook(guard.levelBefore, signals);
    return { ...guard, levelBefore, before: throughputOf(levelBefore, 5, 1) };
  }
  const hasSettled = now - guard.since >= settleSeconds && ready >= 0.9 * guard.cap;
  if (!isBusy || !hasSettled || ready < 1.3 * guard.replicasBefore) return { ...guard, level: noLevel };
  return { ...guard, level: addLook(guard.level, signals) };
}

function judge(guard: Probation, signals: Signals): Probation | Saturated | null {
  const { seconds, looks, fairGain, growth } = judgement[guard.cause];
  const after = throughputOf(guard.level, seconds, looks);
  if (guard.before === null || after === null) return guard;
  const { gain, error } = gainOf(guard.before, after);
  if (gain >= fairGain) {
    if (guard.cap >= signals.maxReplicas && guard.cause === 'Slower') return null;
    const soundRate = Math.min(guard.soundRate, signals.ratePerReplica / 0.8);
    const cap = Math.ceil(growth * guard.cap);
    return begin(guard.cause, cap, after.replicas, after, soundRate, signals);
  }
  const measuredSince = guard.measuredSince ?? signals.now;
  if (gain + error >= fairGain && signals.now - measuredSince < patienceSeconds) return { ...guard, measuredSince };
  return saturatedAfter(guard, guard.before, after, signals);
}

function isFailing({ failedShare, delivered, failed, throttled }: Signals): boolean {
  const attempts = delivered + failed + throttled;
  return failedShare > failingShare || (attempts >= 20 && failed > failingShare * attempts);
}
