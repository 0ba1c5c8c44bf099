import { formatCount, formatMilliseconds, formatRate, plural } from '../format.ts';
import { type Column, cutLine, renderGrid } from '../grid.ts';
import { type CourierSnapshot, leaving, type WorkerSnapshot } from './snapshot.ts';

/** The terminal's size, in characters. */
export type Size = { readonly width: number; readonly height: number };

const columns: readonly Column<WorkerSnapshot>[] = [
  { title: 'WORKER', text: ({ name }) => name },
  { title: 'STATE', text: ({ state }) => state },
  { title: 'PID', text: ({ pid }) => (pid === undefined ? '-' : String(pid)), number: true },
  { title: 'HELD', text: ({ held }) => formatCount(held), number: true },
  { title: 'DELIVERED', text: ({ deliveredPerSecond }) => formatRate(deliveredPerSecond), number: true },
  { title: 'ATTEMPT', text: ({ attemptMilliseconds }) => formatMilliseconds(attemptMilliseconds), number: true },
  { title: 'WAITING FOR', text: ({ waiting }) => waiting },
];

/** Lines around the workers of a Courier: its four facts, the titles and the blank line. */
const linesAround = 6;

/**
 * The live table: each Courier with its queue, the scaler's sentence, its totals and its workers, then the latest `notes`.
 * No line is wider than the terminal and there are fewer than it is high, workers left out being counted.
 */
export function renderTable(
  snapshots: readonly CourierSnapshot[],
  notes: readonly string[],
  { width, height }: Size,
): readonly string[] {
  const room = height - 1 - notes.length - snapshots.length * linesAround;
  const workersEach = Math.max(1, Math.floor(room / Math.max(1, snapshots.length)));
  const lines = snapshots.flatMap((snapshot) => [...renderCourier(snapshot, workersEach), '']);
  return [...lines, ...notes].slice(0, Math.max(1, height - 1)).map((line) => cutLine(line, width));
}

function renderCourier(snapshot: CourierSnapshot, maxWorkers: number): readonly string[] {
  const { courier, queue, problem, totals } = snapshot;
  const waiting =
    queue === null
      ? (problem ?? 'the queue cannot be read')
      : `${formatCount(queue.visible)} waiting, ${formatCount(queue.notVisible)} in flight, ${formatCount(queue.delayed)} delayed`;
  return [
    `${courier}: ${describeSize(snapshot)}, ${formatRate(snapshot.deliveredPerSecond)}`,
    `  ${waiting}`,
    `  ${snapshot.explanation}`,
    `  delivered ${formatCount(totals.delivered)}, audited ${formatCount(totals.audited)}, deleted ${formatCount(totals.deleted)}, failed attempts ${formatCount(totals.failed)}`,
    ...renderWorkers(snapshot.workers, maxWorkers),
  ];
}

function describeSize(snapshot: CourierSnapshot): string {
  const { replicas, bounds } = snapshot;
  const draining = leaving(snapshot);
  const range = `(${bounds.min}..${bounds.max})`;
  if (draining > 0 && replicas.desired === 0) return `${plural(draining, 'worker')} draining ${range}`;
  const size = `${replicas.ready} of ${plural(replicas.desired, 'worker')} ${range}`;
  return draining === 0 ? size : `${size}, ${formatCount(draining)} draining`;
}

function renderWorkers(workers: readonly WorkerSnapshot[], maxWorkers: number): readonly string[] {
  if (workers.length === 0) return [];
  const shown = workers.length > maxWorkers ? workers.slice(0, Math.max(1, maxWorkers - 1)) : workers;
  const lines = renderGrid(columns, shown).map((line) => `  ${line}`);
  const left = workers.length - shown.length;
  return left > 0 ? [...lines, `  and ${formatCount(left)} more`] : lines;
}
