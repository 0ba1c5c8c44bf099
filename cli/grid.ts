import { printable } from '../api/printable.ts';

/** A column of a table: its title, the text of a row in it, and whether it is a number, which stands at the right. */
export type Column<Row> = {
  readonly title: string;
  readonly text: (row: Row) => string;
  readonly number?: boolean;
};

/** The titles and the rows, in columns as wide as they need to be, two spaces apart. Control characters are written out. */
export function renderGrid<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): readonly string[] {
  const cells = [
    columns.map(({ title }) => title),
    ...rows.map((row) => columns.map(({ text }) => printable(text(row)))),
  ];
  const widths = columns.map((_, index) => Math.max(...cells.map((row) => row[index]?.length ?? 0)));
  return cells.map((row) => {
    const padded = row.map((text, index) => {
      const width = widths[index] ?? 0;
      return columns[index]?.number ? text.padStart(width) : text.padEnd(width);
    });
    return padded.join('  ').trimEnd();
  });
}

/** The line as far as it fits into `width` characters. */
export function cutLine(line: string, width: number): string {
  return line.length <= width ? line : `${line.slice(0, Math.max(0, width - 1))}…`;
}
