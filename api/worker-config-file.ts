import { parseManifests } from './manifest.ts';
import { ManifestError, type Problem } from './problem.ts';
import { type ReadWorkerConfig, workerConfig } from './worker-config.ts';

/**
 * Reads a worker's configuration: a file with one Courier. Unknown fields become warnings, since an operator may be newer
 * than its workers.
 *
 * @param file The name that problems carry.
 * @throws ManifestError with every problem of the file.
 */
export function parseWorkerConfig(text: string, file: string): ReadWorkerConfig {
  const { couriers, problems, warnings } = parseManifests(text, file, 'Ignore');
  if (problems.length > 0) throw new ManifestError(problems);
  const [first, second] = couriers;
  if (first === undefined || second !== undefined) throw new ManifestError([severalCouriers(file, second?.line ?? 1)]);
  return { config: workerConfig(first.courier), warnings };
}

function severalCouriers(file: string, line: number): Problem {
  const message = 'a second Courier begins here, and a worker runs for one';
  return { reason: 'Invalid', file, line, column: 1, path: '', message, remedy: 'Give each worker its own file.' };
}
