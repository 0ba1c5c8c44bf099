import { readFile } from 'node:fs/promises';
import { parseManifests } from '../api/manifest.ts';
import type { ManifestSecret } from '../api/manifest-secret.ts';
import { formatProblem } from '../api/problem.ts';
import type { Courier } from '../api/v1alpha1.gen.ts';
import { CommandError, exitCodes } from './exit-codes.ts';

/** What a command uses of a manifest. */
export type Manifest = { readonly couriers: readonly Courier[]; readonly secrets: readonly ManifestSecret[] };

/**
 * Reads the Couriers of a file, and the Secrets beside them.
 * @throws CommandError with one line for each problem of the file.
 */
export async function readManifest(file: string): Promise<Manifest> {
  const { couriers, secrets, problems } = parseManifests(await readText(file), file);
  if (problems.length > 0) throw new CommandError(exitCodes.wrong, problems.map(formatProblem).join('\n'));
  return { couriers: couriers.map(({ courier }) => courier), secrets };
}

/** Reads a file. @throws CommandError with a sentence when it cannot. */
export async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CommandError(exitCodes.wrong, `The file ${file} cannot be read: ${why}.`, { cause: error });
  }
}
