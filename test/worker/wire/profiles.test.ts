import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type CloudEvent, HTTP } from 'cloudevents';
import { Webhook } from 'standardwebhooks';
import { systemClock } from '../../../api/clock.ts';
import type { Message } from '../../../worker/message.ts';
import { ScriptedServer, type SeenRequest, startRawServer } from '../../support/scripted-server.ts';
import { queueUrl, RecipientUnderTest } from '../recipient-under-test.ts';
import { FixedSecrets } from './fixed-secrets.ts';

const trace = '5759e988bd862e3fe1be46a994272793';
const order: Partial<Message> = {
  ...{ id: 'e2a7c0de-0000-4000-8000-000000000001', attempt: 2, receiveCount: 3, groupId: 'shop 1' },
  body: '{"price":12345678901234567890.10,"name":"grün"}',
  attributes: {
    tenant: { dataType: 'String', stringValue: 'acme "north" 100%' },
    'Price.EUR': { dataType: 'Number', stringValue: '12.5' },
    picture: { dataType: 'Binary', binaryValue: 'AAAA' },
    traceparent: { dataType: 'String', stringValue: `00-${trace}-53995c3f42cd8ad8-01` },
  },
  systemAttributes: { SenderId: 'AIDAEXAMPLE' },
};

/** Posts one message in a profile; resolves to the request as the recipient saw it. */
async function posted(
  fields: object,
  overrides: Partial<Message> = order,
  secrets?: FixedSecrets,
): Promise<SeenRequest> {
  await using server = await ScriptedServer.start();
  await using under = new RecipientUnderTest(`${server.origin}/events`, fields, systemClock, secrets);
  await under.post(overrides);
  return await server.request();
}

describe('the profile Sqsd', () => {
  it('sends the header names and values of aws-sqsd, byte for byte', async () => {
    let text = '';
    await using server = await startRawServer((socket) =>
      socket.on('data', (data) => {
        text += data;
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n');
      }),
    );
    await using under = new RecipientUnderTest(`http://${server.host}/`, { profile: 'Sqsd' });
    await under.post({
      ...order,
      attributes: {
        tenantId: { dataType: 'String', stringValue: 'acme' },
        'x-trace-ID': { dataType: 'Number.int', stringValue: '7' },
        picture: { dataType: 'Binary', binaryValue: 'AAAA' },
      },
    });
    const [head = '', body] = text.split('\r\n\r\n');
    assert.deepEqual(head.split('\r\n').sort(), [
      'POST / HTTP/1.1',
      'User-Agent: aws-sqsd/3.0.4',
      'X-Aws-Sqsd-Attr-Tenantid: acme',
      'X-Aws-Sqsd-Attr-X-Trace-Id: 7',
      'X-Aws-Sqsd-First-Received-At: 2026-01-01T00:00:00Z',
      `X-Aws-Sqsd-Msgid: ${order.id}`,
      'X-Aws-Sqsd-Queue: orders',
      'X-Aws-Sqsd-Receive-Count: 3',
      'X-Aws-Sqsd-Sender-Id: AIDAEXAMPLE',
      'X-Aws-Sqsd-Sent-At: 2026-01-01T00:00:00Z',
      'connection: keep-alive',
      `content-length: ${Buffer.byteLength(order.body ?? '')}`,
      'content-type: application/json',
      'courier-attempt: 2',
      `host: ${server.host}`,
    ]);
    assert.equal(body, order.body);
  });

  it('names the task and the time of a periodic task, and not as attributes', async () => {
    const text = (stringValue: string) => ({ dataType: 'String', stringValue });
    const { headers, path } = await posted(
      { profile: 'Sqsd' },
      {
        attributes: {
          'beanstalk.sqsd.path': text('/tasks/nightly'),
          'beanstalk.sqsd.task_name': text('nightly'),
          'beanstalk.sqsd.scheduled_time': text('2026-01-01 03:00:00 UTC'),
        },
      },
    );
    assert.equal(path, '/events');
    assert.equal(headers['x-aws-sqsd-taskname'], 'nightly');
    assert.equal(headers['x-aws-sqsd-scheduled-at'], '2026-01-01T03:00:00Z');
    assert.equal(headers['x-aws-sqsd-path'], '/tasks/nightly');
    assert.deepEqual(
      Object.keys(headers).filter((name) => name.includes('-attr-')),
      [],
    );
  });
});

