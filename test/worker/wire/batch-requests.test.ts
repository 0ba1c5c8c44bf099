import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type CloudEvent, HTTP } from 'cloudevents';
import { Webhook } from 'standardwebhooks';
import { systemClock } from '../../../api/clock.ts';
import type { Message } from '../../../worker/message.ts';
import type { BatchResult } from '../../../worker/recipient.ts';
import { ScriptedServer, type SeenRequest } from '../../support/scripted-server.ts';
import { RecipientUnderTest } from '../recipient-under-test.ts';
import { message } from '../support.ts';
import { FixedSecrets } from './fixed-secrets.ts';

const trace = '5759e988bd862e3fe1be46a994272793';
const messages: readonly Message[] = [
  message({
    ...{ id: 'a', body: '{"n":1}', groupId: 'g' },
    attributes: {
      tenant: { dataType: 'String', stringValue: 'acme' },
      traceparent: { dataType: 'String', stringValue: `00-${trace}-53995c3f42cd8ad8-01` },
    },
  }),
  message({ id: 'b', body: 'line\nbreak "grün"', receiveCount: 2 }),
];

function send(under: RecipientUnderTest, batch: readonly Message[] = messages): Promise<BatchResult> {
  const request = under.recipient.begin();
  for (const each of batch) assert.ok(request.add(each, each.attempt + 1));
  return new Promise((resolve) => request.post(resolve));
}

/** Posts the messages in one request; resolves to that as the recipient saw it. */
async function sent(fields: object, secrets?: FixedSecrets): Promise<SeenRequest> {
  await using server = await ScriptedServer.start();
  await using under = new RecipientUnderTest(server.origin, fields, systemClock, secrets);
  const { attempt, failed } = await send(under);
  assert.deepEqual([attempt.status, failed.size], [200, 0]);
  assert.equal(server.requests.length, 1);
  return await server.request();
}

