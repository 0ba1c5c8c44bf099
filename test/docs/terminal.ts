import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { killAtExit } from '../cluster/end-with-parent.ts';
import type { Replacements } from './desk.ts';
import { outputProblem } from './output.ts';
import { project } from './pages.ts';
import { courierArgs, type ShellLine } from './shell.ts';

/** How long a command may take, and one that goes on may take to say that it runs. */
const limitMs = 45_000;

/** Commands that go on until somebody presses Ctrl-C, and what they say when they run. */
const lasting: readonly { readonly typed: RegExp; readonly says: RegExp }[] = [
  { typed: /^courier local (?!.*--until-empty)/, says: /workers' logs are in/ },
  { typed: /^courier embedded/, says: /AWS_SECRET_ACCESS_KEY/ },
  { typed: /^courier harness receive/, says: /Recipient at/ },
  { typed: /^courier worker/, says: /the worker runs/ },
  { typed: / npm run operator$/, says: /became the leader/ },
  { typed: /^npm run cluster/, says: /export KUBECONFIG=\S+/ },
];

type Running = { readonly line: ShellLine; readonly child: ChildProcess; readonly said: () => string };

export type TerminalOptions = {
  /** Where lines are typed. */
  readonly directory: string;
  readonly env: NodeJS.ProcessEnv;
  /** What is typed in place of what the page says: addresses that are free here, names for placeholders. */
  readonly replaced?: Replacements;
};

/** Somebody who types the lines of a page, in a shell, in their order. */
export class Terminal {
  readonly #options: TerminalOptions;
  readonly #running: Running[] = [];
  /** What holds for every later line. */
  readonly #lasts: string[] = [];
  /** What `npm run cluster` has said to type. */
  #kubeconfig = 'true';

  private constructor(options: TerminalOptions) {
    this.#options = options;
  }

  /** A terminal in which `courier` is this project's, and `npm run` runs its scripts without npm's own half a second. */
  static async open(options: TerminalOptions): Promise<Terminal> {
    const { directory, env } = options;
    const courier = `exec ${process.execPath} ${join(project, 'cli/main.ts')}`;
    await writeFile(join(directory, 'courier'), `#!/bin/sh\n${courier} "$@"\n`, { mode: 0o755 });
    await writeFile(join(directory, 'npm'), await npmShim(), { mode: 0o755 });
    return new Terminal({ ...options, env: { ...env, PATH: `${directory}:${env.PATH}` } });
  }

  /**
   * Types the lines of one snippet. What goes on until Ctrl-C gets that before the next line, and after the last line goes
   * on beside the snippets that follow, as in a terminal of its own.
   * @throws Error when a command fails that should not, and when a console's output is another.
   */
  async typeAll(lines: readonly ShellLine[]): Promise<void> {
    for (const [index, line] of lines.entries()) {
      if (/^(?:export|cd) /.test(line.text)) this.#lasts.push(this.#asTyped(line));
      const running = await this.#type(line);
      if (running === undefined) continue;
      if (index < lines.length - 1) await interrupt(running);
      else this.#running.push(running);
    }
  }

  /** Presses Ctrl-C wherever something still runs, the last one first. @throws Error when one does not end well. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const running of this.#running.splice(0).reverse()) await interrupt(running);
  }

  async #type(line: ShellLine): Promise<Running | undefined> {
    if (isLook(line)) return await this.#look(line);
    const running = this.#start(line);
    const says = lasting.find(({ typed }) => typed.test(plainly(line)))?.says;
    if (says === undefined) {
      const code = await ended(running);
      const problem = outputProblem(line.output, running.said(), /^courier simulate/.test(plainly(line)));
      if (problem !== undefined) throw failure(line, problem, running.said());
      // A failure that the page shows is what it is about.
      if (code !== 0 && line.output.length === 0) throw failure(line, `it ended with ${code}`, running.said());
      return undefined;
    }
    await said(running, (text) => says.test(text) && outputProblem(line.output, text, false) === undefined);
    this.#kubeconfig = /^export KUBECONFIG=\S+/m.exec(running.said())?.[0] ?? this.#kubeconfig;
    return running;
  }

  /** Looks at a cluster until it shows what the page shows: things need their time there. */
  async #look(line: ShellLine): Promise<undefined> {
    for (const deadline = Date.now() + limitMs; ; await delay(200)) {
      const running = this.#start(line);
      await ended(running);
      const problem = outputProblem(line.output, running.said(), false);
      if (problem === undefined) return undefined;
      if (Date.now() > deadline) throw failure(line, problem, running.said());
    }
  }

  /** In a process group of its own, which is what Ctrl-C of a terminal interrupts. */
  #start(line: ShellLine): Running {
    const { directory, env } = this.#options;
    const text = [...this.#lasts, this.#asTyped(line)].join('\n');
    const child = spawn('bash', ['-eo', 'pipefail', '-c', text], {
      ...{ cwd: directory, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] },
    });
    killAtExit(child);
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (more: string) => {
        output += more;
      });
    return { line, child, said: () => output };
  }

  #asTyped({ text }: ShellLine): string {
    const here = text === 'export KUBECONFIG=...' ? this.#kubeconfig : text;
    return (this.#options.replaced ?? []).reduce((typed, [from, to]) => typed.replaceAll(from, to), here);
  }
}

