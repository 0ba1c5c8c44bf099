/** A clause as a sentence of its own: a capital letter first, a full stop last. */
export function sentence(clause: string): string {
  const text = clause.trim();
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
}

/** `2 of 6 workers`. */
export function share(some: number, all: number): string {
  return `${some} of ${all} ${all === 1 ? 'worker' : 'workers'}`;
}

/** `2 of 6 workers are`, `1 of 6 workers is`. */
export function shareIs(some: number, all: number): string {
  return `${share(some, all)} ${some === 1 ? 'is' : 'are'}`;
}
