import { access, glob, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../api/clock.ts';
import { FileSink } from '../../../worker/audit/file-sink.ts';
import { activeSuffix, finishedSuffix } from '../../../worker/audit/segment-file.ts';
import type { Snippet } from '../markdown.ts';
import { project } from '../pages.ts';

/** What text that is neither typed nor printed is, by its page and how it begins. */
type Kind = {
  readonly page: string;
  readonly begins: string;
  readonly problems: (text: string) => Promise<readonly string[]>;
};

const kinds: readonly Kind[] = [
  { page: 'docs/architecture.md', begins: 'crds/ ', problems: folders },
  { page: 'docs/architecture.md', begins: 'received -> ', problems: drawing },
  { page: 'docs/architecture.md', begins: 'Receiver ---> ', problems: drawing },
  { page: 'docs/architecture.md', begins: 'watch Couriers', problems: drawing },
  { page: 'docs/audit.md', begins: 'audit/orders-0/', problems: segments },
  { page: 'docs/scaling.md', begins: '6 replicas: ', problems: expectedByTests },
];

/** What of a `text` snippet is not so. */
export async function textProblems({ page, text }: Snippet): Promise<readonly string[]> {
  const kind = kinds.find((each) => each.page === page && text.startsWith(each.begins));
  if (kind !== undefined) return await kind.problems(text);
  return ['nothing says what this text is: add it to test/docs/judges/text.ts, or write a console with what prints it'];
}

const diagrams = /^(?:flowchart|sequenceDiagram|stateDiagram-v2)\b/;

/** A diagram that GitHub draws: of a kind that it knows, whose brackets and groups are closed. */
export function mermaidProblems({ text }: Snippet): readonly string[] {
  const count = (pattern: RegExp) => text.match(pattern)?.length ?? 0;
  const pairs = [
    [/\[/g, /\]/g],
    [/\(/g, /\)/g],
    [/^\s*subgraph\b/gm, /^\s*end$/gm],
  ] as const;
  const open = pairs
    .filter(([opens, closes]) => count(opens) !== count(closes))
    .map(([opens]) => `${opens} is not closed`);
  return diagrams.test(text) ? open : ['it begins with no kind of diagram', ...open];
}

/** There is nothing to check of arrows. */
async function drawing(text: string): Promise<readonly string[]> {
  return text.includes('->') ? [] : ['it is no drawing'];
}

/** The first word of a line is a folder, in the one that is named above it with less indent. */
async function folders(text: string): Promise<readonly string[]> {
  const problems: string[] = [];
  let above = '';
  for (const line of text.split('\n')) {
    const [, indent = '', name] = /^( *)([\w-]+\/) {2}/.exec(line) ?? [];
    if (name === undefined || indent.length > 4) continue;
    if (indent === '') above = name;
    const path = indent === '' ? name : join(above, name);
    await access(join(project, path)).catch(() => problems.push(`there is no ${path}`));
  }
  return problems;
}

/** What the code says in some situation: a test expects each line word for word. */
async function expectedByTests(text: string): Promise<readonly string[]> {
  const files = await Array.fromAsync(glob('test/**/*.test.ts', { cwd: project }));
  const tests = (await Promise.all(files.map((file) => readFile(join(project, file), 'utf8')))).join('\n');
  const lines = text.trimEnd().split('\n');
  return lines.filter((line) => !tests.includes(`'${line}'`)).map((line) => `no test expects ${line}`);
}

/** The files of a worker's audit, but for times and numbers. */
async function segments(text: string): Promise<readonly string[]> {
  const directory = await mkdtemp(join(tmpdir(), 'courier-docs-'));
  const sink = await FileSink.open({ directory, worker: 'orders-0', maxSegmentBytes: 1_000_000, clock: systemClock });
  await sink.write(['{}\n']);
  const names = await readdir(join(directory, 'orders-0'));
  await sink.close();
  await rm(directory, { recursive: true });
  const finished = names.map((name) => name.replace(activeSuffix, finishedSuffix));
  const made = new Set([...names, ...finished].map((name) => numberless(`audit/orders-0/${name}`)));
  const said = text
    .trimEnd()
    .split('\n')
    .map((line) => line.split(' ')[0] ?? '');
  return said.filter((path) => !made.has(numberless(path))).map((path) => `the code makes no ${path}`);
}

function numberless(text: string): string {
  return text.replaceAll(/\d+/g, '0');
}
