import type { Cap } from './caps.ts';
import type { GuardMemory } from './guard/guard.ts';
import type { Memory, Tick } from './memory.ts';
import type { View } from './observe.ts';
import type { Reading } from './reading.ts';
import type { Reason } from './reasons.ts';
import type { Settings } from './settings.ts';

/** All that a number of replicas is chosen from. */
export type Situation = {
  readonly memory: Memory;
  readonly tick: Tick;
  readonly reading: Reading;
  readonly settings: Settings;
  readonly view: View;
  readonly guards: GuardMemory;
  /** What the rate limit bounds the fleet to, and what binds most, a guard or the limit; null: nothing does. */
  readonly rateCap: number | null;
  readonly cap: Cap | null;
};

/** A number of replicas, and the rule that fixed it. */
export type Choice = { readonly replicas: number; readonly reason: Reason };