/** `npm run NAME -- ARGS` without npm: it is the script itself that Ctrl-C interrupts, and half a second is saved. */
async function npmShim(): Promise<string> {
  const { scripts } = JSON.parse(await readFile(join(project, 'package.json'), 'utf8'));
  const programs = Object.entries<string>(scripts).filter(([, command]) => /^node \S+$/.test(command));
  const cases = programs.map(
    ([name, command]) => `${name}) exec ${command.replace('node ', `${process.execPath} ${project}/`)} "$@";;`,
  );
  const shift = 'name=$2; shift 2; [ "$1" != -- ] || shift';
  return `#!/bin/sh\n${shift}\ncase $name in\n${cases.join('\n')}\nesac\necho "npm run $name is not for this shell"; exit 1\n`;
}

/** Whether a page shows what a cluster looks like. */
function isLook({ programs, output }: ShellLine): boolean {
  const [program, verb] = programs[0] ?? [];
  return program === 'kubectl' && verb === 'get' && output.length > 0;
}

/** The line as if `courier` were installed. */
function plainly({ text, programs: [words = []] }: ShellLine): string {
  const args = courierArgs(words);
  return args === undefined ? text : ['courier', ...args].join(' ');
}

async function ended({ child, line, said }: Running): Promise<number | NodeJS.Signals | null> {
  const kill = setTimeout(() => killGroup(child, 'SIGKILL'), limitMs);
  const [code, signal] = await once(child, 'close');
  clearTimeout(kill);
  if (signal === 'SIGKILL') throw failure(line, `it did not end within ${limitMs} ms`, said());
  return signal ?? code;
}

/** Waits until a command that goes on has said what is expected of it. */
async function said({ child, line, said }: Running, expected: (text: string) => boolean): Promise<void> {
  for (const deadline = Date.now() + limitMs; !expected(said()); await delay(20)) {
    if (child.exitCode !== null) throw failure(line, 'it ended by itself', said());
    if (Date.now() < deadline) continue;
    killGroup(child, 'SIGKILL');
    throw failure(line, 'it never said what it should', said());
  }
}

async function interrupt(running: Running): Promise<void> {
  killGroup(running.child, 'SIGINT');
  const code = await ended(running);
  if (code !== 0) throw failure(running.line, `after Ctrl-C it ended with ${code}`, running.said());
}

function killGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

function failure({ page, line, text }: ShellLine, what: string, output: string): Error {
  return new Error(`${page}:${line}: ${text}\n${what}; it said:\n${output}`);
}
