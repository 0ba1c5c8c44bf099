import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ScriptedServer } from '../support/scripted-server.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { RecipientUnderTest } from './recipient-under-test.ts';

const lifetimeMs = 300_000;

describe('the connections to the recipient', () => {
  it('are used again while they are young', async () => {
    const clock = new VirtualClock();
    await using server = await ScriptedServer.start();
    await using under = new RecipientUnderTest(server.origin, {}, clock);
    for (let n = 0; n < 5; n++) {
      await under.post();
      await clock.advance(lifetimeMs / 5);
    }
    assert.equal(server.connections, 1);
  });

  it('are replaced when they are old, so that a recipient that has grown sees its share', async () => {
    const clock = new VirtualClock();
    await using server = await ScriptedServer.start();
    await using under = new RecipientUnderTest(server.origin, {}, clock);
    await under.post();
    await clock.advance(lifetimeMs + 1);
    await under.post();
    await clock.advance(1);
    await under.post();
    assert.equal(server.connections, 2);
  });

  it('end what is open on them before they are closed', async () => {
    const clock = new VirtualClock();
    await using server = await ScriptedServer.start();
    await using under = new RecipientUnderTest(server.origin, { timeoutSeconds: 3600 }, clock);
    server.respond = () => {};
    const open = under.post();
    const { response } = await server.request();
    server.respond = (request) => request.response.end();
    await clock.advance(lifetimeMs + 1);
    assert.equal((await under.post()).status, 200);
    response.end();
    assert.equal((await open).status, 200);
    await under.close();
    assert.equal(server.connections, 2);
  });

  it('are as many as may be from the moment that their number is set', async () => {
    await using server = await ScriptedServer.start();
    await using under = new RecipientUnderTest(server.origin, { concurrency: { maxPerReplica: 5 } });
    under.recipient.resize(2);
    await Promise.all(Array.from({ length: 20 }, () => under.post()));
    assert.equal(server.mostOpenConnections, 2);
  });
});
