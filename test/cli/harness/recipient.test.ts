import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { request } from 'undici';
import { systemClock } from '../../../api/clock.ts';
import { type Recipient, startRecipient } from '../../../cli/harness/recipient.ts';
import { acceptingScript, type RecipientScript } from '../../../cli/harness/script.ts';

const atOnce: RecipientScript = { ...acceptingScript, latency: { kind: 'Uniform', minMs: 0, maxMs: 0 } };

async function start(t: TestContext, script: RecipientScript = atOnce): Promise<Recipient> {
  const recipient = await startRecipient({ port: 0, script, clock: systemClock, random: Math.random });
  t.after(() => recipient.close());
  return recipient;
}

async function post({ url }: Recipient, messageId: string, body = '{}'): Promise<number> {
  const answer = await request(url, { method: 'POST', headers: { 'courier-message-id': messageId }, body });
  await answer.body.dump();
  return answer.statusCode;
}

describe('the recipient', () => {
  test('accepts, and counts a message that comes twice as a duplicate', async (t) => {
    const recipient = await start(t);
    for (const id of ['a', 'b', 'a', 'a']) assert.equal(await post(recipient, id), 200);
    assert.equal(recipient.counts.accepted, 4);
    assert.equal(recipient.counts.duplicates, 2);
    assert.deepEqual(
      [...recipient.accepted],
      [
        ['a', 3],
        ['b', 1],
      ],
    );
  });

  test('hands on what it accepts', async (t) => {
    const seen: string[] = [];
    const onAccepted = ({ messageId, body }: { messageId: string | undefined; body: Buffer }) => {
      seen.push(`${messageId}: ${body}`);
    };
    const options = { port: 0, script: atOnce, clock: systemClock, random: Math.random, onAccepted };
    const recipient = await startRecipient(options);
    t.after(() => recipient.close());
    await post(recipient, 'a', 'hello');
    assert.deepEqual(seen, ['a: hello']);
  });

  test('refuses without accepting', async (t) => {
    const recipient = await start(t, { ...atOnce, errorShare: 1 });
    assert.equal(await post(recipient, 'a'), 503);
    assert.equal(recipient.counts.refused, 1);
    assert.equal(recipient.accepted.size, 0);
  });

  test('throttles with Retry-After', async (t) => {
    const recipient = await start(t, { ...atOnce, throttleShare: 1, retryAfterSeconds: 3 });
    const answer = await request(recipient.url, { method: 'POST' });
    await answer.body.dump();
    assert.equal(answer.statusCode, 429);
    assert.equal(answer.headers['retry-after'], '3');
    assert.equal(recipient.counts.throttled, 1);
  });

  test('cuts connections', async (t) => {
    const recipient = await start(t, { ...atOnce, resetShare: 1 });
    await assert.rejects(post(recipient, 'a'));
    assert.equal(recipient.counts.reset, 1);
  });

  test('drips a slow body and ends it', async (t) => {
    const recipient = await start(t, { ...atOnce, slowBodyShare: 1 });
    const answer = await request(recipient.url, { method: 'POST' });
    assert.equal(answer.statusCode, 200);
    assert.match(await answer.body.text(), /^\.{2,}$/);
  });

  test('closes while requests wait for their answer', async () => {
    const script = { ...acceptingScript, latency: { kind: 'Uniform', minMs: 60_000, maxMs: 60_000 } } as const;
    const recipient = await startRecipient({ port: 0, script, clock: systemClock, random: Math.random });
    const waiting = assert.rejects(post(recipient, 'a'));
    while (recipient.counts.open === 0) await new Promise((resolve) => setImmediate(resolve));
    await recipient.close();
    await waiting;
    assert.equal(recipient.counts.accepted, 0);
  });
});
