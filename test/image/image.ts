import { execFile } from 'node:child_process';
import { cp, link, mkdir, readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { lastOf, type Stage, stagesOf } from './dockerfile.ts';

const project = join(import.meta.dirname, '../..');
const execute = promisify(execFile);

/** What the Dockerfile makes: the files on top of the base, and how a container starts. */
export type Image = {
  /** A directory that holds the image's own files, and nothing of the base. */
  readonly content: string;
  readonly user: string;
  readonly entrypoint: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
};

/**
 * Does what the Dockerfile says, in `directory`: copies what it copies, runs what it runs. Of its commands only the
 * installation of packages is replaced, by hard links to those that are installed here.
 */
export async function buildImage(directory: string): Promise<Image> {
  const [build, run] = stagesOf(await readFile(join(project, 'Dockerfile'), 'utf8'));
  if (build === undefined || run === undefined) throw new Error('the Dockerfile has two stages');
  const source = join(directory, 'src');
  const content = join(directory, 'content');
  await buildStage(build, source);
  for (const { name, words } of run.instructions) {
    if (name !== 'COPY') continue;
    const [from = '', to = ''] = words.filter((word) => !word.startsWith('--'));
    const origin = words.some((word) => word === `--from=${build.name}`) ? join(directory, from) : join(project, from);
    await cp(origin, join(content, to), { recursive: true });
  }
  const environment = run.instructions.filter(({ name }) => name === 'ENV').map(({ words }) => words[0] ?? '');
  return {
    content,
    user: lastOf(run, 'USER')[0] ?? '',
    entrypoint: lastOf(run, 'ENTRYPOINT'),
    environment: Object.fromEntries(environment.map((pair) => pair.split('=') as [string, string])),
  };
}

async function buildStage(stage: Stage, source: string): Promise<void> {
  await mkdir(source, { recursive: true });
  for (const { name, words, text } of stage.instructions) {
    if (name === 'COPY') {
      const to = words.at(-1) ?? '';
      for (const from of words.slice(0, -1))
        await cp(join(project, from), join(source, to === './' ? basename(from) : to), { recursive: true });
    } else if (name === 'RUN' && text.startsWith('npm ci ')) {
      await linkTree(join(project, 'node_modules'), join(source, 'node_modules'));
    } else if (name === 'RUN' && words[0] === 'node') {
      await execute(process.execPath, words.slice(1), { cwd: source });
    } else if (name !== 'WORKDIR') {
      throw new Error(`the test does not know what to do for: ${name} ${text}`);
    }
  }
}

/** Copies a tree by hard links: packages are large and nobody writes to them. */
async function linkTree(from: string, to: string): Promise<void> {
  const entries = await readdir(from, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    const target = join(to, path.slice(from.length));
    await mkdir(dirname(target), { recursive: true });
    if (entry.isFile()) await link(path, target);
    else if (entry.isSymbolicLink()) await cp(path, target, { verbatimSymlinks: true });
  }
}
