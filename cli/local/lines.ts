import { formatCount, formatRate, plural } from '../format.ts';
import { type CourierSnapshot, leaving } from './snapshot.ts';

/** What has changed from one snapshot of a Courier to the next and is worth a line of its own. */
export function describeChanges(previous: CourierSnapshot | undefined, current: CourierSnapshot): readonly string[] {
  const lines: string[] = [];
  if (current.problem !== undefined && current.problem !== previous?.problem) {
    lines.push(`${current.courier}: ${current.problem}`);
  }
  if (current.problem === undefined && previous?.problem !== undefined) {
    lines.push(`${current.courier}: the queue can be read again`);
  }
  if (previous === undefined || current.replicas.desired !== previous.replicas.desired) {
    lines.push(`${current.courier}: ${current.explanation}`);
  }
  return lines;
}

/** A Courier in one line: what waits, who works, what is done. */
export function describeProgress(snapshot: CourierSnapshot): string {
  const { courier, queue, replicas, totals, ...rates } = snapshot;
  const waiting =
    queue === null
      ? 'queue unknown'
      : `${formatCount(queue.visible)} waiting, ${formatCount(queue.notVisible)} in flight`;
  const done = `delivered ${formatCount(totals.delivered)}, audited ${formatCount(totals.audited)}, deleted ${formatCount(totals.deleted)}`;
  const failing = rates.failedPerSecond > 0 ? `, ${formatRate(rates.failedPerSecond)} failing` : '';
  const draining = leaving(snapshot) === 0 ? '' : ` and ${formatCount(leaving(snapshot))} draining`;
  return `${courier}: ${waiting}; ${plural(replicas.ready, 'worker')}${draining} at ${formatRate(rates.deliveredPerSecond)}${failing}; ${done}`;
}
