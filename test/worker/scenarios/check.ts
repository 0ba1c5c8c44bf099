import fc from 'fast-check';
import { checkProperty } from '../../support/properties.ts';
import { play } from './play.ts';
import { parts, type Scenario } from './scenario.ts';

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
  const arbitrary: fc.Arbitrary<Scenario> = fc.record({ ...parts, ...other });
  await checkProperty(fc.asyncProperty(arbitrary, run), { numRuns: runs, slow: true });
}
