import { isDeepStrictEqual } from 'node:util';
import type { CourierStatus } from '../../api/v1alpha1.gen.ts';

/** Each write wakes everybody who watches Couriers: what only counts may wait, and what follows the pods less so. */
const countersIntervalMs = 30_000;
const replicasIntervalMs = 5_000;

/**
 * In how many milliseconds the status is to be written: 0 for now, undefined when nothing has changed. A change of
 * substance (a condition, the number of workers that is wanted, the generation) does not wait; the workers that there are
 * wait for five seconds since the last write, unless they are as many as there should be; counters, rates and the words of
 * messages wait for thirty.
 *
 * @param lastWrittenMs when the status was last written, on the same clock as `nowMs`; undefined: never by this process.
 */
export function statusWriteDelayMs(
  previous: CourierStatus | undefined,
  next: CourierStatus,
  lastWrittenMs: number | undefined,
  nowMs: number,
): number | undefined {
  if (previous !== undefined && isDeepStrictEqual(previous, next)) return undefined;
  if (previous === undefined || lastWrittenMs === undefined) return 0;
  if (!isDeepStrictEqual(substance(previous), substance(next))) return 0;
  const intervalMs = hasSameReplicas(previous, next) ? countersIntervalMs : replicasIntervalMs;
  return Math.max(0, lastWrittenMs + intervalMs - nowMs);
}

/** Whether the status is to be written now, see {@link statusWriteDelayMs}. */
export function shouldWriteStatus(
  previous: CourierStatus | undefined,
  next: CourierStatus,
  lastWrittenMs: number | undefined,
  nowMs: number,
): boolean {
  return statusWriteDelayMs(previous, next, lastWrittenMs, nowMs) === 0;
}

function substance({
  observedGeneration,
  desiredReplicas,
  replicas,
  readyReplicas,
  scaling,
  conditions,
}: CourierStatus) {
  const latest = scaling?.decisions?.[0];
  return {
    latest: latest && [latest.time, latest.reason],
    observedGeneration,
    desiredReplicas,
    settled: replicas === desiredReplicas && readyReplicas === desiredReplicas,
    conditions: conditions?.map(({ message: _words, ...condition }) => condition),
  };
}

function hasSameReplicas(previous: CourierStatus, next: CourierStatus): boolean {
  return previous.replicas === next.replicas && previous.readyReplicas === next.readyReplicas;
}
