import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { systemClock } from '../../api/clock.ts';

const longestTimerMs = 2 ** 31 - 1;

describe('the clock of the machine', () => {
  it('waits for longer than a timer of Node can', ({ mock }) => {
    mock.timers.enable({ apis: ['setTimeout'] });
    let calls = 0;
    systemClock.setTimeout(() => calls++, longestTimerMs * 2 + 10);
    mock.timers.tick(longestTimerMs);
    mock.timers.tick(longestTimerMs);
    mock.timers.tick(9);
    assert.equal(calls, 0);
    mock.timers.tick(1);
    assert.equal(calls, 1);
  });

  it('forgets a long wait that is on its way', ({ mock }) => {
    mock.timers.enable({ apis: ['setTimeout'] });
    let calls = 0;
    const timer = systemClock.setTimeout(() => calls++, longestTimerMs + 10);
    mock.timers.tick(longestTimerMs);
    timer.cancel();
    mock.timers.tick(10);
    assert.equal(calls, 0);
  });
});
