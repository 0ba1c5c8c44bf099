import { ticksPerSecond } from '../../simulator/agenda.ts';
import { arrivalRates } from '../../simulator/arrivals.ts';
import { randomStream } from '../../simulator/random.ts';
import type { Scenario } from '../../simulator/scenario.ts';
import { CommandError, exitCodes } from '../exit-codes.ts';
import { formatCount } from '../format.ts';

/** Each message takes some twenty bytes, and a few more for each autoscaler. */
const mostMessages = 20_000_000;

/**
 * Makes sure that a scenario fits the memory of one machine.
 * @throws CommandError when it has too many messages.
 */
export function checkSize(scenario: Scenario, seed: number): void {
  const ticks = Math.round(scenario.durationSeconds * ticksPerSecond);
  const { perSecond, batches } = arrivalRates(scenario, randomStream(seed, 'arrivals'), ticks);
  let messages = 0;
  for (let tick = 0; tick < ticks; tick++) messages += (perSecond[tick] ?? 0) / ticksPerSecond + (batches[tick] ?? 0);
  if (messages <= mostMessages) return;
  const problem = `arrivals: ${formatCount(messages)} messages are more than the ${formatCount(mostMessages)} that fit`;
  throw new CommandError(exitCodes.wrong, `${scenario.name}: ${problem}. Lower a rate, or shorten durationSeconds.`);
}
