import { noArrivals } from './arrivals.ts';
import { noAttempts } from './attempts.ts';
import { noGuard } from './guard/guard.ts';
import { type Memory, memoryVersion } from './memory.ts';
import { isMemory } from './memory-check.ts';
import { noService } from './service.ts';
import type { State } from './types.ts';

/**
 * What is remembered, or a beginning when that is nothing: a state that is damaged is as good as none. The first decision
 * lowers nothing: `desired` is its past.
 */
export function recall(state: State | null, desired: number): Memory {
  if (isMemory(state)) return state;
  return {
    ...{ version: memoryVersion, timeSeconds: null, now: 0, intervalSeconds: 0, guards: noGuard },
    estimates: {
      ...{ arrivals: noArrivals, service: noService, attempts: noAttempts, sums: null, heardAt: 0 },
      ...{ settled: 0, settledGuess: 0, messagesPerRequest: 1, occupancy: 0, visible: 0, queueFailures: 0 },
    },
    timers: {
      ...{ workAt: 0, scaleOutAt: -1e6, scaleInAt: -1e6, lowerSince: null, wanted: desired, rateCap: null },
      ...{ keepPeaks: [[0, desired]], drainPeaks: [] },
    },
  };
}
