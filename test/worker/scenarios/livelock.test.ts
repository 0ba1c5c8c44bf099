import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { checkScenarios } from './check.ts';
import { Life } from './life.ts';

/** What a failure must say, so that somebody else can see it again. */
const replay = /^replay with COURIER_PROPERTY_SEED=-?\d+ COURIER_PROPERTY_PATH=0\n/;

describe('a scenario that never ends', () => {
  it('fails with what it is replayed by when timers beget timers and time stands still', async () => {
    const spin = async () => {
      const clock = new VirtualClock();
      const again = () => {
        clock.setTimeout(again, 0);
      };
      again();
      await clock.advance(1);
    };
    await assert.rejects(checkScenarios(10, {}, spin), (error: Error) => {
      assert.match(error.message, replay);
      assert.match(String(error.cause), /time stands still/);
      return true;
    });
  });

  it('ends the worker whose calls leave no room for anything else', async () => {
    const life = new Life(1, new VirtualClock());
    let calls = 0;
    const spin = async (): Promise<void> => {
      await life.through(async () => calls++);
      return spin();
    };
    void spin();
    await new Promise(setImmediate);
    assert.equal(life.hasSpun, true);
    assert.equal(life.alive, false);
    assert.ok(calls > 10_000);
  });
});
