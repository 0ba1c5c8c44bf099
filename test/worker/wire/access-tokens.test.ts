import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AccessTokens } from '../../../worker/wire/access-tokens.ts';
import type { AccessToken } from '../../../worker/wire/token-endpoint.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { recordingLog } from '../../support/worker-log.ts';

/** An endpoint whose answers a test gives itself, in virtual time. */
function stage() {
  const clock = new VirtualClock();
  const { log, lines } = recordingLog(clock);
  const asked: PromiseWithResolvers<AccessToken>[] = [];
  const request = () => {
    const answer = Promise.withResolvers<AccessToken>();
    asked.push(answer);
    return answer.promise;
  };
  const tokens = new AccessTokens({ request, clock, random: () => 1, log });
  const known = () =>
    new Promise<string>((resolve) => tokens.whenKnown((token, failure) => resolve(token ?? `none: ${failure}`)));
  const give = async (value: string, lifetimeSeconds: number) => {
    asked.at(-1)?.resolve({ value, lifetimeSeconds });
    await new Promise(setImmediate);
  };
  const refuse = async (why: string) => {
    asked.at(-1)?.reject(new Error(why));
    await new Promise(setImmediate);
  };
  return { asked, clock, give, known, lines, refuse, tokens };
}

describe('a token', () => {
  it('is asked for once, however many wait for it', async () => {
    const { asked, give, known, tokens } = stage();
    assert.equal(tokens.take(), undefined);
    const all = [known(), known(), known()];
    await give('one', 600);
    assert.deepEqual(await Promise.all(all), ['one', 'one', 'one']);
    assert.equal(tokens.take(), 'one');
    assert.equal(asked.length, 1);
  });

  const lives: [lifetimeSeconds: number, keptSeconds: number][] = [
    [3600, 3540],
    [300, 240],
    [10, 8],
  ];
  for (const [lifetimeSeconds, keptSeconds] of lives) {
    it(`that lives ${lifetimeSeconds} s is replaced after ${keptSeconds} s, and used until the new one is there`, async () => {
      const { asked, clock, give, known, tokens } = stage();
      const first = known();
      await give('one', lifetimeSeconds);
      await first;
      await clock.advance(keptSeconds * 1000 - 1);
      assert.deepEqual([tokens.take(), asked.length], ['one', 1]);
      await clock.advance(1);
      assert.deepEqual([tokens.take(), tokens.take(), asked.length], ['one', 'one', 2]);
      await give('two', lifetimeSeconds);
      assert.deepEqual([tokens.take(), asked.length], ['two', 2]);
    });
  }

  it('is used to its end while the endpoint refuses another, and no longer', async () => {
    const { asked, clock, give, known, refuse, tokens } = stage();
    const first = known();
    await give('one', 300);
    await first;
    await clock.advance(240_000);
    assert.equal(tokens.take(), 'one');
    await refuse('down');
    assert.deepEqual([tokens.take(), asked.length], ['one', 2]);
    await clock.advance(500);
    assert.deepEqual([tokens.take(), asked.length], ['one', 3]);
    await clock.advance(59_500);
    assert.equal(tokens.take(), undefined);
  });

  it('that cannot be had is explained to all who wait, and to those who come before the endpoint is asked again', async () => {
    const { asked, clock, give, known, lines, refuse } = stage();
    const [a, b] = [known(), known()];
    await refuse('it answered 401');
    assert.deepEqual(await Promise.all([a, b, known()]), Array(3).fill('none: it answered 401'));
    assert.equal(asked.length, 1);
    assert.equal(lines.at(-1)?.fields.error, 'it answered 401');
    await clock.advance(500);
    const later = known();
    assert.equal(asked.length, 2);
    await give('one', 300);
    assert.equal(await later, 'one');
    assert.equal(lines.at(-1)?.message, 'the token endpoint gives tokens again');
  });

  it('is asked for at once when the secrets have changed', async () => {
    const { asked, known, refuse, tokens } = stage();
    const first = known();
    await refuse('it answered 401');
    await first;
    tokens.retryNow();
    void known();
    assert.equal(asked.length, 2);
  });

  it('that the recipient refuses is dropped, unless it is so young that something else must be wrong', async () => {
    const { asked, clock, give, known, tokens } = stage();
    const first = known();
    await give('one', 3600);
    await first;
    assert.equal(tokens.refused('one'), false);
    assert.equal(tokens.take(), 'one');
    await clock.advance(30_000);
    assert.equal(tokens.refused('one before'), true);
    assert.equal(tokens.take(), 'one');
    assert.equal(tokens.refused('one'), true);
    assert.equal(tokens.refused('one'), true);
    assert.equal(tokens.take(), undefined);
    assert.equal(asked.length, 2);
  });
});
