import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { systemClock } from '../../api/clock.ts';
import { HttpRecipient } from '../../worker/http-recipient.ts';
import { openWire } from '../../worker/wire/wire.ts';
import { ScriptedServer, startRawServer } from '../support/scripted-server.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { recordingLog } from '../support/worker-log.ts';
import { outcomeOf, queueUrl, RecipientUnderTest } from './recipient-under-test.ts';
import { message } from './support.ts';
import { workerConfigOf } from './virtual-worker.ts';
import { FixedSecrets } from './wire/fixed-secrets.ts';

describe('a request to the recipient', () => {
  const bodies: [sentence: string, body: string][] = [
    ['of JSON', '{"order":1}'],
    ['of nothing', ''],
    ['of characters outside ASCII, control characters and line breaks', 'grün 🎉 \u0000\u0001\r\n\t"\\ 日本'],
    ['of a mebibyte', 'é🎉'.repeat((1 << 20) / 6)],
  ];
  for (const [sentence, body] of bodies) {
    it(`carries a body ${sentence} byte for byte`, async () => {
      await using server = await ScriptedServer.start();
      await using under = new RecipientUnderTest(server.origin);
      assert.equal(outcomeOf(await under.post({ body })), 200);
      const request = await server.request();
      assert.ok(request.body.equals(Buffer.from(body)));
      assert.equal(request.headers['content-length'], String(Buffer.byteLength(body)));
      assert.equal(request.headers['transfer-encoding'], undefined);
    });
  }

  const targets: [path: string, seen: string][] = [
    ['', '/'],
    ['/', '/'],
    ['/events', '/events'],
    ['/a/b/?x=1&y=%20&z', '/a/b/?x=1&y=%20&z'],
    ['?tenant=1', '/?tenant=1'],
    ['/grün', '/gr%C3%BCn'],
  ];
  for (const [path, seen] of targets) {
    it(`goes to ${seen} where the URL ends in "${path}"`, async () => {
      await using server = await ScriptedServer.start();
      await using under = new RecipientUnderTest(`${server.origin}${path}`);
      await under.post();
      assert.equal(server.requests[0]?.path, seen);
    });
  }

  for (const method of ['POST', 'PUT', 'PATCH']) {
    it(`has the method ${method} when that is asked for, also with nothing in its body`, async () => {
      await using server = await ScriptedServer.start();
      await using under = new RecipientUnderTest(server.origin, { method });
      await under.post({ body: '' });
      assert.deepEqual([server.requests[0]?.method, server.requests[0]?.headers['content-length']], [method, '0']);
    });
  }

  it('has these headers, and no others', async () => {
    await using server = await ScriptedServer.start();
    await using under = new RecipientUnderTest(server.origin, {
      contentType: 'text/plain; charset=utf-8',
      headers: [{ name: 'Authorization', value: 'Bearer t' }],
    });
    await under.post({
      ...{ id: 'id-1', body: 'hi', attempt: 2, receiveCount: 3, groupId: 'grün' },
      attributes: {
        tenant: { dataType: 'String', stringValue: 'acme' },
        'price.eur': { dataType: 'Number', stringValue: '12.5' },
        picture: { dataType: 'Binary', binaryValue: 'AAAA' },
      },
    });
    assert.deepEqual(server.requests[0]?.headers, {
      host: server.origin.replace('http://', ''),
      connection: 'keep-alive',
      'content-type': 'text/plain; charset=utf-8',
      'content-length': '2',
      'user-agent': 'courier',
      authorization: 'Bearer t',
      'courier-queue': queueUrl,
      'courier-message-id': 'id-1',
      'courier-attempt': '2',
      'courier-receive-count': '3',
      'courier-sent-time': '2026-01-01T00:00:00.000Z',
      'courier-first-received-time': '2026-01-01T00:00:00.500Z',
      'courier-group-id': 'gr%C3%BCn',
      'courier-attribute-tenant': 'acme',
      'courier-attribute-price.eur': '12.5',
    });
  });
});

