/** Statuses of answers, both ends included. */
export type StatusRange = { readonly from: number; readonly to: number };

const single = /^[2-5]\d\d$/;
const classOf = /^([2-5])xx$/;
const range = /^([2-5]\d\d)-([2-5]\d\d)$/;

/**
 * Reads `404`, `4xx` or `500-504`. The CRD's rules on `delivery.rules` hold what is written there to these forms.
 * @throws TypeError when it is none of them.
 */
export function parseStatusRange(text: string): StatusRange {
  if (single.test(text)) return { from: Number(text), to: Number(text) };
  const hundreds = classOf.exec(text)?.[1];
  if (hundreds !== undefined) return { from: Number(hundreds) * 100, to: Number(hundreds) * 100 + 99 };
  const [, from, to] = range.exec(text) ?? [];
  if (from === undefined || to === undefined || from > to) {
    throw new TypeError(`${text} is no status ("404"), class ("4xx") or range ("500-504") from 200 to 599`);
  }
  return { from: Number(from), to: Number(to) };
}

/** Whether a status lies within a range. */
export function isWithinStatuses({ from, to }: StatusRange, status: number): boolean {
  return status >= from && status <= to;
}
