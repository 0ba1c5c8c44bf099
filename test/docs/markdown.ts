/** A block of a page between two fences. */
export type Snippet = {
  readonly page: string;
  /** Where its first line is; 1 is the first line of the page. */
  readonly line: number;
  /** What stands behind the opening fence; empty where nothing does. */
  readonly language: string;
  readonly text: string;
};

/** Some words of a page in code, or what a link leads to, with its line. */
export type Place = { readonly page: string; readonly line: number; readonly text: string };

/** What the tests want to know of a page of Markdown. */
export type Page = {
  /** Its path in the project. */
  readonly path: string;
  readonly snippets: readonly Snippet[];
  /** Lines that are code by four spaces at their beginning alone, which says no language: there should be none. */
  readonly indented: readonly Place[];
  /** What stands between backticks in the text. */
  readonly code: readonly Place[];
  /** Where links and images lead. */
  readonly links: readonly Place[];
  /** The anchors of its headings, as GitHub makes them. */
  readonly anchors: ReadonlySet<string>;
};

const fence = /^(\s*)(```+|~~~+)\s*(.*)$/;

/**
 * Reads as much of Markdown as these pages use: headings, fenced and indented code, code spans, links and images.
 * @throws Error when a fence is not closed.
 */
export function readPage(path: string, text: string): Page {
  const { snippets, prose } = apart(path, text.split('\n'));
  return {
    ...{ path, snippets },
    indented: indentedIn(path, prose),
    code: placesIn(path, prose, /`([^`]+)`/g),
    links: placesIn(path, withoutCode(prose), /\]\(\s*<?([^)\s>]+)>?[^)]*\)/g),
    anchors: new Set(anchorsOf(prose)),
  };
}

/** Takes fenced code and the rest apart; the lines of the rest keep their numbers. */
function apart(page: string, lines: readonly string[]): { snippets: readonly Snippet[]; prose: readonly string[] } {
  const snippets: Snippet[] = [];
  const prose: string[] = [];
  let open: { indent: number; mark: string; language: string; from: number } | undefined;
  for (const [index, line] of lines.entries()) {
    const [, indent = '', mark = '', info = ''] = fence.exec(line) ?? [];
    if (open === undefined) {
      if (mark !== '') open = { indent: indent.length, mark, language: info.trim(), from: index + 1 };
    } else if (mark.startsWith(open.mark) && info === '') {
      const { from, language } = open;
      const inside = lines.slice(from, index).map((text) => text.slice(indentOf(text, open?.indent ?? 0)));
      snippets.push({ page, line: from + 1, language, text: inside.map((text) => `${text}\n`).join('') });
      open = undefined;
      prose.push('');
      continue;
    }
    prose.push(open === undefined ? line : '');
  }
  if (open !== undefined) throw new Error(`${page}:${open.from}: the code that begins here has no end`);
  return { snippets, prose };
}

function indentOf(line: string, atMost: number): number {
  return Math.min(line.search(/\S|$/), atMost);
}

/** Four spaces after an empty line are code, but for the paragraphs of a list. */
function indentedIn(page: string, lines: readonly string[]): readonly Place[] {
  let inList = false;
  return lines.flatMap((text, index) => {
    if (/^\s*(?:[-*]|\d+\.)\s/.test(text)) inList = true;
    else if (/^\S/.test(text)) inList = false;
    const isCode = !inList && /^ {4}\S/.test(text) && lines[index - 1] === '';
    return isCode ? [{ page, line: index + 1, text: text.trim() }] : [];
  });
}

function withoutCode(lines: readonly string[]): readonly string[] {
  return lines.map((line) => line.replaceAll(/`[^`]*`/g, ''));
}

/** Matches may go on on the next line. */
function placesIn(page: string, lines: readonly string[], pattern: RegExp): readonly Place[] {
  const whole = lines.join('\n');
  return [...whole.matchAll(pattern)].map((match) => ({
    page,
    line: whole.slice(0, match.index).split('\n').length,
    text: (match[1] ?? '').replaceAll(/\s+/g, ' '),
  }));
}

/** As GitHub makes anchors: small letters, digits, "-" and "_"; spaces become "-"; the second of a name gets "-1". */
function anchorsOf(lines: readonly string[]): readonly string[] {
  const seen = new Map<string, number>();
  return lines.flatMap((line) => {
    const [, heading] = /^#{1,6} +(.*?)\s*#*$/.exec(line) ?? [];
    if (heading === undefined) return [];
    const text = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const anchor = text.replaceAll(/[^\p{L}\p{N}\s_-]/gu, '').replaceAll(' ', '-');
    const times = seen.get(anchor) ?? 0;
    seen.set(anchor, times + 1);
    return [times === 0 ? anchor : `${anchor}-${times}`];
  });
}
