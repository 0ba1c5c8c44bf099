import type { Demand } from './demand.ts';
import type { Situation } from './situation.ts';
import type { Decision } from './types.ts';

/** The figures behind a decision, with enough digits for a person; null where unknown. */
export function inputsOf(situation: Situation, demand: Demand | null, wanted: number): Decision['inputs'] {
  const { view, reading, guards, cap } = situation;
  const { signals, estimates } = view;
  return {
    lambda: rounded(estimates.arrivals.perSecond),
    mu: view.rate.isGuess ? null : rounded(view.rate.perSecond),
    B: reading.queue === null ? null : rounded(view.backlog),
    Bp: demand === null ? null : rounded(demand.sizes.backlogWhenReady),
    S: rounded(reading.startupSeconds),
    keepUp: demand === null ? null : rounded(demand.sizes.keepUp),
    drain: demand === null ? null : rounded(demand.sizes.drain),
    wanted,
    cap: cap?.replicas ?? null,
    f: rounded(signals.failedShare),
    h: rounded(signals.throttledShare),
    occ: rounded(signals.occupancy),
    inFlight: rounded(view.inFlight),
    guard: guards.guard?.kind ?? null,
  };
}

/** The inputs of a decision that looked at nothing. */
export const noInputs = {
  ...{ lambda: null, mu: null, B: null, Bp: null, S: null, keepUp: null, drain: null, wanted: null, cap: null },
  ...{ f: null, h: null, occ: null, inFlight: null, guard: null },
} as const satisfies Decision['inputs'];

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
