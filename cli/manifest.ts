import { readFile } from 'node:fs/promises';
import { parseManifests } from '../api/manifest.ts';
import { formatProblem } from '../api/problem.ts';
import type { Courier } from '../api/v1alpha1.gen.ts';
import { CommandError, exitCodes } from './exit-codes.ts';

/**
 * Reads the Couriers of a file.
 * @throws CommandError with one line for each problem of the file.
 */
export async function readCouriers(file: string): Promise<readonly Courier[]> {
  const { couriers, problems } = parseManifests(await readText(file), file);
  if (problems.length > 0) throw new CommandError(exitCodes.wrong, problems.map(formatProblem).join('\n'));
  return couriers.map(({ courier }) => courier);
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CommandError(exitCodes.wrong, `The file ${file} cannot be read: ${why}.`, { cause: error });
  }
}
