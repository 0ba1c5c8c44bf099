import assert from 'node:assert/strict';
import { it } from 'node:test';
import { StartupTimes } from '../../../operator/fleet/startup-times.ts';
import { fleetWorker } from './fake-fleet.ts';

it('the time that workers take to start is the mean of the last twenty, each counted once', () => {
  const times = new StartupTimes();
  const started = (id: string, seconds: number) =>
    fleetWorker(id, { createdTimeMs: 1_000, readyTimeMs: 1_000 + seconds * 1_000 });
  assert.equal(times.meanSeconds, null);
  times.note([started('a', 4), fleetWorker('starting', { readyTimeMs: undefined })]);
  times.note([started('a', 4), started('b', 8)]);
  assert.equal(times.meanSeconds, 6);
  times.note(Array.from({ length: 20 }, (_, index) => started(`w${index}`, 10)));
  assert.equal(times.meanSeconds, 10);
});
