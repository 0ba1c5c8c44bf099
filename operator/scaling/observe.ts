import { noArrivals, observeArrivals } from './arrivals.ts';
import { answersOf, observeAttempts } from './attempts.ts';
import type { Signals } from './guard/signals.ts';
import type { Estimates, Memory, Tick } from './memory.ts';
import type { Reading, Sums } from './reading.ts';
import { observeService, provenDeliveries, type ReplicaRate, replicaRate } from './service.ts';
import type { Settings } from './settings.ts';

/** What one look adds to what is known, and what follows from it for this moment. */
export type View = {
  readonly estimates: Estimates;
  readonly rate: ReplicaRate;
  /** Deliveries enough were seen to believe the rate. */
  readonly isProven: boolean;
  /** Messages that a replica can have in its requests at the same time. */
  readonly slots: number;
  readonly inFlight: number;
  readonly busyReplicas: number;
  /** Null while the queue cannot be read. */
  readonly visible: number | null;
  /** Messages waiting, as last seen. */
  readonly backlog: number;
  readonly receiveAgeSeconds: number;
  readonly signals: Signals;
  /** Whether the workers were heard. */
  readonly isHeard: boolean;
};

const occupancySeconds = 10;

/** Takes in one reading. After a gap the sums only begin anew. */
export function observe(memory: Memory, tick: Tick, reading: Reading, settings: Settings): View {
  const { estimates: before } = memory;
  const { queue, workers, ready } = reading;
  const messagesPerRequest = workers?.present.messagesPerRequest ?? before.messagesPerRequest;
  const slots = settings.slotsPerReplica * messagesPerRequest;
  const grown = workers !== null && before.sums !== null && !tick.isGap ? growth(before.sums, workers.sums) : null;
  const heardSeconds = Math.max(1e-3, tick.now - before.heardAt);
  const service = grown === null ? before.service : observeService(before.service, grown, slots);
  const attempts = grown === null ? before.attempts : observeAttempts(before.attempts, grown, heardSeconds);
  const rate = replicaRate(service, reading.lastReplicaRate, settings);
  const held = workers?.present.inFlight ?? Math.min(queue?.notVisible ?? 0, ready * slots);
  const occupied = ready > 0 ? Math.min(1, held / (ready * slots)) : 0;
  const fresh = 1 - Math.exp(-tick.seconds / occupancySeconds);
  const known: Estimates = {
    ...before,
    ...{ service, attempts, messagesPerRequest },
    ...settle(before, grown, workers === null ? guessDelivered(reading, rate, settings) * tick.seconds : null),
    sums: workers?.sums ?? before.sums,
    heardAt: workers === null ? before.heardAt : tick.now,
    occupancy: before.occupancy + fresh * (occupied - before.occupancy),
    visible: queue?.visible ?? before.visible,
    queueFailures: queue === null ? before.queueFailures + 1 : 0,
  };
  const estimates = { ...known, arrivals: arrivalsAfter(known, before, tick, reading) };
  return {
    ...{ estimates, rate, slots, inFlight: held, isHeard: workers !== null },
    isProven: service.seen >= provenDeliveries,
    busyReplicas: workers?.present.busyReplicas ?? 0,
    visible: queue?.visible ?? null,
    backlog: estimates.visible,
    receiveAgeSeconds: workers?.present.receiveAgeSeconds ?? 0,
    signals: signalsOf(memory, estimates, { tick, reading, settings, slots, held, rate, grown, heardSeconds }),
  };
}

function growth(before: Sums, now: Sums): Sums {
  const by = (key: keyof Sums) => Math.max(0, now[key] - before[key]);
  return {
    delivered: by('delivered'),
    failed: by('failed'),
    throttled: by('throttled'),
    settled: by('settled'),
    busySlotSeconds: by('busySlotSeconds'),
    deliveredSlotSeconds: by('deliveredSlotSeconds'),
    auditBlockedSeconds: by('auditBlockedSeconds'),
  };
}

/** Messages per second that silent workers must be delivering: no more than they could, or than is in flight (Little). */
function guessDelivered({ ready, queue }: Reading, rate: ReplicaRate, { slotsPerReplica }: Settings): number {
  return Math.min(ready, (queue?.notVisible ?? 0) / slotsPerReplica) * rate.perSecond;
}

function settle(before: Estimates, grown: Sums | null, guess: number | null) {
  if (guess !== null) return { settledGuess: before.settledGuess + guess };
  return { settled: before.settled + (grown?.settled ?? 0), settledGuess: 0 };
}

function arrivalsAfter(known: Estimates, before: Estimates, tick: Tick, { queue, workers, desired }: Reading) {
  const history = tick.isGap ? noArrivals : before.arrivals;
  if (queue === null) return history;
  const settled = known.settled + known.settledGuess;
  const isAsleep = desired === 0;
  return observeArrivals(history, { ...queue, now: tick.now, settled, exact: workers !== null, isAsleep });
}

type Derived = {
  readonly tick: Tick;
  readonly reading: Reading;
  readonly settings: Settings;
  readonly slots: number;
  readonly held: number;
  readonly rate: ReplicaRate;
  readonly grown: Sums | null;
  readonly heardSeconds: number;
};

function signalsOf({ estimates: before, timers }: Memory, estimates: Estimates, derived: Derived): Signals {
  const { tick, reading, settings, slots, held, rate, grown, heardSeconds } = derived;
  const { ready, desired, workers } = reading;
  const capacity = ready * slots;
  return {
    ...answersOf(estimates.attempts),
    ...{ now: tick.now, intervalSeconds: heardSeconds, desired, ready, maxReplicas: settings.max },
    wanted: timers.wanted,
    isBusy: ready > 0 && (held >= 0.85 * capacity || before.visible > 2 * capacity),
    occupancy: estimates.occupancy,
    waitingPerSlot: before.visible / Math.max(slots, capacity),
    busyReplicas: workers?.present.busyReplicas ?? 0,
    breakersOpen: ready > 0 ? (workers?.present.breakersOpen ?? 0) : 0,
    // Seconds of replicas that have left meanwhile count as well.
    auditBlockedShare: Math.min(1, (grown?.auditBlockedSeconds ?? 0) / (Math.max(1, ready) * heardSeconds)),
    ...{ delivered: grown?.delivered ?? 0, failed: grown?.failed ?? 0, throttled: grown?.throttled ?? 0 },
    ratePerReplica: rate.perSecond,
    freeRatePerReplica: estimates.service.freePerSecond ?? rate.perSecond,
    rateLimitPerSecond: settings.rateLimitPerSecond,
  };
}
