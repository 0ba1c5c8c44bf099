import { findCondition } from '../../operator/courier/conditions.ts';
import type { LiveCourier } from '../../operator/courier/objects.ts';
import { formatCount, formatRate } from '../format.ts';
import { type Column, cutLine, renderGrid } from '../grid.ts';
import type { Terminal } from '../screen.ts';
import { troublesOf } from '../troubles.ts';

/** The columns: the first question first, the sentence last, since it may be cut. */
const columns: readonly Column<LiveCourier>[] = [
  { title: 'NAMESPACE', text: ({ metadata }) => metadata.namespace },
  { title: 'NAME', text: ({ metadata }) => metadata.name },
  { title: 'READY', text: readiness },
  { title: 'WORKERS', text: workers, number: true },
  { title: 'BACKLOG', text: (courier) => count(courier.status?.backlog?.visible), number: true },
  { title: 'IN FLIGHT', text: (courier) => count(courier.status?.backlog?.inFlight), number: true },
  { title: 'ARRIVING', text: (courier) => rate(courier.status?.scaling?.arrivalRate), number: true },
  { title: 'DRAINED IN', text: (courier) => seconds(courier.status?.scaling?.estimatedDrainSeconds), number: true },
  { title: 'LIMITED BY', text: (courier) => courier.status?.scaling?.limitedBy ?? '-' },
  { title: 'WHY', text: why },
];

/**
 * All Couriers in a table: what is not ready first, then what has other trouble, then what has most to do. No line is wider than the terminal, and
 * Couriers that do not fit are counted.
 */
export function renderTop(
  couriers: readonly LiveCourier[],
  size: Pick<Terminal, 'columns' | 'rows'>,
): readonly string[] {
  if (couriers.length === 0) return ['There are no Couriers.'];
  const sorted = couriers.toSorted((a, b) => rank(a) - rank(b) || backlog(b) - backlog(a) || compareNames(a, b));
  const room = Math.max(1, size.rows - 3);
  const shown = sorted.length > room ? sorted.slice(0, room) : sorted;
  const left = sorted.length - shown.length;
  const lines = [...renderGrid(columns, shown), ...(left === 0 ? [] : [`and ${formatCount(left)} more`])];
  return lines.map((line) => cutLine(line, size.columns));
}

/** What needs somebody first. */
function rank({ spec, status }: LiveCourier): number {
  if (spec.suspend) return 3;
  if (findCondition(status?.conditions, 'Ready')?.status !== 'True') return 0;
  return troublesOf(status).length > 0 ? 1 : 2;
}

function backlog({ status }: LiveCourier): number {
  return status?.backlog?.visible ?? 0;
}

function compareNames(a: LiveCourier, b: LiveCourier): number {
  return `${a.metadata.namespace}/${a.metadata.name}`.localeCompare(`${b.metadata.namespace}/${b.metadata.name}`);
}

function readiness({ status }: LiveCourier): string {
  const ready = findCondition(status?.conditions, 'Ready');
  if (ready === undefined) return 'Unknown';
  return ready.reason === 'Ready' ? ready.status : ready.reason;
}

function workers({ spec, status }: LiveCourier): string {
  const { readyReplicas = 0, desiredReplicas = 0 } = status ?? {};
  return `${readyReplicas}/${desiredReplicas} (${spec.scaling.minReplicas}..${spec.scaling.maxReplicas})`;
}

/** Who has trouble says what is wrong; everybody else why there are as many workers. */
function why({ status }: LiveCourier): string {
  const [trouble] = troublesOf(status);
  return trouble?.message ?? status?.scaling?.explanation ?? '-';
}

function count(value: number | undefined): string {
  return value === undefined ? '-' : formatCount(value);
}

function rate(value: string | undefined): string {
  return value === undefined ? '-' : formatRate(Number(value));
}

function seconds(value: number | undefined): string {
  return value === undefined ? '-' : `${formatCount(value)} s`;
}
