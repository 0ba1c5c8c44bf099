import { means, peaks } from '../../simulator/plot/series.ts';
import { formatTime, perSecond, type Timeline, type Track } from '../../simulator/plot/timeline.ts';
import { formatCount } from '../format.ts';
import { plotColumns, timeAxis } from './terminal-plot.ts';

const columns = 96;
const rows = 5;

/** A timeline for a terminal: what arrives, what waits, replicas, why, and the comparison. */
export function describeTimeline(timeline: Timeline): string {
  const { title, durationSeconds, sent, tracks } = timeline;
  const [first] = tracks;
  if (first === undefined) throw new Error('there is nothing to describe');
  const waiting = (track: Track) => plotColumns(`messages that wait${of(track)}`, peaks(track.visible, columns), rows);
  const plots = [
    ...(sent === null ? [] : plotColumns('messages sent per second', perSecond(means(sent, columns)), rows)),
    ...(sent === null
      ? plotColumns('messages that wait, as recorded', peaks(first.visible, columns), rows)
      : tracks.slice(0, 2).flatMap(waiting)),
    ...replicas(tracks.slice(0, 2)),
    timeAxis(durationSeconds, columns),
  ];
  return [title, '', ...plots, '', `why ${first.title} changed`, ...reasons(first), '', ...comparison(tracks)].join(
    '\n',
  );
}

function of({ title }: Track): string {
  return `, ${title}`;
}

function replicas(tracks: readonly Track[]): readonly string[] {
  return tracks.flatMap((track) => plotColumns(`replicas${of(track)}`, peaks(track.living, columns), rows));
}

/** One line for each change of the number, or of what limits it. */
function reasons({ orders }: Track): readonly string[] {
  return orders.map(({ seconds, replicas, limitedBy, why }, index) => {
    const before = orders[index - 1]?.replicas;
    const change = before === undefined || before === replicas ? `${replicas}` : `${before} -> ${replicas}`;
    return `  ${formatTime(seconds).padStart(7)}  ${change.padStart(10)}  ${limitedBy.padEnd(17)}  ${why}`;
  });
}

function comparison(tracks: readonly Track[]): readonly string[] {
  const header = ['', 'replica-s', 'p50 wait', 'p99 wait', 'late', 'refused', 'changes', 'left'];
  const lines = tracks.map(({ title, replicaSeconds, outcome, orders }) => {
    if (outcome === null) {
      const changes = new Set(orders.map(({ seconds }) => seconds)).size;
      return [title, formatCount(replicaSeconds), '', '', '', '', formatCount(changes), ''];
    }
    const { waitP50Seconds, waitP99Seconds, lateShare, refused, changes, left } = outcome;
    const waits = [waitP50Seconds, waitP99Seconds].map((seconds) => `${seconds.toFixed(1)} s`);
    const late = `${(100 * lateShare).toFixed(1)} %`;
    return [title, formatCount(replicaSeconds), ...waits, late, ...[refused, changes, left].map(formatCount)];
  });
  const table = [header, ...lines];
  const shown = header.map((_, column) => lines.some((line) => line[column] !== ''));
  return table.map((line) => {
    const cells = line.map((cell, column) => (column === 0 ? cell.padEnd(20) : cell.padStart(11)));
    return cells
      .filter((_, column) => shown[column])
      .join('')
      .trimEnd();
  });
}