describe('the profile StandardWebhooks', () => {
  const [old, current, foreign] = [1, 2, 3].map((n) => `whsec_${Buffer.alloc(32, n).toString('base64')}`);
  const fields = {
    profile: 'StandardWebhooks',
    signing: { secretKeyRefs: ['current', 'old'].map((key) => ({ name: 'hooks', key })) },
  };
  const secrets = () => new FixedSecrets({ 'hooks/current': current ?? '', 'hooks/old': old ?? '' });

  it('is accepted by the library of the format, with either secret while they are rotated, and with no other', async () => {
    const { headers, body } = await posted(fields, order, secrets());
    for (const secret of [old, current]) {
      assert.deepEqual(new Webhook(secret ?? '').verify(body, { ...headers }), JSON.parse(order.body ?? ''));
    }
    assert.throws(() => new Webhook(foreign ?? '').verify(body, { ...headers }), /No matching signature/);
    assert.throws(() => new Webhook(current ?? '').verify(`${body} `, { ...headers }), /No matching signature/);
    assert.equal(headers['webhook-id'], order.id);
    assert.equal(headers['courier-attempt'], '2');
  });

  it('signs with the secret that is there now', async () => {
    await using server = await ScriptedServer.start();
    const rotating = secrets();
    await using under = new RecipientUnderTest(server.origin, fields, systemClock, rotating);
    rotating.rotate({ 'hooks/current': foreign ?? '', 'hooks/old': current ?? '' });
    await under.post(order);
    const { headers, body } = await server.request();
    new Webhook(foreign ?? '').verify(body, { ...headers });
    assert.throws(() => new Webhook(old ?? '').verify(body, { ...headers }));
  });

  const unusable: [secret: string, says: RegExp][] = [
    ['whsk_AAAA', /asymmetric/],
    ['not base64!', /no secret of Standard Webhooks/],
    [`whsec_${Buffer.alloc(23).toString('base64')}`, /23 bytes/],
    [Buffer.alloc(65).toString('base64'), /65 bytes/],
  ];
  for (const [secret, says] of unusable) {
    it(`does not begin with a secret of which can be said: ${says.source}`, () => {
      const unfit = new FixedSecrets({ 'hooks/current': secret, 'hooks/old': old ?? '' });
      assert.throws(
        () => new RecipientUnderTest('http://127.0.0.1:9/', fields, systemClock, unfit),
        (error: Error) => says.test(error.message) && !error.message.includes(secret) && /hooks/.test(error.message),
      );
    });
  }
});

