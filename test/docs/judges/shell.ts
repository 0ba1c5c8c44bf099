import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { courierProblem } from '../courier-command.ts';
import type { Snippet } from '../markdown.ts';
import { project } from '../pages.ts';
import { type ShellLine, shellLines } from '../shell.ts';

const { scripts }: { scripts: Readonly<Record<string, string>> } = JSON.parse(
  await readFile(join(project, 'package.json'), 'utf8'),
);
const continuous = await readFile(join(project, '.ci/run'), 'utf8');

/** Programs of everybody's machine, and those that a page may assume. */
const known = new Set([
  ...['aws', 'cosign', 'docker', 'export', 'gh', 'git', 'grep', 'helm', 'kubectl', 'node', 'npm', 'cd', 'cat', 'curl'],
]);

/** What of the lines of a snippet cannot be right, as far as that can be told without running them. */
export async function shellProblems(snippet: Snippet): Promise<readonly string[]> {
  const lines = shellLines(snippet);
  if (lines.length === 0) return ['it has no command; those of a console begin with "$ "'];
  const script = lines.map(({ text }) => text).join('\n');
  const { status, stderr } = spawnSync('bash', ['-n'], { input: script, encoding: 'utf8' });
  return [...(status === 0 ? [] : [stderr]), ...(await Promise.all(lines.map(lineProblems))).flat()];
}

async function lineProblems({ programs }: ShellLine): Promise<readonly string[]> {
  const problems = await Promise.all(programs.map(programProblem));
  return problems.filter((problem) => problem !== undefined);
}

async function programProblem(words: readonly string[]): Promise<string | undefined> {
  const [program = '', ...args] = words;
  if (program === 'courier') return await courierProblem(args);
  if (program === 'npm' && args[0] === 'run') return await scriptProblem(args.slice(1));
  if (program === 'node' && args[0] === '--test') return testProblem(args);
  return known.has(program) ? undefined : `${program} is a program that no reader has been told of`;
}

/** Tests that are to be run alone are there. */
function testProblem(args: readonly string[]): string | undefined {
  const missing = args.find((arg) => arg.endsWith('.ts') && !existsSync(join(project, arg)));
  return missing === undefined ? undefined : `there is no ${missing}`;
}

/** `npm run NAME`, and what stands behind `--`. */
async function scriptProblem([name = '', separator, ...args]: readonly string[]): Promise<string | undefined> {
  if (scripts[name] === undefined) return `npm run ${name}: package.json has no such script`;
  if (separator !== undefined && separator !== '--')
    return `npm run ${name} ${separator}: npm takes that for itself; write --`;
  if (name === 'courier') return await courierProblem(args);
  const isLeftToCi = /^(?:typecheck|lint|generate|build|demo|test:)/.test(name);
  return isLeftToCi && !continuous.includes(`step npm run ${name}`) ? `.ci/run does not run ${name}` : undefined;
}
