import { guardCap, lowest, rateCap } from './caps.ts';
import { type Demand, demandOf } from './demand.ts';
import { explain } from './explanation.ts';
import { nextGuard } from './guard/guard.ts';
import { inputsOf } from './inputs.ts';
import { clockAfter, type Memory, type Tick, type Timers } from './memory.ts';
import { observe } from './observe.ts';
import { type Reading, readingOf } from './reading.ts';
import { type LimitedBy, limitOf, type Reason } from './reasons.ts';
import { recall } from './recall.ts';
import { aim, betweenZeroAndOne, bound, keepBusy, limitStep, tolerate } from './rules.ts';
import { type Settings, settingsOf } from './settings.ts';
import type { Choice, Situation } from './situation.ts';
import { standStill } from './stand-still.ts';
import type { Decision, Observation, Policy, State } from './types.ts';
import { withoutQueue } from './unreachable.ts';

/**
 * How many replicas a Courier needs now, and why. Pure: no clock, no IO, no randomness, no mutation.
 *
 * @param state what the previous decision returned, through JSON or not. Null when there is none, or when it is not whole any
 *   more: then nothing is lowered before the windows have passed again.
 */
export function decide(state: State | null, observation: Observation, policy: Policy): Decision {
  const settings = settingsOf(policy);
  const reading = readingOf(observation);
  const memory = recall(state, reading.desired);
  const tick = clockAfter(memory, reading.timeSeconds);
  if (tick.isStill) return standStill(memory, reading, settings);
  const situation = situationOf(memory, tick, reading, settings);
  const demand = reading.queue === null ? null : demandOf(situation);
  const timers = timersAfter(situation, demand);
  const outcome = demand === null ? unseen(situation) : seen(situation, demand, tick.now - timers.workAt);
  const { replicas, reason } = outcome.choice;
  const { desired } = reading;
  return {
    replicas,
    reason,
    limitedBy: limitNow(reason, situation),
    explanation: explain({ ...situation, ...outcome, demand, idleSeconds: tick.now - timers.workAt }),
    inputs: inputsOf(situation, demand, outcome.wanted),
    state: {
      ...memory,
      ...{ timeSeconds: reading.timeSeconds, now: tick.now, intervalSeconds: tick.observedSeconds },
      ...{ estimates: situation.view.estimates, guards: situation.guards },
      timers: {
        ...timers,
        wanted: outcome.wanted,
        lowerSince: outcome.isLower ? (timers.lowerSince ?? tick.now) : null,
        scaleOutAt: replicas > desired ? tick.now : timers.scaleOutAt,
        scaleInAt: replicas < desired ? tick.now : timers.scaleInAt,
      },
    } satisfies Memory,
  };
}

/** A choice and what it was made of. */
type Outcome = {
  readonly choice: Choice;
  /** Replicas that were wanted before steps and caps. */
  readonly wanted: number;
  /** Whether fewer replicas than there are would do. */
  readonly isLower: boolean;
};

function seen(situation: Situation, demand: Demand, idleSeconds: number): Outcome {
  const aimed = aim(demand, situation);
  const tolerated = tolerate(aimed, situation);
  const wanted = keepBusy(betweenZeroAndOne(tolerated, demand, situation, idleSeconds), situation);
  return {
    choice: bound(limitStep(wanted, situation), situation),
    wanted: wanted.replicas,
    isLower: aimed.replicas < situation.reading.desired,
  };
}

function unseen(situation: Situation): Outcome {
  const { settings, memory } = situation;
  const { replicas, reason } = withoutQueue(situation);
  const within = Math.max(settings.min, Math.min(settings.max, replicas));
  return { choice: { replicas: within, reason }, wanted: memory.timers.wanted, isLower: false };
}

function situationOf(memory: Memory, tick: Tick, reading: Reading, settings: Settings): Situation {
  const view = observe(memory, tick, reading, settings);
  // With no replica there is nobody to be heard: a guard that waits for word would hold the fleet at zero for ever.
  const isEmpty = reading.desired + reading.ready + reading.starting === 0;
  const silent = isEmpty ? { ...memory.guards, guard: null, starvedSince: null } : memory.guards;
  const guards = view.isHeard ? nextGuard(memory.guards, view.signals) : silent;
  const limit = rateCap(memory.timers.rateCap, view.rate, settings);
  // Without a past no busy replica is taken away, whatever binds.
  const kept = memory.timeSeconds === null ? Math.min(reading.desired, view.busyReplicas) : 0;
  const cap = lowest([
    guardCap(guards.guard, reading.desired, view.isHeard, Math.max(kept, settings.min)),
    limit === null ? null : { replicas: Math.max(limit, kept, settings.min), reason: 'RateLimited' },
  ]);
  return { memory, tick, reading, settings, view, guards, rateCap: limit, cap };
}

/** What stabilises the next decision, but for what this one comes to. */
function timersAfter({ memory, tick, reading, view, rateCap }: Situation, demand: Demand | null): Timers {
  const { timers } = memory;
  if (demand === null) return { ...timers, rateCap, workAt: tick.now };
  const hasWorked = demand.hasWork || view.signals.delivered > 0;
  return {
    ...{ ...timers, rateCap, keepPeaks: demand.keepPeaks, drainPeaks: demand.drainPeaks },
    workAt: hasWorked || reading.desired === 0 ? tick.now : timers.workAt,
  };
}

function limitNow(reason: Reason, { view, reading }: Situation): LimitedBy {
  const limit = limitOf(reason);
  return limit === 'Backlog' && view.signals.isBusy && reading.starting > 0 ? 'WorkerConcurrency' : limit;
}
