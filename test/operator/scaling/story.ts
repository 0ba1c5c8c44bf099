import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LimitedBy, Reason } from '../../../operator/scaling/reasons.ts';
import type { Policy } from '../../../operator/scaling/types.ts';
import type { FluidFleet, Weather } from './fluid-fleet.ts';

/** What the fleets of all stories are to do, unless a story says otherwise. */
export const usualPolicy: Policy = {
  minReplicas: 0,
  maxReplicas: 50,
  slotsPerReplica: 4,
  drainTargetSeconds: 30,
  idleAfterSeconds: 60,
};

/** What happens, for how long, and what is decided at the end of it. */
export type Story = {
  readonly name: string;
  readonly policy?: Partial<Policy>;
  readonly weathers: readonly (readonly [seconds: number, weather: Weather])[];
  readonly reason: Reason;
  readonly limitedBy: LimitedBy;
  readonly sentence: string;
};

/** Tests each story with a fleet of its own. */
export function tell(stories: readonly Story[], begin: (changes: Partial<Policy>) => FluidFleet): void {
  for (const { name, policy = {}, weathers, ...expected } of stories) {
    test(name, () => {
      const fleet = begin(policy);
      const decisions = weathers.map(([seconds, weather]) => fleet.live(seconds, weather));
      const { reason, limitedBy, explanation: sentence } = decisions.at(-1) ?? assert.fail('an empty story');
      assert.deepEqual({ reason, limitedBy, sentence }, expected);
    });
  }
}
