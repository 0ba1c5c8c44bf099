/** A clause as a sentence of its own: a capital letter first, unless it begins with an address, and a full stop last. */
export function sentence(clause: string): string {
  const text = clause.trim();
  const first = /^https?:/.test(text) ? text.charAt(0) : text.charAt(0).toUpperCase();
  return `${first}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
}

/** `2 of 6 workers`. */
export function share(some: number, all: number): string {
  return `${some} of ${all} ${all === 1 ? 'worker' : 'workers'}`;
}

/** `2 of 6 workers are`, `1 of 6 workers is`. */
export function shareIs(some: number, all: number): string {
  return `${share(some, all)} ${some === 1 ? 'is' : 'are'}`;
}
