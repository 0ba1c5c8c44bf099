import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Page, readPage } from './markdown.ts';

/** The root of the project. */
export const project = join(import.meta.dirname, '..', '..');

/** Where pages for readers are: the root, docs, and beside what they speak of. */
const patterns = [
  '*.md',
  '{docs,examples,charts,crds,bench,test,operator,worker,simulator}/**/*.md',
  '.github/**/*.md',
];

/** Every page of the project, in the order of their paths. Nothing lists them: a new one is found. */
export async function allPages(): Promise<readonly Page[]> {
  const paths = await Array.fromAsync(glob(patterns, { cwd: project }));
  return await Promise.all(
    paths.sort().map(async (path) => readPage(path, await readFile(join(project, path), 'utf8'))),
  );
}