describe('the profile CloudEvents', () => {
  const eventOf = ({ headers, body }: SeenRequest) =>
    HTTP.toEvent({ headers: { ...headers }, body: String(body) }) as CloudEvent<unknown>;

  for (const mode of ['Binary', 'Structured']) {
    it(`is an event to the SDK of CloudEvents in the mode ${mode}`, async () => {
      const cloudEvents = { mode, type: 'shop.order.placed', source: '/shop/orders' };
      const request = await posted({ profile: 'CloudEvents', cloudEvents });
      const event = eventOf(request);
      assert.ok(event.validate());
      // The binding says that receivers decode header values; the SDK leaves that to its users.
      const text = (value: unknown) => (mode === 'Binary' ? decodeURIComponent(String(value)) : String(value));
      assert.deepEqual(
        [event.id, event.type, event.source, event.specversion, event.datacontenttype],
        [order.id, 'shop.order.placed', '/shop/orders', '1.0', 'application/json'],
      );
      assert.equal(event.time, '2026-01-01T00:00:00.000Z');
      assert.equal(text(event.partitionkey), 'shop 1');
      assert.equal(Number(event.courierattempt), 2);
      assert.equal(Number(event.courierreceivecount), 3);
      assert.equal(text(event.tenant), 'acme "north" 100%');
      assert.equal(text(event.courierattributes), '{"Price.EUR":"12.5"}');
      assert.equal(event.traceparent, `00-${trace}-53995c3f42cd8ad8-01`);
      assert.match(request.headers.traceparent ?? '', new RegExp(`^00-${trace}-(?!53995c3f42cd8ad8)[0-9a-f]{16}-01$`));
      assert.deepEqual(event.data, JSON.parse(order.body ?? ''));
    });
  }

  it('comes from the queue, and is of a type of its own, unless the Courier says otherwise', async () => {
    const { source, type } = eventOf(await posted({ profile: 'CloudEvents' }));
    assert.deepEqual([source, type], [queueUrl, 'dev.courier.message']);
  });

  it('holds JSON in its text as it came, digits and all', async () => {
    const { body } = await posted({ profile: 'CloudEvents', cloudEvents: { mode: 'Structured' } });
    assert.ok(String(body).includes(`"data":${order.body}`));
  });

  const bodies: [sentence: string, contentType: string, body: string][] = [
    ['calls itself JSON and is none', 'application/json', '{"half'],
    ['is text', 'text/plain; charset=utf-8', 'grün\n"1"'],
    ['is JSON of another name', 'application/problem+json', '{"a":1}'],
  ];
  for (const [sentence, contentType, body] of bodies) {
    it(`holds the same bytes in the mode Structured where the body ${sentence}`, async () => {
      const fields = { profile: 'CloudEvents', contentType, cloudEvents: { mode: 'Structured' } };
      const event = JSON.parse(String((await posted(fields, { body })).body));
      assert.equal(event.datacontenttype, contentType);
      const bytes = event.data_base64 === undefined ? undefined : Buffer.from(event.data_base64, 'base64').toString();
      const data = typeof event.data === 'object' ? JSON.stringify(event.data) : event.data;
      assert.equal(bytes ?? data, body);
    });
  }

  it('takes no message attribute for one of its own', async () => {
    const attributes = { id: { dataType: 'String', stringValue: 'mine' } };
    const event = eventOf(await posted({ profile: 'CloudEvents' }, { ...order, attributes }));
    assert.equal(event.id, order.id);
    assert.equal(decodeURIComponent(String(event.courierattributes)), '{"id":"mine"}');
  });

  it('has a place for an attribute that is called __proto__', async () => {
    const attributes = Object.fromEntries([['__proto__', { dataType: 'String', stringValue: 'x' }]]);
    const event = eventOf(await posted({ profile: 'CloudEvents' }, { ...order, attributes }));
    assert.equal(decodeURIComponent(String(event.courierattributes)), '{"__proto__":"x"}');
  });
});

it('a header takes its value from a Secret, and the new one once that has changed', async () => {
  await using server = await ScriptedServer.start();
  const fields = { headers: [{ name: 'x-key', valueFrom: { secretKeyRef: { name: 'keys', key: 'api' } } }] };
  const secrets = new FixedSecrets({ 'keys/api': 'one' });
  await using under = new RecipientUnderTest(server.origin, fields, systemClock, secrets);
  await under.post();
  secrets.rotate({ 'keys/api': 'two' });
  await under.post();
  assert.deepEqual(
    server.requests.map(({ headers }) => headers['x-key']),
    ['one', 'two'],
  );
  assert.throws(
    () => secrets.rotate({ 'keys/api': 'grün' }),
    (error: Error) => /the key api of the Secret keys holds/.test(error.message) && !error.message.includes('grün'),
  );
});
