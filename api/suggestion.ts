/** The one of `candidates` that was probably meant by `word`, or undefined when none is close. */
export function closest(word: string, candidates: readonly string[]): string | undefined {
  const wanted = word.toLowerCase();
  const ranked = candidates
    .map((candidate) => ({ candidate, distance: distanceOf(wanted, candidate.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  const [best] = ranked;
  return best !== undefined && best.distance <= Math.max(1, Math.floor(word.length / 3)) ? best.candidate : undefined;
}

/** A name that lacks its unit (`visibilityTimeout`) is one step from the one that has it. */
function distanceOf(word: string, candidate: string): number {
  const shorter = Math.min(word.length, candidate.length);
  const isPrefix = shorter >= 4 && (candidate.startsWith(word) || word.startsWith(candidate));
  return isPrefix ? Math.min(1, Math.abs(word.length - candidate.length)) : editDistance(word, candidate);
}

/** Levenshtein's distance, by the row-wise algorithm of Wagner and Fischer (1974). */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 0; i < from.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < to.length; j++) {
      const substitution = (row[j] ?? 0) + (from[i] === to[j] ? 0 : 1);
      next.push(Math.min(substitution, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
