import type { Demand } from './demand.ts';
import type { Reason } from './reasons.ts';
import type { Policy } from './types.ts';

/** The sentence of a decision: the number, what fixed it, and what was wanted where a bound stood against it. */
export function explain(replicas: number, reason: Reason, demand: Demand, idleSeconds: number, policy: Policy): string {
  return `${plural(replicas, 'replica')}${because(replicas, reason, demand, idleSeconds, policy)}.`;
}

function because(replicas: number, reason: Reason, demand: Demand, idleSeconds: number, policy: Policy): string {
  switch (reason) {
    case 'QueueUnreachable':
      return ': the queue cannot be read, so the number stays';
    case 'Idle':
      return replicas === 0 ? ': there is no work' : `: there is no work, and ${number(replicas)} always stay`;
    case 'IdleWait': {
      const left = Math.max(0, (policy.idleAfterSeconds ?? 300) - idleSeconds);
      return `: no work for ${number(idleSeconds)} s, ${number(left)} s more before it is idle`;
    }
    case 'BusyReplicas': {
      const waiting = demand.visible > 0 ? `, ${drain(replicas, demand)}` : '';
      return `: ${plural(demand.inFlight, 'message')} in flight keep them busy${waiting}`;
    }
    case 'AtMaximum':
    case 'StepLimited': {
      const bound = reason === 'AtMaximum' ? 'maxReplicas' : 'maxScaleOutStep';
      return `, ${number(demand.wanted)} wanted, limited by ${bound}: ${drain(replicas, demand)}`;
    }
    case 'Stabilizing':
    case 'LessWork': {
      const enough = Math.max(1, demand.wanted);
      return `: ${drain(replicas, demand)}; ${number(enough)} would do${reason === 'Stabilizing' ? ', if that lasts' : ''}`;
    }
    default:
      return `: ${drain(replicas, demand)}`;
  }
}

function drain(replicas: number, { visible, rate }: Demand): string {
  if (visible === 0) return 'no messages waiting';
  const waiting = `${plural(visible, 'message')} waiting`;
  if (rate === null) return `${waiting}, no rate measured yet`;
  if (replicas === 0) return `${waiting} at ${number(rate)}/s per replica`;
  return `${waiting} drain in ${number(visible / (rate * replicas))} s at ${number(rate)}/s per replica`;
}

function plural(count: number, noun: string): string {
  return `${number(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** Thousands with commas; below ten, two significant digits, since there the fraction matters. */
function number(value: number): string {
  const rounded = value < 10 ? Number(value.toPrecision(2)) : Math.round(value);
  return rounded.toLocaleString('en-US');
}
