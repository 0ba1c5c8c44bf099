import { stays } from './explanation.ts';
import { noInputs } from './inputs.ts';
import type { Memory } from './memory.ts';
import { plural } from './numbers.ts';
import type { Reading } from './reading.ts';
import type { Settings } from './settings.ts';
import type { Decision } from './types.ts';

/**
 * The decision while the observer's clock stands still or has run back: nothing can be said of rates, so the number stays.
 * Only a fleet of zero wakes, for more messages than counters invent.
 */
export function standStill(memory: Memory, reading: Reading, settings: Settings): Decision {
  const isFree = reading.desired === 0 && memory.guards.guard === null;
  const wakes = isFree && (reading.queue?.visible ?? 0) > settings.activationMessages + 2;
  const replicas = Math.max(settings.min, Math.min(settings.max, wakes ? 1 : reading.desired));
  const why = wakes ? ', and messages wait' : stays(replicas, reading.desired, settings);
  return {
    replicas,
    ...(wakes ? { reason: 'Activated', limitedBy: 'Backlog' } : { reason: 'Steady', limitedBy: 'None' }),
    explanation: `${plural(replicas, 'replica')}: no time has passed since the last look${why}.`,
    inputs: { ...noInputs, guard: memory.guards.guard?.kind ?? null },
    state: { ...memory, timeSeconds: reading.timeSeconds },
  };
}