describe("the recipient's answer", () => {
  for (const status of [200, 201, 202, 204, 299, 304, 400, 404, 410, 429, 500, 503, 504]) {
    it(`of ${status} is an attempt with that status`, async () => {
      await using server = await ScriptedServer.start();
      server.respond = ({ response }) => response.writeHead(status).end();
      await using under = new RecipientUnderTest(server.origin);
      assert.equal(outcomeOf(await under.post()), status);
    });
  }

  for (const status of [301, 302, 303, 307, 308]) {
    it(`of ${status} is not followed`, async () => {
      await using server = await ScriptedServer.start();
      server.respond = ({ response }) => response.writeHead(status, { location: `${server.origin}/elsewhere` }).end();
      await using under = new RecipientUnderTest(server.origin);
      assert.equal(outcomeOf(await under.post()), status);
      assert.equal(server.requests.length, 1);
    });
  }

  const retryAfters: [sentence: string, header: string | string[], seen: string | string[]][] = [
    ['in seconds', '7', '7'],
    ['as a date', 'Thu, 01 Jan 2026 00:01:00 GMT', 'Thu, 01 Jan 2026 00:01:00 GMT'],
    ['that comes twice, as a list', ['7', '9'], ['7', '9']],
  ];
  for (const [sentence, header, seen] of retryAfters) {
    it(`hands on a Retry-After ${sentence}`, async () => {
      await using server = await ScriptedServer.start();
      server.respond = ({ response }) => response.setHeader('retry-after', header).writeHead(429).end('slow down');
      await using under = new RecipientUnderTest(server.origin);
      const attempt = await under.post();
      assert.ok(attempt.error === undefined);
      assert.deepEqual([attempt.status, attempt.headers['retry-after']], [429, seen]);
    });
  }

  it('is 431 when the attributes are larger than the recipient takes, so that the table decides, and never a reset', async () => {
    await using server = await ScriptedServer.start();
    await using under = new RecipientUnderTest(server.origin);
    for (const bytes of [20_000, 200_000, 1_000_000]) {
      const attributes = { big: { dataType: 'String', stringValue: 'x'.repeat(bytes) } };
      assert.equal(outcomeOf(await under.post({ attributes })), 431);
    }
    assert.equal(outcomeOf(await under.post()), 200);
  });

  it('is the final one, not the informational one before it', async () => {
    await using server = await ScriptedServer.start();
    server.respond = ({ response }) => {
      response.writeEarlyHints({ link: '</a>; rel=preload' });
      response.writeHead(202).end();
    };
    await using under = new RecipientUnderTest(server.origin);
    assert.equal(outcomeOf(await under.post()), 202);
  });

  it('is complete with the last byte of its body, which is read and dropped, and takes its time until then', async () => {
    const clock = new VirtualClock();
    await using server = await ScriptedServer.start();
    server.respond = ({ response }) => response.writeHead(200).write('a'.repeat(1 << 20));
    await using under = new RecipientUnderTest(server.origin, {}, clock);
    const attempt = under.post();
    const { response } = await server.request();
    await clock.advance(1234);
    response.end('the last byte');
    const { status, durationMs } = await attempt;
    assert.deepEqual([status, durationMs], [200, 1234]);
  });
});

