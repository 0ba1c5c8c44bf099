import fc from 'fast-check';
import type { Observation, Policy, Workers } from '../../../operator/scaling/types.ts';

/** What happens between two looks, and what the second look gets to see of it. */
export type Happening = {
  readonly seconds: number;
  readonly arriving: number;
  /** What becomes of attempts: the shares that fail and are throttled, and how long each takes. */
  readonly failing: number;
  readonly throttled: number;
  readonly serviceSeconds: number;
  readonly breakersOpen: number;
  readonly auditBlocked: number;
  readonly queue: 'Seen' | 'Failed' | 'Negative' | 'NotANumber' | 'Phantom' | 'Empty' | 'Stale';
  readonly workers: 'Heard' | 'Silent' | 'Reset' | 'NotANumber' | 'Absurd';
  readonly readyShare: number;
  /** Somebody else changes the number, or the whole state is lost. */
  readonly meddling: 'None' | 'ScaledToZero' | 'ScaledUp' | 'StateLost';
};

const mostly = <T>(usual: T, ...others: readonly T[]): fc.Arbitrary<T> =>
  fc.oneof({ weight: 6 * others.length, arbitrary: fc.constant(usual) }, ...others.map((other) => fc.constant(other)));

const share = fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1, noNaN: true }), fc.constant(1));

export const happenings: fc.Arbitrary<Happening> = fc.record({
  seconds: mostly(5, 0, 0.5, 15, 60, 200, 3600, -10),
  arriving: fc.oneof(fc.constant(0), fc.nat(20), fc.nat(20_000)),
  failing: mostly(0, 0.3, 0.5, 0.9, 1),
  throttled: mostly(0, 0.03, 0.2, 1),
  serviceSeconds: fc.constantFrom(0.01, 0.4, 3, 90),
  breakersOpen: share,
  auditBlocked: mostly(0, 0.1, 1),
  queue: mostly('Seen', 'Failed', 'Negative', 'NotANumber', 'Phantom', 'Empty', 'Stale'),
  workers: mostly('Heard', 'Silent', 'Reset', 'NotANumber', 'Absurd'),
  readyShare: fc.constantFrom(1, 1, 1, 0.5, 0),
  meddling: mostly('None', 'ScaledToZero', 'ScaledUp', 'StateLost'),
});

export const policies: fc.Arbitrary<Policy> = fc
  .record({
    minReplicas: fc.oneof(fc.constant(0), fc.nat(5)),
    extra: fc.nat(100),
    slotsPerReplica: fc.constantFrom(1, 4, 50, 256),
    drainTargetSeconds: fc.constantFrom(1, 30, 60, 600),
    targetMessagesPerReplica: fc.constantFrom(1, 500, 5000),
    idleAfterSeconds: fc.constantFrom(0, 60, 300),
    maxScaleOutStep: fc.constantFrom(0, 0, 3),
    activationMessages: fc.constantFrom(0, 0, 10),
    rateLimitPerSecond: fc.constantFrom(null, null, 0.5, 100),
    graceSeconds: fc.constantFrom(0, 30),
    fallbackReplicas: fc.constantFrom(null, 3),
  })
  .map(({ extra, ...policy }) => ({ ...policy, maxReplicas: policy.minReplicas + extra }));

/** A queue, workers and a recipient, as rough as can be, but whole: what is sent is delivered, waits or fails. */
export class Plant {
  readonly #policy: Policy;
  #time = 1000;
  #visible = 0;
  #previous = 0;
  #sums = {
    delivered: 0,
    failed: 0,
    throttled: 0,
    busySlotSeconds: 0,
    deliveredSlotSeconds: 0,
    auditBlockedSeconds: 0,
  };

  constructor(policy: Policy) {
    this.#policy = policy;
  }

  /** Lets it happen to a fleet of `desired`, and looks. */
  live(desired: number, happening: Happening): Observation {
    const { seconds, failing, throttled, serviceSeconds, arriving, workers, queue } = happening;
    this.#time += seconds;
    const ready = Math.round(desired * happening.readyShare);
    const slots = ready * this.#policy.slotsPerReplica;
    this.#previous = this.#visible;
    this.#visible += arriving;
    const attempts = Math.min(this.#visible, (slots * Math.max(0, seconds)) / serviceSeconds);
    const delivered = Math.round(attempts * Math.max(0, 1 - failing - throttled));
    this.#visible -= delivered;
    if (workers === 'Reset') this.#sums = { ...this.#sums, delivered: 0, failed: 0, busySlotSeconds: 0 };
    this.#sums = {
      delivered: this.#sums.delivered + delivered,
      failed: this.#sums.failed + Math.round(attempts * failing),
      throttled: this.#sums.throttled + Math.round(attempts * throttled),
      busySlotSeconds: this.#sums.busySlotSeconds + attempts * serviceSeconds,
      deliveredSlotSeconds: this.#sums.deliveredSlotSeconds + delivered * serviceSeconds,
      auditBlockedSeconds: this.#sums.auditBlockedSeconds + happening.auditBlocked * ready * Math.max(0, seconds),
    };
    const inFlight = Math.min(slots, Math.round(this.#visible + attempts));
    return {
      timeSeconds: this.#time,
      replicas: { desired, ready, starting: desired - ready },
      queue: seen(queue, this.#visible, this.#previous, inFlight),
      workers: heard(workers, { ...this.#sums, ...present(inFlight, ready, happening) }),
    };
  }
}

function present(inFlight: number, ready: number, { breakersOpen, queue }: Happening) {
  const busyReplicas = Math.min(ready, inFlight);
  return { inFlight, busyReplicas, breakersOpen, receiveAgeSeconds: queue === 'Stale' ? 40 : 0 };
}

function seen(kind: Happening['queue'], visible: number, previous: number, notVisible: number): Observation['queue'] {
  const counts = { visible, notVisible, delayed: 0 };
  switch (kind) {
    case 'Seen':
      return counts;
    case 'Failed':
      return null;
    case 'Negative':
      return { ...counts, visible: -1 };
    case 'NotANumber':
      return { ...counts, notVisible: Number.NaN };
    case 'Phantom':
      return { ...counts, visible: visible + 2 };
    case 'Empty':
      return { ...counts, visible: 0 };
    case 'Stale':
      return { ...counts, visible: previous };
  }
}

function heard(kind: Happening['workers'], workers: Workers): Workers | null {
  switch (kind) {
    case 'Heard':
    case 'Reset':
      return workers;
    case 'Silent':
      return null;
    case 'NotANumber':
      return { ...workers, delivered: Number.NaN };
    case 'Absurd':
      return { ...workers, settled: 1e300, breakersOpen: Number.POSITIVE_INFINITY, messagesPerRequest: -3 };
  }
}
