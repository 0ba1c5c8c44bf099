import type { Signals } from './signals.ts';

/** The recipient is down: nothing that replicas are added to would change that. */
export type Open = {
  readonly kind: 'Open';
  readonly cap: number;
  readonly since: number;
  /** Replicas when it went down. */
  readonly before: number;
};

/** The recipient is back: the fleet may grow again, at once but not all at once. */
export type Recovering = { readonly kind: 'Recovering'; readonly cap: number; readonly since: number };

/** The fleet stays as it is this long, since most outages end; then it is halved again and again, down to one that probes. */
const holdSeconds = 300;
const halvingSeconds = 60;

const recoverySeconds = 60;

/** The guard if next to nothing is accepted, and breakers or failures say why; null otherwise. */
export function enterOpen(signals: Signals): Open | null {
  const { delivered, failed, throttled, breakersOpen, failedShare, desired, ready, now } = signals;
  const nothingAccepted = delivered <= 0.2 * (delivered + failed + throttled);
  if (!nothingAccepted || !(breakersOpen >= 0.5 || failedShare >= 0.8) || hasRecovered(signals)) return null;
  const before = Math.min(desired, ready);
  return { kind: 'Open', cap: before, since: now, before };
}

export function continueOpen(guard: Open, signals: Signals): Open | Recovering {
  const { now, desired } = signals;
  if (hasRecovered(signals)) return { kind: 'Recovering', cap: Math.max(desired, 2 * guard.before), since: now };
  const halvings = Math.max(0, Math.floor((now - guard.since - holdSeconds) / halvingSeconds) + 1);
  return { ...guard, cap: Math.max(1, Math.floor(guard.before / 2 ** halvings)) };
}

export function continueRecovering(guard: Recovering, { now, maxReplicas }: Signals): Recovering | null {
  const cap = Math.min(1e6, 4 * guard.cap);
  return cap >= maxReplicas || now - guard.since >= recoverySeconds ? null : { ...guard, cap };
}

function hasRecovered({ delivered, failed, breakersOpen, failedShare }: Signals): boolean {
  return (delivered >= 3 && delivered > failed) || (breakersOpen < 0.3 && failedShare < 0.3);
}
