import type { LimitedBy, Reason } from '../../operator/scaling/reasons.ts';
import type { QueueCounts } from '../../operator/scaling/types.ts';

/** One Courier at one moment, as the terminal shows it. */
export type CourierSnapshot = {
  readonly courier: string;
  /** Null when the queue could not be read; `problem` says why. */
  readonly queue: QueueCounts | null;
  readonly problem: string | undefined;
  readonly replicas: { readonly desired: number; readonly ready: number; readonly starting: number };
  readonly bounds: { readonly min: number; readonly max: number };
  readonly reason: Reason | 'Suspended';
  readonly limitedBy: LimitedBy;
  readonly explanation: string;
  readonly totals: Totals;
  readonly unclean: UncleanStops;
  readonly deliveredPerSecond: number;
  readonly failedPerSecond: number;
  readonly workers: readonly WorkerSnapshot[];
};

/** Sums over all workers that ever ran. */
export type Totals = {
  readonly delivered: number;
  readonly audited: number;
  readonly deleted: number;
  readonly failed: number;
  /** Held by the workers that run now. */
  readonly held: number;
};

/** Workers that were to stop and did not stop cleanly: they failed, or had to be killed. */
export type UncleanStops = {
  readonly workers: number;
  /** Messages that they held, as far as is known; each is received again when its visibility timeout ends. */
  readonly held: number;
};

/** How many workers of a Courier are leaving: they are shown, and are no part of its replicas. */
export function leaving({ workers }: CourierSnapshot): number {
  return workers.filter(({ state }) => state === 'Draining').length;
}

/** One worker at one moment. */
export type WorkerSnapshot = {
  readonly name: string;
  readonly state: string;
  readonly pid: number | undefined;
  readonly held: number;
  readonly deliveredPerSecond: number;
  readonly attemptMilliseconds: number | null;
  /** What it waits for, in words. */
  readonly waiting: string;
};
