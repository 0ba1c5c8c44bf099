import type { Demand } from './demand.ts';
import type { Choice, Situation } from './situation.ts';

const tolerance = { share: 0.1, seconds: 240 } as const;

const scaleInEverySeconds = 15;

/** Unproven rates may be far off: a fleet that goes by them grows at most so much at once. */
const unprovenGrowth = { least: 10, factor: 3 } as const;

/** The number that the demand asks for: growth is immediate, shrinking waits. */
export function aim({ sizes, up, down, enough }: Demand, { reading: { desired } }: Situation): Choice {
  if (up > desired) {
    if (desired === 0) return { replicas: up, reason: 'Activated' };
    return { replicas: up, reason: sizes.drain > sizes.keepUp ? 'Backlog' : 'ArrivalRate' };
  }
  if (down < desired) return { replicas: down, reason: 'LessWork' };
  return { replicas: desired, reason: enough < desired ? 'Stabilizing' : 'Steady' };
}

/** Small differences are left alone; those downwards only for a while. */
export function tolerate(choice: Choice, { reading: { desired }, memory, tick }: Situation): Choice {
  const difference = Math.abs(choice.replicas - desired);
  if (difference === 0 || difference > tolerance.share * desired) return choice;
  const { lowerSince } = memory.timers;
  const isLasting = lowerSince !== null && tick.now - lowerSince >= tolerance.seconds;
  if (choice.replicas < desired && isLasting) return choice;
  return { replicas: desired, reason: 'WithinTolerance' };
}

/** From one to zero and back: only after the idle time, and not for a message or two that one look alone has seen. */
export function betweenZeroAndOne(
  choice: Choice,
  { hasWork }: Demand,
  situation: Situation,
  idleSeconds: number,
): Choice {
  const { reading, settings, memory, view } = situation;
  const { desired } = reading;
  if (hasWork) {
    const activation = settings.activationMessages;
    const isConfirmed = view.estimates.visible > activation + 2 || memory.estimates.visible > activation;
    if (desired === 0 && !isConfirmed) return { replicas: 0, reason: 'AwaitingConfirmation' };
    return { ...choice, replicas: Math.max(1, choice.replicas) };
  }
  const isIdle = desired === 0 || idleSeconds >= settings.idleAfterSeconds;
  if (desired === 0 || (isIdle && settings.min === 0)) return { replicas: 0, reason: 'Idle' };
  const replicas = Math.max(1, choice.replicas);
  if (replicas !== desired || replicas > Math.max(1, settings.min)) return { ...choice, replicas };
  if (isIdle) return { replicas, reason: 'Idle' };
  return idleSeconds > 0 ? { replicas, reason: 'IdleWait' } : { ...choice, replicas };
}

/** Replicas that hold messages stay: one at least, and every one where messages take longer than a stop may last. */
export function keepBusy(choice: Choice, { reading: { desired }, view, settings }: Situation): Choice {
  if (choice.replicas >= desired || view.inFlight < 1e-9) return choice;
  const isLong = (3 * view.slots) / view.signals.freeRatePerReplica > settings.graceSeconds;
  const floor = Math.min(desired, isLong ? Math.max(1, view.busyReplicas) : 1);
  return floor > choice.replicas ? { replicas: floor, reason: 'BusyReplicas' } : choice;
}

/** Growth by at most `maxScaleOutStep`; shrinking now and then, and never by more than three quarters at once. */
export function limitStep(choice: Choice, { reading: { desired }, settings, view, memory, tick }: Situation): Choice {
  if (choice.replicas > desired) {
    const { least, factor } = unprovenGrowth;
    const step = Math.min(settings.maxStep, view.isProven ? settings.maxStep : Math.max(least, factor * desired));
    return choice.replicas > desired + step ? { replicas: desired + step, reason: 'StepLimited' } : choice;
  }
  if (choice.replicas === desired || choice.reason === 'Idle') return choice;
  if (tick.now - memory.timers.scaleInAt < scaleInEverySeconds) return { replicas: desired, reason: 'Stabilizing' };
  return { ...choice, replicas: Math.max(choice.replicas, Math.ceil(desired / 4)) };
}

/** Caps bind at once, whatever the steps; the policy's bounds bind last. */
export function bound(choice: Choice, { cap, settings: { min, max } }: Situation): Choice {
  const capped = cap !== null && choice.replicas > cap.replicas ? cap : choice;
  if (capped.replicas > max) return { replicas: max, reason: 'AtMaximum' };
  return capped.replicas < min ? { ...capped, replicas: min } : capped;
}
