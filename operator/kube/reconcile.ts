import type { Logger } from './log.ts';

/** What a reconcile wants next; nothing when there is nothing more to do until something changes. */
export type ReconcileResult = {
  /** Run again after this many milliseconds, or earlier when something changes. */
  readonly requeueAfterMs?: number;
  /** Run again after the key's back-off: something is not ready yet that is no error. */
  readonly requeue?: boolean;
};

export type ReconcileContext = {
  /** Unique to this run; on every line that `log` writes. */
  readonly reconcileId: string;
  readonly log: Logger;
  /** The priority with which the key was queued. */
  readonly priority: number;
};

/** Brings the world of one key closer to what it should be. `signal` fires at its deadline and when the process ends. */
export type Reconcile = (key: string, context: ReconcileContext, signal: AbortSignal) => Promise<ReconcileResult>;

/** Thrown by a reconcile that would fail the same way again: the key waits for a change, or for the next resync. */
export class TerminalError extends Error {
  override readonly name = 'TerminalError';
}

/** Whether what was thrown is a defect in the code, where Go would have panicked, rather than a failure of the world. */
export function isDefect(error: unknown): boolean {
  return !(error instanceof Error) || defects.some((type) => error instanceof type);
}

const defects = [TypeError, RangeError, ReferenceError, SyntaxError, EvalError];
