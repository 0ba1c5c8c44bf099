import type { CourierSnapshot, WorkerSnapshot } from '../../../cli/local/snapshot.ts';

/** A Courier with a backlog and two workers, with these changes. */
export function snapshot(changes: Partial<CourierSnapshot> = {}): CourierSnapshot {
  return {
    courier: 'orders',
    queue: { visible: 12_840, notVisible: 71, delayed: 0 },
    problem: undefined,
    replicas: { desired: 2, ready: 2, starting: 0 },
    bounds: { min: 0, max: 8 },
    reason: 'Backlog',
    limitedBy: 'Backlog',
    explanation: '2 replicas: 12,840 messages drain in 78 s at 82/s per replica.',
    totals: { delivered: 4200, audited: 4190, deleted: 4180, failed: 3, held: 71 },
    unclean: { workers: 0, held: 0 },
    deliveredPerSecond: 164.2,
    failedPerSecond: 0,
    workers: [worker('orders-0', { held: 64, deliveredPerSecond: 82.1 }), worker('orders-1', { held: 7 })],
    ...changes,
  };
}

export function worker(name: string, changes: Partial<WorkerSnapshot> = {}): WorkerSnapshot {
  return {
    name,
    state: 'Running',
    pid: 4711,
    held: 0,
    deliveredPerSecond: 0,
    attemptMilliseconds: 21,
    waiting: 'every slot is taken',
    ...changes,
  };
}
