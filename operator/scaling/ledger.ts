import type { WorkerCounters, WorkerStatus } from '../../api/worker-status.ts';
import type { Workers } from './types.ts';

/** What one worker said of itself. */
export type WorkerReport = {
  /** Stays with the worker's place for its life: a pod's uid. */
  readonly id: string;
  readonly status: WorkerStatus;
  /** It was asked to stop: what it does still counts, but it is no replica any more. */
  readonly leaving: boolean;
};

/** The counters that are summed over workers, dead ones included. */
type Sums = Readonly<
  Pick<
    WorkerCounters,
    | 'delivered'
    | 'failed'
    | 'throttled'
    | 'audited'
    | 'deleted'
    | 'busySlotSeconds'
    | 'deliveredSlotSeconds'
    | 'auditBlockedSeconds'
  >
>;

/**
 * The sums of all workers of a Courier, so kept that they never fall: workers count since their start, so what is added is
 * what each start of a process (a place and its boot id) has counted since it was last asked. Plain data, replaced and never changed.
 */
export type Ledger = {
  /** When it was opened, in milliseconds since the epoch. */
  readonly openedTime: number;
  readonly sums: Sums;
  readonly boots: ReadonlyMap<string, { readonly sums: Sums; readonly seenTime: number }>;
};

/** A boot that was silent for this long is forgotten; if it speaks again, it starts from a new baseline. */
const forgetAfterMs = 120_000;

/** A ledger with nothing in it, opened at `time`, milliseconds since the epoch. */
export function openLedger(time: number): Ledger {
  return { openedTime: time, sums: sumOf(() => 0), boots: new Map() };
}

/**
 * The ledger with these reports added, at `time`, milliseconds since the epoch. A boot without an entry adds all it has
 * counted when it began after the ledger was opened and so lately that it cannot have been forgotten; otherwise its past
 * was counted before, or by somebody else, and is only the baseline.
 */
export function record(ledger: Ledger, reports: readonly WorkerReport[], time: number): Ledger {
  const boots = new Map([...ledger.boots].filter(([, boot]) => time - boot.seenTime <= forgetAfterMs));
  let { sums } = ledger;
  for (const { id, status } of reports) {
    const { bootId, counters, startedTime } = status;
    const boot = `${id}/${bootId}`;
    const isNew = Date.parse(startedTime) >= Math.max(ledger.openedTime, time - forgetAfterMs);
    const before = boots.get(boot)?.sums ?? (isNew ? sumOf(() => 0) : sumOf((key) => counters[key]));
    const grown = sums;
    sums = sumOf((key) => grown[key] + Math.max(0, counters[key] - before[key]));
    boots.set(boot, { sums: sumOf((key) => counters[key]), seenTime: time });
  }
  return { openedTime: ledger.openedTime, sums, boots };
}

/**
 * What `decide` is told of the workers. What they hold is scaled up for those that did not answer; null when fewer than
 * half of the `ready` replicas did, since then the rest would be guesswork.
 */
export function workersOf(ledger: Ledger, reports: readonly WorkerReport[], ready: number): Workers | null {
  const staying = reports.filter((report) => !report.leaving).map((report) => report.status);
  if (staying.length < ready / 2) return null;
  const scale = staying.length === 0 ? 1 : Math.max(1, ready / staying.length);
  const holding = staying.map(held);
  const { sums } = ledger;
  return {
    delivered: sums.delivered,
    failed: sums.failed,
    throttled: sums.throttled,
    settled: sums.deleted,
    busySlotSeconds: sums.busySlotSeconds,
    deliveredSlotSeconds: sums.deliveredSlotSeconds,
    auditBlockedSeconds: sums.auditBlockedSeconds,
    inFlight: Math.round(scale * total(holding)),
    busyReplicas: Math.round(scale * holding.filter((messages) => messages > 0).length),
    // A recipient that wants no more messages is as good as down: more workers would only meet the same answer.
    breakersOpen: share(staying, ({ breaker, waiting }) => breaker.state === 'Open' || waiting.for === 'Pause'),
    receiveAgeSeconds: Math.max(0, ...reports.map(({ status }) => status.receiveAgeSeconds)),
    messagesPerRequest: messagesPerRequest(staying),
  };
}

/** Messages that a worker holds, in whatever state. */
export function held({ holding }: WorkerStatus): number {
  return Object.values(holding).reduce((sum, count) => sum + count, 0);
}

/** Weighed by what each worker delivers: one that sends nothing says nothing of it. */
function messagesPerRequest(statuses: readonly WorkerStatus[]): number {
  const delivered = total(statuses.map(({ rates }) => rates.deliveredPerSecond));
  const requests = total(statuses.map(({ rates }) => rates.deliveredPerSecond / Math.max(1, rates.messagesPerRequest)));
  return requests > 0 ? delivered / requests : 1;
}

function share(statuses: readonly WorkerStatus[], has: (status: WorkerStatus) => boolean): number {
  return statuses.length === 0 ? 0 : statuses.filter(has).length / statuses.length;
}

function total(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}

function sumOf(value: (key: keyof Sums) => number): Sums {
  return {
    delivered: value('delivered'),
    failed: value('failed'),
    throttled: value('throttled'),
    audited: value('audited'),
    deleted: value('deleted'),
    busySlotSeconds: value('busySlotSeconds'),
    deliveredSlotSeconds: value('deliveredSlotSeconds'),
    auditBlockedSeconds: value('auditBlockedSeconds'),
  };
}
