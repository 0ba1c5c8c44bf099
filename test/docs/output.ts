/**
 * What of the output that a page shows is not in what a command said. `...` alone in a line stands for any lines, and at the
 * end of a line for the rest of it. Lines are compared without their numbers, times and identifiers, and without the
 * widths of columns.
 *
 * @param exactly compares numbers, too.
 * @returns undefined when all is there.
 */
export function outputProblem(shown: readonly string[], said: string, exactly: boolean): string | undefined {
  if (shown.length === 0) return undefined;
  const normal = (line: string) => (exactly ? squeezed(line) : withoutNumbers(line));
  const lines = said.trim().split('\n').map(normal);
  let at = 0;
  let skips = false;
  for (const line of shown.map(normal).filter((line, index, all) => index < all.length - 1 || line !== '')) {
    if (line === '...') {
      skips = true;
      continue;
    }
    const found = lines.slice(at).findIndex((each) => fits(each, line));
    if (found === -1 || (found > 0 && !skips)) return `it does not say "${line}"${skips ? '' : ' there'}`;
    at += found + 1;
    skips = false;
  }
  return skips || at === lines.length ? undefined : `it goes on: "${lines[at]}"`;
}

function fits(line: string, shown: string): boolean {
  return shown.endsWith('...') ? line.startsWith(shown.slice(0, -3).trimEnd()) : line === shown;
}

function squeezed(line: string): string {
  return line.trim().replaceAll(/\s+/g, ' ');
}

/** Identifiers that Kubernetes draws, durations, and numbers. */
const drawn: readonly (readonly [RegExp, string])[] = [
  [/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, 'UUID'],
  [/-[bcdfghjklmnpqrstvwxz2456789]{8,10}-[bcdfghjklmnpqrstvwxz2456789]{5}\b/g, '-POD'],
  [/(?<![\w.])\/tmp\/[^\s;,]+?(?=[.,;]?(?:\s|$))/g, 'DIRECTORY'],
  [/\b(?:\d+(?:\.\d+)?(?:ms|[smhd]))+\b/g, 'AGE'],
  [/\d[\d.,]*\d|\d/g, '0'],
];

function withoutNumbers(line: string): string {
  return squeezed(drawn.reduce((text, [pattern, name]) => text.replaceAll(pattern, name), line));
}