describe('a request with several messages', () => {
  const elements = [
    {
      ...{ messageId: 'a', attempt: 1, receiveCount: 1, groupId: 'g', body: '{"n":1}' },
      ...{ sentTime: '2026-01-01T00:00:00.000Z', firstReceivedTime: '2026-01-01T00:00:00.500Z' },
      attributes: { tenant: 'acme', traceparent: `00-${trace}-53995c3f42cd8ad8-01` },
    },
    {
      ...{ messageId: 'b', attempt: 1, receiveCount: 2, body: 'line\nbreak "grün"', attributes: {} },
      ...{ sentTime: '2026-01-01T00:00:00.000Z', firstReceivedTime: '2026-01-01T00:00:00.500Z' },
    },
  ];

  const formats: [format: string, contentType: string, read: (body: string) => Record<string, unknown>[]][] = [
    ['JSONArray', 'application/json', (body) => JSON.parse(body)],
    [
      'NDJSON',
      'application/x-ndjson',
      (body) =>
        body
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line)),
    ],
  ];
  for (const [format, contentType, read] of formats) {
    it(`holds each with its facts in the format ${format}`, async () => {
      const { headers, body } = await sent({ batch: { maxMessages: 10, format } });
      assert.equal(headers['content-type'], contentType);
      assert.equal(headers['courier-batch-size'], '2');
      const seen = read(String(body));
      assert.match(String(seen[0]?.traceparent), new RegExp(`^00-${trace}-(?!53995c3f42cd8ad8)[0-9a-f]{16}-01$`));
      assert.deepEqual(
        seen.map(({ traceparent: _own, ...element }) => element),
        elements,
      );
    });
  }

  it('holds an attribute that is called __proto__', async () => {
    await using server = await ScriptedServer.start();
    await using under = new RecipientUnderTest(server.origin, { batch: { maxMessages: 10 } });
    const attributes = Object.fromEntries([['__proto__', { dataType: 'String', stringValue: 'x' }]]);
    await send(under, [message({ attributes })]);
    assert.match(String((await server.request()).body), /"attributes":\{"__proto__":"x"\}/);
  });

  it('is a batch of events to the SDK of CloudEvents', async () => {
    const batch = { maxMessages: 10, format: 'CloudEventsBatch' };
    const { headers, body } = await sent({ profile: 'CloudEvents', contentType: 'text/plain', batch });
    const events = HTTP.toEvent({ headers: { ...headers }, body: String(body) }) as CloudEvent<unknown>[];
    for (const event of events) assert.ok(event.validate());
    assert.deepEqual(
      events.map(({ id, data, tenant, partitionkey, courierattempt }) => [
        id,
        data,
        tenant,
        partitionkey,
        courierattempt,
      ]),
      [
        ['a', '{"n":1}', 'acme', 'g', 1],
        ['b', 'line\nbreak "grün"', undefined, undefined, 1],
      ],
    );
  });

  it('is signed as a whole, with an id that is the same for the same messages', async () => {
    const secret = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
    const fields = {
      ...{ profile: 'StandardWebhooks', batch: { maxMessages: 10 } },
      signing: { secretKeyRefs: [{ name: 'hooks', key: 'current' }] },
    };
    const secrets = new FixedSecrets({ 'hooks/current': secret });
    const [one, two] = [await sent(fields, secrets), await sent(fields, secrets)];
    for (const { headers, body } of [one, two]) new Webhook(secret).verify(body, { ...headers });
    assert.equal(one.headers['webhook-id'], two.headers['webhook-id']);
  });

  it('takes no more than fits, but any one message', async () => {
    await using under = new RecipientUnderTest('http://127.0.0.1:9/', { batch: { maxMessages: 100, maxBytes: 1024 } });
    const large = message({ body: 'x'.repeat(2000) });
    const request = under.recipient.begin();
    assert.deepEqual([request.add(large, 1), request.add(message(), 1)], [true, false]);
    await using server = await ScriptedServer.start();
    await using other = new RecipientUnderTest(server.origin, { batch: { maxMessages: 100, maxBytes: 1024 } });
    const small = other.recipient.begin();
    let count = 0;
    while (small.add(message({ body: '"grün"'.repeat(5) }), 1)) count++;
    await new Promise((resolve) => small.post(resolve));
    const { body } = await server.request();
    assert.equal(JSON.parse(String(body)).length, count);
    assert.ok(body.length <= 1024 && body.length > 700, `${body.length} bytes`);
  });
});

describe("a recipient's answer to a batch", () => {
  const answers: [body: string, partialFailures: boolean, outcome: unknown][] = [
    ['{"batchItemFailures":[{"itemIdentifier":"b"}]}', true, [200, ['b']]],
    ['{"batchItemFailures":[{"itemIdentifier":"b"}]}', false, [200, []]],
    ['OK', false, [200, []]],
    ['OK', true, ['InvalidAnswer', []]],
    ['"'.padEnd(2_000_000, 'x'), true, ['InvalidAnswer', []]],
  ];
  for (const [body, partialFailures, outcome] of answers) {
    it(`of ${body.slice(0, 60)} is ${outcome} where partialFailures is ${partialFailures}`, async () => {
      await using server = await ScriptedServer.start();
      server.respond = ({ response }) => response.end(body);
      await using under = new RecipientUnderTest(server.origin, { batch: { maxMessages: 10, partialFailures } });
      const { attempt, failed } = await send(under);
      assert.deepEqual([attempt.error ?? attempt.status, [...failed]], outcome);
    });
  }

  it('that refuses it is not read for single messages', async () => {
    await using server = await ScriptedServer.start();
    server.respond = ({ response }) => response.writeHead(503).end('<html>');
    await using under = new RecipientUnderTest(server.origin, { batch: { maxMessages: 10, partialFailures: true } });
    assert.equal((await send(under)).attempt.status, 503);
  });
});
