import { parseManifests } from '../api/manifest.ts';
import type { ManifestSecret } from '../api/manifest-secret.ts';
import { formatProblem } from '../api/problem.ts';
import type { Courier } from '../api/v1alpha1.gen.ts';
import { CommandError, exitCodes } from './exit-codes.ts';
import { readText, titleOf } from './text-file.ts';

/** What a command uses of a manifest. */
export type Manifest = { readonly couriers: readonly Courier[]; readonly secrets: readonly ManifestSecret[] };

/**
 * Reads the Couriers of a file, and the Secrets beside them; `-` is standard input.
 * @throws CommandError with one line for each problem of the file.
 */
export async function readManifest(file: string): Promise<Manifest> {
  const { couriers, secrets, problems } = parseManifests(await readText(file), titleOf(file));
  if (problems.length > 0) throw new CommandError(exitCodes.wrong, problems.map(formatProblem).join('\n'));
  return { couriers: couriers.map(({ courier }) => courier), secrets };
}
