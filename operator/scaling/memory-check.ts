import { isObject } from '../../api/json.ts';
import type { Arrivals } from './arrivals.ts';
import type { Attempts } from './attempts.ts';
import type { Guard, GuardMemory } from './guard/guard.ts';
import type { Level, Throughput } from './guard/level.ts';
import type { BusyMoment } from './guard/probation.ts';
import type { Saturated } from './guard/saturated.ts';
import { type Estimates, type Memory, memoryVersion, type Timers } from './memory.ts';
import type { Sums } from './reading.ts';
import type { Service } from './service.ts';
import {
  type Check,
  type FieldChecks,
  isAmount,
  isNumber,
  isPair,
  listOf,
  objectWith,
  oneOf,
  orNull,
} from './shape.ts';

type Kind = Guard['kind'];
type GuardOf<K extends Kind> = Extract<Guard, { readonly kind: K }>;

/** Whether a state is whole: one that was damaged on its way, or comes from another engine, is not. */
export function isMemory(state: unknown): state is Memory {
  return isWhole(state);
}

const isArrivals: Check = (value) => hasArrivals(value) && isObject(value) && areSeries(value.times, value.sums);

const hasArrivals = objectWith<Arrivals>({
  ...{ times: listOf(isNumber), sums: listOf(isNumber) },
  ...{ perSecond: isAmount, inQueue: isAmount, slow: isAmount, trend: isAmount },
});

/** Sums at times that follow each other. */
function areSeries(times: unknown, sums: unknown): boolean {
  if (!Array.isArray(times) || !Array.isArray(sums) || times.length !== sums.length) return false;
  return times.every((time, index) => index === 0 || times[index - 1] < time);
}

const isService = objectWith<Service>({
  ...{ perSecond: orNull(isAmount), freePerSecond: orNull(isAmount), seen: isAmount },
});

const isAttempts = objectWith<Attempts>({
  ...{ delivered: isAmount, failed: isAmount, throttled: isAmount, looks: listOf(isPair) },
});

const isSums = objectWith<Sums>({
  ...{ delivered: isAmount, failed: isAmount, throttled: isAmount, settled: isAmount },
  ...{ busySlotSeconds: isAmount, deliveredSlotSeconds: isAmount, auditBlockedSeconds: isAmount },
});

const isEstimates = objectWith<Estimates>({
  ...{ arrivals: isArrivals, service: isService, attempts: isAttempts, sums: orNull(isSums), heardAt: isAmount },
  ...{ settled: isAmount, settledGuess: isAmount, messagesPerRequest: isPositive, occupancy: isAmount },
  ...{ visible: isAmount, queueFailures: isAmount },
});

const isTimers = objectWith<Timers>({
  ...{ workAt: isNumber, scaleOutAt: isNumber, scaleInAt: isNumber, lowerSince: orNull(isNumber) },
  ...{ keepPeaks: listOf(isPair), drainPeaks: listOf(isPair), wanted: isAmount, rateCap: orNull(isReplicas) },
});

const throughput: FieldChecks<Throughput> = { perSecond: isPositive, replicas: isAmount, error: isAmount };
const isThroughput = objectWith<Throughput>(throughput);

const isLevel = objectWith<Level>({
  ...{ looks: isAmount, seconds: isAmount, delivered: isAmount, replicaSeconds: isAmount },
});

const isEasing = orNull(objectWith({ since: isNumber, steppedAt: isNumber }));
const isCause = oneOf('Failing', 'Slower');

const isTrial = objectWith<NonNullable<Saturated['trial']>>({
  ...{ direction: oneOf('Up', 'Down'), cap: isReplicas, before: isThroughput },
});

const guardChecks: { readonly [K in Kind]: FieldChecks<Omit<GuardOf<K>, 'kind' | 'cap'>> } = {
  Open: { since: isNumber, before: isAmount },
  Recovering: { since: isNumber },
  AuditBlocked: { clearSince: orNull(isNumber), easing: isEasing },
  Throttled: { computedAt: isNumber, easing: isEasing },
  Starved: { busySince: orNull(isNumber), idleSince: orNull(isNumber) },
  Probation: {
    ...{ cause: isCause, since: isNumber, replicasBefore: isAmount, levelBefore: isLevel, level: isLevel },
    ...{ before: orNull(isThroughput), soundRate: isPositive, measuredSince: orNull(isNumber) },
    ...{ healthySince: orNull(isNumber), idleSince: orNull(isNumber) },
  },
  Saturated: {
    ...{ cause: isCause, from: isAmount, to: isAmount, gained: isNumber, best: isAmount, soundRate: isPositive },
    ...{ level: isLevel, trial: orNull(isTrial), upsInRow: isAmount, idleSince: orNull(isNumber) },
    ...{ nextUpAt: isNumber, upPauseSeconds: isAmount, nextDownAt: isNumber },
  },
};

const guards: ReadonlyMap<unknown, Check> = new Map(
  Object.entries(guardChecks).map(([kind, fields]): [string, Check] => [
    kind,
    objectWith<object>({ ...fields, cap: isReplicas }),
  ]),
);

const isGuard: Check = (value) => isObject(value) && (guards.get(value.kind)?.(value) ?? false);

const isGuardMemory = objectWith<GuardMemory>({
  ...{ guard: orNull(isGuard), starvedSince: orNull(isNumber), soundRate: isAmount, ready: isAmount },
  moments: listOf(objectWith<BusyMoment>({ ...throughput, at: isNumber, ratePerReplica: isPositive })),
});

const isWhole = objectWith<Memory>({
  ...{ version: oneOf(memoryVersion), timeSeconds: orNull(isNumber), now: isAmount, intervalSeconds: isAmount },
  ...{ estimates: isEstimates, guards: isGuardMemory, timers: isTimers },
});

function isPositive(value: unknown): boolean {
  return isAmount(value) && value !== 0;
}

function isReplicas(value: unknown): boolean {
  return isAmount(value) && Number.isInteger(value);
}
