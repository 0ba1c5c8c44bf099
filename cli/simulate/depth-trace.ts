import type { Reading } from '../../simulator/trace.ts';
import { CommandError, exitCodes } from '../exit-codes.ts';

/** A recorded queue: depths to be replayed, or arrivals to be simulated. */
export type DepthTrace =
  | { readonly kind: 'Depth'; readonly readings: readonly Reading[] }
  | { readonly kind: 'Arrivals'; readonly points: readonly (readonly [number, number])[] };

const columnsKnown = ['time', 'visible', 'notVisible', 'perSecond'] as const;

/**
 * Reads a CSV with a header: `time` in seconds or as ISO 8601, and `visible` (with `notVisible`, if known) or `perSecond`.
 * @throws CommandError that names line, column, value and remedy.
 */
export function parseDepthTrace(text: string, file: string): DepthTrace {
  const [header = '', ...lines] = text.split(/\r?\n/);
  const names = header.split(',').map((name) => name.trim());
  for (const name of names) {
    if (columnsKnown.some((known) => known === name)) continue;
    throw wrong(file, 1, `${JSON.stringify(name)} is not a column`, `The header names ${columnsKnown.join(', ')}.`);
  }
  const hasDepth = names.includes('visible');
  if (!names.includes('time') || hasDepth === names.includes('perSecond')) {
    throw wrong(file, 1, `the header is ${JSON.stringify(header)}`, 'Name time, and either visible or perSecond.');
  }
  const rows = lines.flatMap((line, index) => (line.trim() === '' ? [] : [readRow(names, line, file, index + 2)]));
  const [first] = rows;
  if (first === undefined || rows.length < 2) throw wrong(file, 1, 'there are fewer than two rows', 'Record more.');
  rows.forEach(({ time }, index) => {
    if (time > (rows[index - 1]?.time ?? Number.NEGATIVE_INFINITY)) return;
    throw wrong(file, index + 2, 'time does not grow', 'Sort the rows by time, and leave one of each.');
  });
  const seconds = ({ time }: Row) => time - first.time;
  if (!hasDepth) return { kind: 'Arrivals', points: rows.map((row) => [seconds(row), row.perSecond]) };
  const readings = rows.map((row) => ({ seconds: seconds(row), visible: row.visible, notVisible: row.notVisible }));
  return { kind: 'Depth', readings };
}

type Row = Readonly<Record<(typeof columnsKnown)[number], number>>;

function readRow(names: readonly string[], line: string, file: string, lineNumber: number): Row {
  const cells = line.split(',').map((cell) => cell.trim());
  if (cells.length !== names.length) {
    const message = `the row has ${cells.length} values for ${names.length} columns`;
    throw wrong(file, lineNumber, message, `Write ${names.join(',')}.`);
  }
  const row = { time: 0, visible: 0, notVisible: 0, perSecond: 0 };
  names.forEach((name, index) => {
    const cell = cells[index] ?? '';
    const value = name === 'time' ? readTime(cell) : Number(cell === '' ? Number.NaN : cell);
    if (!Number.isFinite(value) || (name !== 'time' && value < 0)) {
      const remedy = name === 'time' ? 'Write seconds or an ISO 8601 time.' : 'Write a number that is not negative.';
      throw wrong(file, lineNumber, `${name}: ${JSON.stringify(cell)} is not usable`, remedy);
    }
    Object.assign(row, { [name]: value });
  });
  return row;
}

/** Seconds: as they are, or since the epoch. */
function readTime(cell: string): number {
  if (/^-?\d+(\.\d+)?$/.test(cell)) return Number(cell);
  return /^\d{4}-\d\d-\d\d/.test(cell) ? Date.parse(cell) / 1000 : Number.NaN;
}

function wrong(file: string, line: number, message: string, remedy: string): CommandError {
  return new CommandError(exitCodes.wrong, `${file}:${line}: ${message}. ${remedy}`);
}
