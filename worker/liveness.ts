import type { WorkerState } from '../api/worker-status.ts';
import type { GateDecision } from './gate.ts';

/** What a worker's liveness is judged by. Times are monotonic milliseconds. */
export type LivenessInput = {
  readonly nowMs: number;
  readonly state: WorkerState;
  readonly gate: GateDecision;
  readonly lastReceiveEndedMs: number;
  /** The longest that a receive may take. */
  readonly receiveDeadlineMs: number;
  /** When the oldest open request to the recipient began. */
  readonly oldestPostMs: number | undefined;
  /** The longest that a request may take, connecting included. */
  readonly postDeadlineMs: number;
};

export type Liveness = { readonly alive: boolean; readonly explanation: string };

/** How many times its deadline a call may be late before the process counts as stuck. */
const patience = 3;

/**
 * Liveness is progress: a worker is alive while receives come back, or while it has a reason not to receive. A receive
 * that fails has come back: an outage of SQS or of the recipient must not restart workers.
 */
export function judgeLiveness(input: LivenessInput): Liveness {
  const { nowMs, state, gate, lastReceiveEndedMs, receiveDeadlineMs, oldestPostMs, postDeadlineMs } = input;
  if (oldestPostMs !== undefined && nowMs - oldestPostMs > patience * postDeadlineMs) {
    return { alive: false, explanation: `a request to the recipient is open for ${seconds(nowMs - oldestPostMs)}` };
  }
  if (state !== 'Running') return { alive: true, explanation: state };
  if (gate.limitedBy !== 'Nothing') return { alive: true, explanation: `waits for: ${gate.limitedBy}` };
  const silentMs = nowMs - lastReceiveEndedMs;
  if (silentMs > patience * receiveDeadlineMs) {
    return {
      alive: false,
      explanation: `there is room for messages, but no receive has come back for ${seconds(silentMs)}`,
    };
  }
  return { alive: true, explanation: `the last receive came back ${seconds(silentMs)} ago` };
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
