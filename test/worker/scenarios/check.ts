import fc from 'fast-check';
import { play } from './play.ts';
import { parts, type Scenario } from './scenario.ts';

/** Set both, as a failure prints them, to see that failure again and have it reduced to its least. */
const seedVariable = 'COURIER_SCENARIO_SEED';
const pathVariable = 'COURIER_SCENARIO_PATH';

/**
 * Plays scenarios, with some of their parts drawn in another way.
 * @throws Error for the first that fails, with the seed and path to replay it by.
 */
export async function checkScenarios(runs: number, other: Partial<typeof parts>): Promise<void> {
  const { [seedVariable]: seed, [pathVariable]: path } = process.env;
  const isReplay = seed !== undefined && path !== undefined;
  const arbitrary: fc.Arbitrary<Scenario> = fc.record({ ...parts, ...other });
  const details = await fc.check(fc.asyncProperty(arbitrary, play), {
    numRuns: runs,
    // Reduced only in a replay: it may take longer than the test may, and the seed would be lost.
    ...(isReplay ? { seed: Number(seed), path } : { endOnFailure: true }),
  });
  if (!details.failed) return;
  const replay = `${seedVariable}=${details.seed} ${pathVariable}=${details.counterexamplePath}`;
  throw new Error(`replay with ${replay}\n${fc.defaultReportMessage(details)}`, { cause: details.errorInstance });
}
