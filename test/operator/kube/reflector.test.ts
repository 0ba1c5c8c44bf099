import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { collection, errorEvent, Reflected, status, watch } from './reflected.ts';

describe('a reflector', () => {
  it('tells of the first list, then of each change, and is in step', async () => {
    const cluster = new Reflected();
    cluster.write('a', '1');
    await cluster.start();
    cluster.write('a', '2');
    cluster.write('b', '1');
    cluster.remove('a');
    await cluster.clock.advance(0);
    assert.deepEqual(cluster.told, ['added a 1 at first', 'updated a 2', 'added b 1', 'deleted a 2']);
    cluster.assertInStep();
    await cluster.end();
  });

  it('reads a long list in pages of 500, even when the token for the next page expires', async () => {
    const cluster = new Reflected();
    for (let i = 0; i < 1201; i++) cluster.write(`n${i}`, '1');
    cluster.server.fault({ path: /continue=/, action: status(410, 'Expired') });
    await cluster.start();
    assert.equal(cluster.store.size, 1201);
    assert.match(cluster.server.requests[0]?.path ?? '', /limit=500/);
    cluster.assertInStep();
    await cluster.end();
  });

  it('resolves `synced` after the first full list only', async () => {
    const cluster = new Reflected();
    let synced = false;
    void cluster.reflector.synced.then(() => {
      synced = true;
    });
    cluster.server.fault({ path: collection, action: status(500), times: 2 });
    await cluster.start();
    assert.deepEqual([synced, cluster.reflector.hasSynced], [false, false]);
    await cluster.clock.advance(800 + 1600);
    assert.deepEqual([synced, cluster.reflector.hasSynced], [true, true]);
    await cluster.end();
  });

  it('asks less and less often while the server is away: at most two requests a minute in the end', async () => {
    const cluster = new Reflected();
    cluster.server.fault({ path: collection, action: status(500), times: 1000 });
    await cluster.start();
    await cluster.clock.advance(60_000);
    assert.equal(cluster.lists, 7);
    await cluster.clock.advance(10 * 60_000);
    assert.equal(cluster.lists, 7 + 20);
    await cluster.end();
  });

  it("honours the server's Retry-After", async () => {
    const cluster = new Reflected();
    cluster.server.fault({ path: collection, action: { ...status(429), headers: { 'retry-after': '17' } } });
    await cluster.start();
    await cluster.clock.advance(16_999);
    assert.equal(cluster.lists, 1);
    await cluster.clock.advance(1);
    assert.equal(cluster.lists, 2);
    await cluster.end();
  });

  it('gives up a list that never comes, and lists again', async () => {
    const cluster = new Reflected();
    cluster.server.fault({ path: collection, action: 'hang' });
    await cluster.start();
    await cluster.clock.advance(59_999);
    assert.equal(cluster.lists, 1);
    await cluster.clock.advance(801);
    assert.equal(cluster.reflector.hasSynced, true);
    await cluster.end();
  });

  it('asks the server to end each watch after 5 to 10 minutes, and goes on at once without a list', async () => {
    const cluster = await new Reflected({ random: () => 0.5 }).start();
    assert.equal(cluster.openWatch.query.get('timeoutSeconds'), '450');
    assert.equal(cluster.openWatch.query.get('allowWatchBookmarks'), 'true');
    await cluster.clock.advance(450_000);
    assert.deepEqual([cluster.lists, cluster.watchesBegun], [1, 2]);
    await cluster.end();
  });

  it('gives up a watch that the server does not end', async () => {
    const cluster = await new Reflected().start();
    cluster.openWatch.freeze();
    cluster.write('unseen', '1');
    await cluster.clock.advance(329_000);
    assert.equal(cluster.store.size, 0);
    await cluster.clock.advance(2_000);
    cluster.assertInStep();
    assert.equal(cluster.lists, 1);
    await cluster.end();
  });

  it('lists once although its watches end every 200 ms for a minute', async () => {
    const cluster = await new Reflected().start();
    for (let i = 0; i < 300; i++) {
      await cluster.clock.advance(200);
      for (const open of cluster.server.watches) open.end();
      cluster.write('a', String(i));
    }
    assert.equal(cluster.lists, 1);
    assert.ok(cluster.watchesBegun <= 9, `${cluster.watchesBegun} watches`);
    await cluster.clock.advance(60_000);
    cluster.assertInStep();
    await cluster.end();
  });

  it('goes on from a bookmark', async () => {
    const cluster = await new Reflected().start();
    cluster.openWatch.bookmark('4711');
    await cluster.clock.advance(0);
    assert.equal(cluster.store.lastSyncResourceVersion, '4711');
    cluster.server.rewind(4711);
    cluster.openWatch.end();
    await cluster.clock.advance(1000);
    assert.equal(cluster.openWatch.query.get('resourceVersion'), '4711');
    await cluster.end();
  });

  it('tells a deletion and an addition where an object was made anew while nobody watched', async () => {
    const cluster = await new Reflected().start();
    cluster.write('a', '1');
    await cluster.clock.advance(5000);
    cluster.server.fault({ path: watch, action: 'reset' });
    cluster.openWatch.reset();
    cluster.remove('a');
    cluster.write('a', '2');
    cluster.server.compact();
    await cluster.clock.advance(60_000);
    assert.deepEqual(cluster.told, ['added a 1', 'deleted a 1', 'added a 2']);
    cluster.assertInStep();
    await cluster.end();
  });

  it('lists anew not older than what it knows, and the newest when that is refused', async () => {
    const cluster = await new Reflected().start();
    const known = cluster.server.resourceVersion;
    cluster.server.rewind(Number(known) - 1);
    cluster.openWatch.send(errorEvent(410, 'Expired'));
    await cluster.clock.advance(800);
    cluster.server.rewind(Number(known));
    await cluster.clock.advance(5000);
    const lists = cluster.server.requests.filter(({ path }) => collection.test(path)).map(({ path }) => path);
    assert.match(lists[1] ?? '', new RegExp(`resourceVersion=${known}&resourceVersionMatch=NotOlderThan`));
    assert.doesNotMatch(lists[2] ?? '', /resourceVersion/);
    cluster.assertInStep();
    await cluster.end();
  });

  it('does not believe a list from the past, unless the past stays', async () => {
    const cluster = await new Reflected().start();
    cluster.write('a', '1');
    await cluster.clock.advance(5000);
    const past = { metadata: { resourceVersion: '900' }, items: [] };
    cluster.server.fault({ path: collection, action: { status: 200, body: JSON.stringify(past) }, times: 1000 });
    cluster.openWatch.send(errorEvent(410, 'Expired'));
    await cluster.clock.advance(30_000);
    assert.deepEqual(cluster.told, ['added a 1']);
    await cluster.clock.advance(120_000);
    assert.deepEqual(cluster.told, ['added a 1', 'deleted a 1']);
    assert.match(cluster.log.messages('warn').join(), /back in time/);
    await cluster.end();
  });

  it('survives a subscriber that throws, and says so', async () => {
    const cluster = new Reflected();
    cluster.reflector.subscribe(() => {
      throw new Error('subscriber');
    });
    cluster.write('a', '1');
    await cluster.start();
    cluster.write('a', '2');
    await cluster.clock.advance(0);
    assert.deepEqual(cluster.told, ['added a 1 at first', 'updated a 2']);
    assert.equal(cluster.log.messages('error').length, 2);
    await cluster.end();
  });

  it('tells every object again at each resync', async () => {
    const cluster = new Reflected({ random: () => 0.5 });
    cluster.write('a', '1');
    await cluster.start();
    await cluster.clock.advance(600_000);
    assert.deepEqual(cluster.told, ['added a 1 at first', 'resync a 1']);
    await cluster.end();
  });

  it('keeps to its selection in the list and in the watch', async () => {
    const cluster = new Reflected({ selection: { namespace: 'ns', labelSelector: 'app=a' } });
    await cluster.start();
    for (const { path } of cluster.server.requests)
      assert.match(path, /namespaces\/ns\/configmaps\?.*labelSelector=app%3Da/);
    await cluster.end();
  });

  it('keeps what its transform makes of an object', async () => {
    const cluster = new Reflected({ transform: ({ metadata, kind }) => ({ metadata, ...(kind && { kind }) }) });
    cluster.write('a', '1');
    await cluster.start();
    cluster.write('b', '1');
    await cluster.clock.advance(0);
    assert.deepEqual(
      [...cluster.store.values()].map((object) => object.data),
      [undefined, undefined],
    );
    await cluster.end();
  });

  const moments: [string, (cluster: Reflected) => void][] = [
    ['during the list', ({ server }) => server.fault({ path: collection, action: 'hang' })],
    ['before the answer to a watch', ({ server }) => server.fault({ path: watch, action: 'hang' })],
    ['while it waits', ({ server }) => server.fault({ path: collection, action: status(500) })],
    ['while it watches', () => {}],
  ];
  for (const [when, script] of moments) {
    it(`ends ${when}, and leaves no watch and no timer`, async () => {
      const cluster = new Reflected();
      script(cluster);
      await cluster.start();
      const requests = cluster.server.requests.length;
      await cluster.end();
      await cluster.clock.advance(3600_000);
      assert.equal(cluster.server.requests.length, requests);
      assert.equal(cluster.server.watches.size, 0);
      assert.equal(cluster.clock.pending, 0);
    });
  }

  it('starts once', async () => {
    const cluster = await new Reflected().start();
    await assert.rejects(cluster.reflector.run(new AbortController().signal), /started before/);
    assert.equal(cluster.server.watches.size, 1);
    await cluster.end();
  });
});
