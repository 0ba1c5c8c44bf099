import fc from 'fast-check';
import { play } from './play.ts';
import { parts, type Scenario } from './scenario.ts';

/**
 * The seed alone draws other scenarios; both, as a failure prints them, show that failure again and have it reduced to its
 * least. Without either, every run draws the same: a change is judged by what it changes.
 */
const seedVariable = 'COURIER_SCENARIO_SEED';
const pathVariable = 'COURIER_SCENARIO_PATH';
const usualSeed = 20_261_127;

/**
 * Plays scenarios, with some of their parts drawn in another way.
 * @param run plays one; it must end, whatever the workers do, or the seed would be lost.
 * @throws Error for the first that fails, with the seed and path to replay it by.
 */
export async function checkScenarios(
  runs: number,
  other: Partial<typeof parts>,
  run: (scenario: Scenario) => Promise<void> = play,
): Promise<void> {
  const { [seedVariable]: seed = usualSeed, [pathVariable]: path } = process.env;
  const arbitrary: fc.Arbitrary<Scenario> = fc.record({ ...parts, ...other });
  const details = await fc.check(fc.asyncProperty(arbitrary, run), {
    numRuns: runs,
    seed: Number(seed),
    // Reduced only in a replay: it may take longer than the test may, and the seed would be lost.
    ...(path === undefined ? { endOnFailure: true } : { path }),
  });
  if (!details.failed) return;
  const replay = `${seedVariable}=${details.seed} ${pathVariable}=${details.counterexamplePath}`;
  throw new Error(`replay with ${replay}\n${fc.defaultReportMessage(details)}`, { cause: details.errorInstance });
}
