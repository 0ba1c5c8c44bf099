import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { answerProbe, cachesSynced, reconcilesEnd, waitForCaches } from '../../../operator/kube/health.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

function cache(name: string) {
  const { promise: synced, resolve } = Promise.withResolvers<void>();
  const state = { name, hasSynced: false, synced };
  const sync = () => {
    state.hasSynced = true;
    resolve();
  };
  return { state, sync };
}

describe('a probe', () => {
  it('succeeds when every check does', () => {
    assert.deepEqual(answerProbe({ ping: () => undefined }), { status: 200, body: '[+]ping ok\n' });
  });

  it('says which check fails, and why', () => {
    const { state } = cache('pods');
    const checks = {
      caches: cachesSynced([state]),
      reconciles: reconcilesEnd({ overdue: () => ['ns/a'] }),
      ping: () => undefined,
    };
    const body = '[-]caches not listed yet: pods\n[-]reconciles reconciles do not end: ns/a\n[+]ping ok\n';
    assert.deepEqual(answerProbe(checks), { status: 503, body });
  });
});

describe('waiting for caches', () => {
  it('ends when all of them have synced', async () => {
    const clock = new VirtualClock();
    const [a, b] = [cache('a'), cache('b')];
    const done = waitForCaches([a.state, b.state], { clock }, new AbortController().signal);
    a.sync();
    await clock.advance(1000);
    b.sync();
    assert.equal(await done, true);
    assert.equal(clock.pending, 0);
  });

  it('gives up after two minutes', async () => {
    const clock = new VirtualClock();
    const done = waitForCaches([cache('a').state], { clock }, new AbortController().signal);
    await clock.advance(120_000);
    assert.equal(await done, false);
  });

  it('gives up when it is told to', async () => {
    const clock = new VirtualClock();
    const end = new AbortController();
    const done = waitForCaches([cache('a').state], { clock }, end.signal);
    end.abort();
    assert.equal(await done, false);
    assert.equal(await waitForCaches([cache('a').state], { clock }, end.signal), false);
    assert.equal(clock.pending, 0);
  });
});
