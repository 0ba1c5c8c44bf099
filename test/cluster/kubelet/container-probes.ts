import type { Probe } from './objects.ts';
import { type ProbeTarget, runProbe } from './probe.ts';

/** What becomes of a container by its probes. */
export type ProbeEffects = {
  /** The startup probe has succeeded. */
  readonly started: () => void;
  readonly ready: (ready: boolean) => void;
  /** The container is to be ended, for `probe` failed as described. */
  readonly end: (probe: Probe, failure: string) => void;
};

/** Probes a container until `signal` aborts. Readiness and liveness count from when the startup probe has succeeded. */
export async function probeContainer(target: ProbeTarget, effects: ProbeEffects, signal: AbortSignal): Promise<void> {
  const { startupProbe, readinessProbe, livenessProbe } = target.container;
  if (startupProbe !== undefined && !(await startsUp(startupProbe, target, effects, signal))) return;
  const probes: Promise<void>[] = [];
  if (readinessProbe !== undefined) {
    const listener = (failure: string | undefined) => effects.ready(failure === undefined);
    probes.push(runProbe(readinessProbe, target, listener, signal));
  }
  if (livenessProbe !== undefined) {
    const listener = (failure: string | undefined) => {
      if (failure !== undefined) effects.end(livenessProbe, failure);
    };
    probes.push(runProbe(livenessProbe, target, listener, signal));
  }
  await Promise.all(probes);
}

async function startsUp(probe: Probe, target: ProbeTarget, effects: ProbeEffects, signal: AbortSignal) {
  const decided = new AbortController();
  let started = false;
  const listener = (failure: string | undefined) => {
    decided.abort();
    started = failure === undefined;
    if (failure === undefined) effects.started();
    else effects.end(probe, failure);
  };
  await runProbe(probe, target, listener, AbortSignal.any([signal, decided.signal]));
  return started;
}
