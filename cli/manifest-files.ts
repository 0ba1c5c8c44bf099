import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Manifests, parseManifests } from '../api/manifest.ts';
import { CommandError, exitCodes } from './exit-codes.ts';
import { readText, titleOf, unreadable } from './text-file.ts';

/** What of a directory is read. */
const manifestName = /\.(?:ya?ml|json)$/;

/** What a file holds. */
export type ManifestFile = Pick<Manifests, 'couriers' | 'problems'>;

/**
 * Reads the Couriers of files, and of the YAML and JSON files beneath directories. `-` is standard input. A file without a
 * Courier is passed over: pre-commit and CI hand over whatever there is.
 *
 * @throws CommandError for a path that cannot be read, and when there is no Courier in any of them.
 */
export async function readManifestFiles(paths: readonly string[]): Promise<readonly ManifestFile[]> {
  const files = (await Promise.all(paths.map(filesOf))).flat();
  const read = await Promise.all([...new Set(files)].map(readOne));
  const found = read.filter(({ couriers, problems }) => couriers.length > 0 || problems.length > 0);
  if (found.length > 0) return found;
  throw new CommandError(exitCodes.wrong, `There is no Courier in ${paths.join(', ')}: name a file that has one.`);
}

async function filesOf(path: string): Promise<readonly string[]> {
  if (path === '-') return [path];
  try {
    if (!(await stat(path)).isDirectory()) return [path];
    const entries = await readdir(path, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile() && manifestName.test(entry.name) && !isForeign(entry.parentPath))
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** Packages and version control hold files that are not the author's. */
function isForeign(directory: string): boolean {
  return /(?:^|[/\\])(?:node_modules|\.git)(?:[/\\]|$)/.test(directory);
}

async function readOne(file: string): Promise<ManifestFile> {
  const { couriers, problems } = parseManifests(await readText(file), titleOf(file));
  return { couriers, problems: problems.filter(({ reason }) => reason !== 'NoCourier') };
}
