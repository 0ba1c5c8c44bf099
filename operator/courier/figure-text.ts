/** A figure for a person: two digits below ten, since there the fraction matters. Undefined when it is none. */
export function figureText(figure: unknown): string | undefined {
  if (typeof figure !== 'number' || !Number.isFinite(figure)) return undefined;
  return String(Math.abs(figure) < 10 ? Number(figure.toPrecision(2)) : Math.round(figure));
}
