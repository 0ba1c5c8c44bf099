import { formatPath } from '../../api/field-path.ts';
import type { ManifestCourier } from '../../api/manifest.ts';
import { formatProblem, type Problem } from '../../api/problem.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { plural } from '../format.ts';
import { readManifestFiles } from '../manifest-files.ts';
import { adviseOn } from './advice.ts';
import { type QueueFacts, readQueueFacts } from './queue-facts.ts';

/** The options of `courier validate`. */
export type ValidateOptions = {
  readonly queueAttributes: readonly string[];
  readonly strict: boolean;
  readonly json: boolean;
};

/**
 * Says what the API server would refuse of manifests, and what it would accept and nobody should want, each with its place.
 * @returns 2 when something would be refused; with `strict` also when something should not be wanted.
 */
export async function validateCommand(paths: readonly string[], options: ValidateOptions): Promise<ExitCode> {
  const files = await readManifestFiles(paths);
  const facts = await readQueueFacts(options.queueAttributes);
  const couriers = files.flatMap((file) => file.couriers);
  const problems = files.flatMap((file) => file.problems);
  const warnings = couriers.flatMap((courier) => warningsOf(courier, facts));
  if (options.json) console.log(JSON.stringify({ couriers: couriers.map(named), problems, warnings }, undefined, 2));
  else print(couriers.length, files.length, problems, warnings);
  return problems.length > 0 || (options.strict && warnings.length > 0) ? exitCodes.wrong : exitCodes.ok;
}

function warningsOf({ courier, file, locate }: ManifestCourier, facts: QueueFacts): readonly Problem[] {
  return adviseOn(courier, facts.of(courier.spec.queue.url)).map(({ path, message, remedy }) => ({
    ...{ reason: 'Invalid', file, ...locate(path), path: formatPath(path), message, remedy },
  }));
}

function named({ courier, file, line }: ManifestCourier) {
  const { namespace, name } = courier.metadata;
  return { namespace, name, file, line };
}

function print(couriers: number, files: number, problems: readonly Problem[], warnings: readonly Problem[]): void {
  for (const problem of problems) console.log(formatProblem(problem));
  for (const warning of warnings) console.log(`warning: ${formatProblem(warning)}`);
  const found = `${plural(couriers, 'valid Courier')} in ${plural(files, 'file')}`;
  console.log(`${found}: ${plural(problems.length, 'problem')}, ${plural(warnings.length, 'warning')}.`);
}
