import { timeMarks } from '../../simulator/plot/scale.ts';
import type { Series } from '../../simulator/plot/series.ts';
import { formatTime } from '../../simulator/plot/timeline.ts';
import { formatCount } from '../format.ts';

/** Eighths of a character's height. */
const blocks = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const labelWidth = 9;

/** Draws values as columns, `rows` lines high, the highest value at the top. */
export function plotColumns(name: string, values: Series, rows: number): readonly string[] {
  const most = Math.max(1, ...values);
  const lines = Array.from({ length: rows }, (_, line) => {
    const row = rows - 1 - line;
    const label = row === rows - 1 ? formatCount(most) : row === 0 ? '0' : '';
    const columns = values.map((value) => {
      // What is not nothing is seen.
      const eighths = value > 0 ? Math.max(1, Math.round((value / most) * rows * 8)) : 0;
      return blocks[Math.max(0, Math.min(8, eighths - row * 8))] ?? ' ';
    });
    return `${label.padStart(labelWidth)} ${columns.join('')}`.trimEnd();
  });
  return [`${' '.repeat(labelWidth)} ${name}`, ...lines];
}

/** The time axis below the columns. */
export function timeAxis(durationSeconds: number, columns: number): string {
  let line = '';
  for (const seconds of timeMarks(durationSeconds)) {
    const column = Math.round((seconds / durationSeconds) * columns);
    if (column >= line.length) line = `${line.padEnd(column)}${formatTime(seconds)} `;
  }
  return `${' '.repeat(labelWidth)} ${line.trimEnd()}`;
}