describe('the connections to the recipient', () => {
  it('are kept and used again, in turn, since undici lets one rest for a moment', async () => {
    await using server = await ScriptedServer.start();
    server.respond = ({ response }) => response.end('thanks');
    await using under = new RecipientUnderTest(server.origin);
    for (let n = 0; n < 10; n++) await under.post();
    assert.ok(server.connections <= 2, `${server.connections} connections`);
  });

  it('are never more than the recipient bears, each with one request at a time', async () => {
    await using server = await ScriptedServer.start();
    let [open, mostOpen] = [0, 0];
    server.respond = ({ response }) => {
      mostOpen = Math.max(mostOpen, ++open);
      setImmediate(() => {
        open--;
        response.end();
      });
    };
    await using under = new RecipientUnderTest(server.origin, { concurrency: { maxPerReplica: 3 } });
    const attempts = await Promise.all(Array.from({ length: 40 }, () => under.post()));
    assert.ok(attempts.every((attempt) => attempt.error === undefined));
    assert.ok(mostOpen <= 3, `${mostOpen} requests open at once`);
    assert.ok(server.mostOpenConnections <= 3, `${server.mostOpenConnections} connections open at once`);
  });

  it('are replaced when the server closed them between two requests', async () => {
    await using server = await ScriptedServer.start();
    await using under = new RecipientUnderTest(server.origin);
    server.respond = ({ response }) => {
      response.end(() => response.socket?.end());
    };
    for (let n = 1; n <= 5; n++) {
      const attempt = under.post();
      const { response } = await server.request(n);
      const closed = response.socket === null ? undefined : once(response.socket, 'close');
      assert.equal(outcomeOf(await attempt), 200);
      await closed;
    }
    assert.equal(server.connections, 5);
  });

  it('are replaced when the server closes them with each answer', async () => {
    await using server = await ScriptedServer.start();
    await using under = new RecipientUnderTest(server.origin);
    server.respond = ({ response }) => response.writeHead(200, { connection: 'close' }).end();
    for (let n = 0; n < 5; n++) assert.equal(outcomeOf(await under.post()), 200);
    assert.equal(server.connections, 5);
  });

  it('do not make an attempt end twice when the server breaks off right after its answer', async () => {
    await using server = await startRawServer((socket) =>
      socket.on('data', () => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok', () => socket.resetAndDestroy());
      }),
    );
    await using under = new RecipientUnderTest(`http://${server.host}/`);
    const attempts = await Promise.all(Array.from({ length: 20 }, () => under.post()));
    for (const attempt of attempts) assert.ok(attempt.error === undefined || attempt.error === 'Reset');
  });
});

describe('the recipient that is closed', () => {
  it('lets open requests end first', async () => {
    const clock = new VirtualClock();
    await using server = await ScriptedServer.start();
    server.respond = () => {};
    await using under = new RecipientUnderTest(server.origin, {}, clock);
    const attempt = under.post();
    const { response } = await server.request();
    let closed = false;
    const closing = under.close().then(() => {
      closed = true;
    });
    await new Promise(setImmediate);
    assert.equal(closed, false);
    response.end();
    assert.equal(outcomeOf(await attempt), 200);
    await closing;
    assert.equal(clock.pending, 0, 'no timer is left');
  });

  it('keeps the deadlines of those', async () => {
    const clock = new VirtualClock();
    await using server = await ScriptedServer.start();
    server.respond = () => {};
    await using under = new RecipientUnderTest(server.origin, {}, clock);
    const attempt = under.post();
    await server.request();
    const closing = under.close();
    await clock.advance(31_000);
    assert.equal(outcomeOf(await attempt), 'Timeout');
    await closing;
  });

  it('posts nothing any more', async () => {
    await using server = await ScriptedServer.start();
    await using under = new RecipientUnderTest(server.origin);
    await under.close();
    assert.equal(outcomeOf(await under.post()), 'Protocol');
    assert.equal(server.requests.length, 0);
  });
});

it('a defect of the worker is not taken for a failure of the attempt: it surfaces, and the attempt ends once', async () => {
  await using server = await ScriptedServer.start();
  const { spec } = workerConfigOf(queueUrl, {}, { url: server.origin });
  const { log } = recordingLog(systemClock);
  const wire = openWire(spec, { secrets: new FixedSecrets(), clock: systemClock, random: Math.random, log });
  const recipient = new HttpRecipient(spec, wire, systemClock);
  const defect = new Error('a defect');
  let ends = 0;
  const surfaced = new Promise<Error>((resolve) => process.setUncaughtExceptionCaptureCallback(resolve));
  recipient.post(message(), () => {
    ends++;
    throw defect;
  });
  assert.equal(await surfaced, defect);
  process.setUncaughtExceptionCaptureCallback(null);
  await recipient.close();
  assert.equal(ends, 1);
});
