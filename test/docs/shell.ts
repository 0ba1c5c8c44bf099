import type { Snippet } from './markdown.ts';

/** A line of a shell, continued lines joined. */
export type ShellLine = {
  readonly page: string;
  /** Where it begins in the page. */
  readonly line: number;
  /** As it is given to a shell, without its comment. */
  readonly text: string;
  /** The programs that it runs, each with its arguments; quotes are gone, variables stay as they are written. */
  readonly programs: readonly (readonly string[])[];
  /** What the page says that it prints; only `console` has any. */
  readonly output: readonly string[];
};

/**
 * The lines of a `sh` snippet, or those of a `console` that begin with "$ ", each with the output beneath it; none of a
 * snippet in another language.
 */
export function shellLines({ page, line, language, text }: Snippet): readonly ShellLine[] {
  if (language !== 'sh' && language !== 'console') return [];
  const lines: { line: number; text: string; output: string[] }[] = [];
  let continued = false;
  for (const [index, raw] of text.trimEnd().split('\n').entries()) {
    const last = lines.at(-1);
    const isCommand = language === 'sh' || raw.startsWith('$ ');
    const shown = language === 'console' ? raw.replace(/^[$>] /, '') : raw;
    if (continued && last !== undefined) last.text = `${last.text.slice(0, -1)} ${shown.trim()}`;
    else if (isCommand) lines.push({ line: line + index, text: shown, output: [] });
    else last?.output.push(raw);
    continued = (continued || isCommand) && raw.endsWith('\\');
  }
  return lines
    .map(({ text, ...rest }) => ({ page, ...rest, text: withoutComment(text).trim() }))
    .filter(({ text }) => text !== '')
    .map((each) => ({ ...each, programs: programsIn(each.text) }));
}

/** The arguments of `courier`, where that is what runs: installed, or by `npm run`. */
export function courierArgs(words: readonly string[]): readonly string[] | undefined {
  const [program, ...rest] = words;
  if (program === 'courier') return rest;
  const isScript = program === 'npm' && rest[0] === 'run' && rest[1] === 'courier';
  return isScript ? rest.slice(rest[2] === '--' ? 3 : 2) : undefined;
}

/** Whether a line is for a cluster: it talks to one, or starts what does. */
export function needsCluster({ programs }: ShellLine): boolean {
  return programs.some((words) => {
    const [program = '', first = '', second = ''] = words;
    if (program === 'npm' && first === 'run' && ['cluster', 'operator'].includes(second)) return true;
    if (['kubectl', 'helm'].includes(program)) return true;
    if (program === 'export' && first.startsWith('KUBECONFIG=')) return true;
    const [command = '', ...options] = courierArgs(words) ?? [];
    return ['top', 'explain', 'operator'].includes(command) || (command === 'plan' && options.includes('--diff'));
  });
}

function withoutComment(text: string): string {
  return text.replace(/(?:^|\s)#.*$/, '');
}

/** Simple commands by the operators between them; what is assigned before a program, and redirections, are left out. */
function programsIn(text: string): readonly (readonly string[])[] {
  const tokens = text.match(/&&|\|\||[|;&]|(?:"[^"]*"|'[^']*'|\\.|[^\s"'|;&\\])+/g) ?? [];
  const programs: string[][] = [[]];
  for (const token of tokens) {
    if (/^(?:&&|\|\||[|;&])$/.test(token)) programs.push([]);
    else programs.at(-1)?.push(token);
  }
  return programs.map(wordsOf).filter((words) => words.length > 0);
}

function wordsOf(tokens: readonly string[]): readonly string[] {
  const program = tokens.findIndex((token) => !/^[A-Za-z_]\w*=/.test(token));
  const words = program === -1 ? [] : tokens.slice(program);
  return words
    .filter((word, index) => !/^\d?[<>]/.test(word) && !/^\d?>>?$/.test(words[index - 1] ?? ''))
    .map((word) => word.replaceAll(/"([^"]*)"|'([^']*)'|\\(.)/g, '$1$2$3'));
}
