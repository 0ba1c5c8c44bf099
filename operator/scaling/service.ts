import type { Sums } from './reading.ts';
import type { Settings } from './settings.ts';

/** What is remembered of how fast a busy replica is. */
export type Service = {
  /** Messages per second that a busy replica delivers; null until measured. Failing attempts slow it. */
  readonly perSecond: number | null;
  /** The same over successful attempts alone: what the replica could do. */
  readonly freePerSecond: number | null;
  /** Deliveries that were seen, up to `provenDeliveries`. */
  readonly seen: number;
};

export const noService: Service = { perSecond: null, freePerSecond: null, seen: 0 };

/** After so many deliveries the measured rate is believed. */
export const provenDeliveries = 10;

/** Deliveries after which a new measurement outweighs all older ones: weight 1 - 1/e. */
const memoryDeliveries = 30;

/** From this share of failed attempts on, the time they take counts. */
const failingShare = 0.2;

/**
 * Measures the rate of a busy replica: messages per second of slot time, times its slots, so that idle slots do not count
 * (the true processing rate of DS2, OSDI 2018). Smoothed over deliveries rather than time: an idle minute changes nothing.
 *
 * @param grown how much the workers' sums have grown since the last look.
 * @param slots messages that a replica can have in its requests at the same time.
 */
export function observeService(before: Service, grown: Sums, slots: number): Service {
  const { delivered, failed, throttled } = grown;
  if (delivered < 1e-9) return before;
  const refused = failed + throttled;
  const isFailing = refused >= failingShare * (delivered + refused);
  const rate = (seconds: number) => (seconds > 1e-9 ? Math.min(1e9, (slots * delivered) / seconds) : null);
  const free = rate(grown.deliveredSlotSeconds);
  const weight = 1 - Math.exp(-delivered / memoryDeliveries);
  return {
    perSecond: blend(before.perSecond, isFailing ? rate(grown.busySlotSeconds) : free, weight),
    freePerSecond: blend(before.freePerSecond, free, weight),
    seen: Math.min(provenDeliveries, before.seen + delivered),
  };
}

function blend(before: number | null, now: number | null, weight: number): number | null {
  if (now === null || before === null) return now ?? before;
  return before + weight * (now - before);
}

/** Messages per second and busy replica to calculate with: measured, remembered from before a restart, or guessed. */
export type ReplicaRate = { readonly perSecond: number; readonly isGuess: boolean };

export function replicaRate(
  { perSecond }: Service,
  lastReplicaRate: number | null,
  { targetMessagesPerReplica, targetSeconds }: Settings,
): ReplicaRate {
  const known = perSecond ?? lastReplicaRate;
  return { perSecond: Math.max(1e-6, known ?? targetMessagesPerReplica / targetSeconds), isGuess: known === null };
}
