import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { systemClock } from '../../api/clock.ts';
import { parseAnswer } from '../../aws/answers.ts';
import { DataPlane, type DataPlaneOptions } from '../../aws/data-plane.ts';
import { AwsError } from '../../aws/errors.ts';
import { describeAwsFailure } from '../../aws/explain.ts';
import { failureAs } from '../support/failure.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { type CannedRequest, json, startCannedServer, text } from './canned-server.ts';

const subject = { resource: 'queue', name: 'https://sqs.eu-west-1.amazonaws.com/123456789012/orders' } as const;
const credentials = { accessKeyId: 'AKID', secretAccessKey: 'secret' };

function openDataPlane(endpoint: string, options: Partial<DataPlaneOptions> = {}): DataPlane {
  return new DataPlane({
    ...{ service: 'sqs', region: 'eu-west-1', jsonVersion: '1.0', clock: systemClock, subject },
    endpoint,
    credentials: async () => credentials,
    ...options,
  });
}

/** The error that `call` throws. */
function failureOf(call: Promise<unknown>): Promise<AwsError> {
  return failureAs(AwsError, call);
}

const read = (body: Buffer) => body.toString();

const limits = { timeoutMs: 10_000, read };

test('a call posts the signed body and resolves to the answer', async () => {
  await using server = await startCannedServer(json(200, { answer: 'é' }));
  const plane = openDataPlane(server.endpoint);
  const answer = await plane.call('AmazonSQS.ReceiveMessage', '{"question":"ü"}', limits);
  assert.deepEqual(JSON.parse(answer), { answer: 'é' });
  assert.equal(server.requests[0]?.body, '{"question":"ü"}');
  assert.equal(server.requests[0]?.headers['content-type'], 'application/x-amz-json-1.0');
  await plane.close();
});

test('an answer of many chunks is put together again', async () => {
  const long = 'é'.repeat(500_000);
  await using server = await startCannedServer(json(200, { long }));
  const plane = openDataPlane(server.endpoint);
  assert.deepEqual(JSON.parse(await plane.call('AmazonSQS.ReceiveMessage', '{}', limits)), { long });
  await plane.close();
});

const refusals = [
  {
    name: 'the query protocol name wins, without its prefix and fault, translated to the name of the JSON protocol',
    respond: json(
      400,
      { __type: 'com.amazonaws.sqs#QueueDoesNotExist', message: 'no such queue' },
      { 'x-amzn-query-error': 'AWS.SimpleQueueService.NonExistentQueue;Sender' },
    ),
    expected: { code: 'QueueDoesNotExist', status: 400, message: 'no such queue' },
  },
  {
    name: 'the namespace is removed from __type',
    respond: json(400, { __type: 'com.amazon.coral.service#AccessDeniedException', Message: 'no' }),
    expected: { code: 'AccessDeniedException', status: 400, message: 'no' },
  },
  {
    name: 'the header x-amzn-errortype names the error where the body does not',
    respond: json(503, {}, { 'x-amzn-errortype': 'ServiceUnavailableException:http://internal.amazon.com/' }),
    expected: { code: 'ServiceUnavailableException', status: 503, message: 'ServiceUnavailableException' },
  },
  {
    name: 'a page of HTML is not an answer of the service',
    respond: text(502, '<html>Bad Gateway</html>'),
    expected: {
      code: 'InvalidResponse',
      status: 502,
      message: 'the answer has HTTP status 502 and names no error: <html>Bad Gateway</html>',
    },
  },
  {
    name: 'an empty body is not an answer of the service',
    respond: text(500, ''),
    expected: {
      code: 'InvalidResponse',
      status: 500,
      message: 'the answer has HTTP status 500 and names no error: its body is empty',
    },
  },
  {
    name: 'a redirect is not followed',
    respond: text(301, '', { location: 'http://127.0.0.1:1/' }),
    expected: {
      code: 'InvalidResponse',
      status: 301,
      message: 'the answer has HTTP status 301 and names no error: its body is empty',
    },
  },
];

for (const { name, respond, expected } of refusals) {
  test(name, async () => {
    await using server = await startCannedServer(respond);
    const plane = openDataPlane(server.endpoint);
    const { code, status, message, subject: about } = await failureOf(plane.call('AmazonSQS.X', '{}', limits));
    assert.deepEqual({ code, status, message }, expected);
    assert.equal(about, subject);
    assert.equal(server.requests.length, 1, 'a failed call is not repeated');
    await plane.close();
  });
}

test('an endpoint where nobody listens is a failure of the network that names it', async () => {
  const server = await startCannedServer();
  await server[Symbol.asyncDispose]();
  const plane = openDataPlane(server.endpoint);
  const { code, message } = await failureOf(plane.call('AmazonSQS.X', '{}', limits));
  assert.equal(code, 'Network');
  assert.equal(
    message,
    `${server.endpoint} cannot be reached (connect ECONNREFUSED ${server.endpoint.slice('http://'.length)})`,
  );
  await plane.close();
});

test('a connection that is cut before the answer is whole is a failure of the network', async () => {
  await using server = await startCannedServer((_request, response) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('{"Messages":[', () => response.destroy());
  });
  const plane = openDataPlane(server.endpoint);
  const { code, status } = await failureOf(plane.call('AmazonSQS.X', '{}', limits));
  assert.deepEqual({ code, status }, { code: 'Network', status: undefined });
  await plane.close();
});

test('what does not speak HTTP is a failure of the network', async () => {
  const server = createServer((socket) => socket.end('SSH-2.0-OpenSSH\r\n')).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  const plane = openDataPlane(`http://127.0.0.1:${address.port}`);
  assert.equal((await failureOf(plane.call('AmazonSQS.X', '{}', limits))).code, 'Network');
  await plane.close();
  server.close();
});

test('the deadline ends a call whose answer never begins', async () => {
  const clock = new VirtualClock();
  const asked = Promise.withResolvers<void>();
  await using server = await startCannedServer(() => asked.resolve());
  const plane = openDataPlane(server.endpoint, { clock });
  const call = failureOf(plane.call('AmazonSQS.X', '{}', { timeoutMs: 30_000, read }));
  await asked.promise;
  await clock.advance(29_999);
  assert.equal(clock.pending, 1);
  await clock.advance(1);
  const { code, message } = await call;
  assert.deepEqual(
    { code, message },
    { code: 'Timeout', message: `${server.endpoint} gave no complete answer within 30 s` },
  );
  await plane.close();
});

test('the deadline ends a call whose answer trickles in without an end', async () => {
  const clock = new VirtualClock();
  const { promise: closed, resolve: close } = Promise.withResolvers<void>();
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  await using server = await startCannedServer((_request, response) => {
    response.on('close', close);
    response.writeHead(200);
    response.write('{', () => begin());
  });
  const plane = openDataPlane(server.endpoint, { clock });
  const call = failureOf(plane.call('AmazonSQS.X', '{}', { timeoutMs: 10_000, read }));
  await begun;
  await clock.advance(10_000);
  assert.equal((await call).code, 'Timeout');
  await closed;
  await plane.close();
});

test('a call leaves no timer behind', async () => {
  const clock = new VirtualClock();
  await using server = await startCannedServer(json(200, {}));
  const plane = openDataPlane(server.endpoint, { clock });
  await plane.call('AmazonSQS.X', '{}', limits);
  assert.equal(clock.pending, 0);
  await plane.close();
});

test('aborting a call closes its connection and rejects with the reason as the cause', async () => {
  const asked = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<void>();
  await using server = await startCannedServer((_request, response) => {
    response.on('close', closed.resolve);
    asked.resolve();
  });
  const plane = openDataPlane(server.endpoint);
  const controller = new AbortController();
  const call = failureOf(plane.call('AmazonSQS.X', '{}', limits, controller.signal));
  await asked.promise;
  controller.abort('enough');
  const { code, cause } = await call;
  assert.deepEqual({ code, cause }, { code: 'Aborted', cause: 'enough' });
  await closed.promise;
  await plane.close();
});

test('a signal that has aborted keeps the call from being sent', async () => {
  await using server = await startCannedServer(json(200, {}));
  const plane = openDataPlane(server.endpoint);
  assert.equal((await failureOf(plane.call('AmazonSQS.X', '{}', limits, AbortSignal.abort()))).code, 'Aborted');
  await plane.close();
  assert.equal(server.requests.length, 0);
});

test('a call that is aborted while it waits for a connection is not sent afterwards', async () => {
  await using server = await startCannedServer(json(200, {}));
  const plane = openDataPlane(server.endpoint);
  const controller = new AbortController();
  const call = failureOf(plane.call('AmazonSQS.Aborted', '{}', limits, controller.signal));
  // Microtasks only: the call goes as far as it can without the network.
  for (let turn = 0; turn < 50; turn++) await undefined;
  controller.abort();
  assert.equal((await call).code, 'Aborted');
  await plane.call('AmazonSQS.Next', '{}', limits);
  assert.deepEqual(
    server.requests.map(({ target }) => target),
    ['AmazonSQS.Next'],
  );
  await plane.close();
});

test('credentials are asked for before each call', async () => {
  await using server = await startCannedServer(json(200, {}));
  let calls = 0;
  const plane = openDataPlane(server.endpoint, {
    credentials: async () => ({ accessKeyId: `AKID${++calls}`, secretAccessKey: 's', sessionToken: `token${calls}` }),
  });
  await plane.call('AmazonSQS.X', '{}', limits);
  await plane.call('AmazonSQS.X', '{}', limits);
  assert.deepEqual(
    server.requests.map(({ headers }) => [
      headers['x-amz-security-token'],
      /Credential=(\w+)/.exec(auth(headers))?.[1],
    ]),
    [
      ['token1', 'AKID1'],
      ['token2', 'AKID2'],
    ],
  );
  await plane.close();
});

test('credentials that cannot be found are an error of their own', async () => {
  const plane = openDataPlane('http://127.0.0.1:1', { credentials: () => Promise.reject(new Error('no profile x')) });
  const { code, message } = await failureOf(plane.call('AmazonSQS.X', '{}', limits));
  assert.deepEqual({ code, message }, { code: 'Credentials', message: 'no profile x' });
  await plane.close();
});

const serviceTime = Date.parse('2026-05-01T12:00:00Z');

/** A service that refuses what was signed for another time than its own, give or take five minutes. */
function punctual(code: string) {
  return (request: CannedRequest, response: Parameters<ReturnType<typeof json>>[1]) => {
    const signedAt = readAmzDate(String(request.headers['x-amz-date']));
    const date = new Date(serviceTime).toUTCString();
    const late = Math.abs(signedAt - serviceTime) > 300_000;
    const answer = late ? json(403, { __type: code, message: 'Signature expired' }, { date }) : json(200, {}, { date });
    answer(request, response);
  };
}

for (const code of ['RequestTimeTooSkewed', 'SignatureDoesNotMatch', 'com.amazon.coral#InvalidSignatureException']) {
  for (const skewMs of [-3_600_000, 3_600_000]) {
    test(`a clock that is off by ${skewMs / 60_000} minutes costs one repetition, then none (${code})`, async () => {
      await using server = await startCannedServer(punctual(code));
      const plane = openDataPlane(server.endpoint, { clock: new VirtualClock(serviceTime + skewMs) });
      await plane.call('AmazonSQS.X', '{}', limits);
      assert.equal(server.requests.length, 2);
      await plane.call('AmazonSQS.X', '{}', limits);
      assert.equal(server.requests.length, 3);
      await plane.close();
    });
  }
}

test('a signature refused although the clock is right is not tried again', async () => {
  const date = new Date(serviceTime).toUTCString();
  await using server = await startCannedServer(json(403, { __type: 'SignatureDoesNotMatch' }, { date }));
  const plane = openDataPlane(server.endpoint, { clock: new VirtualClock(serviceTime + 10_000) });
  assert.equal((await failureOf(plane.call('AmazonSQS.X', '{}', limits))).code, 'SignatureDoesNotMatch');
  assert.equal(server.requests.length, 1);
  await plane.close();
});

test('a service that refuses the corrected time, too, is believed', async () => {
  const date = new Date(serviceTime).toUTCString();
  await using server = await startCannedServer(json(403, { __type: 'RequestTimeTooSkewed' }, { date }));
  const plane = openDataPlane(server.endpoint, { clock: new VirtualClock(0) });
  assert.equal((await failureOf(plane.call('AmazonSQS.X', '{}', limits))).code, 'RequestTimeTooSkewed');
  assert.equal(server.requests.length, 2);
  await plane.close();
});

for (const endpoint of ['localhost:9324', 'ftp://localhost', 'http://localhost/path', 'nonsense']) {
  test(`${endpoint} is not an endpoint`, () => {
    assert.throws(
      () => openDataPlane(endpoint),
      (error) => error instanceof AwsError && error.code === 'Endpoint' && error.subject?.endpoint === endpoint,
    );
  });
}

test('credentials in an endpoint are refused, and not repeated', () => {
  assert.throws(
    () => openDataPlane('http://somebody:s3cret@localhost:9324/x'),
    (error) => {
      assert.ok(error instanceof AwsError && error.code === 'Endpoint');
      assert.equal(error.subject?.endpoint, 'http://localhost:9324');
      assert.doesNotMatch(describeAwsFailure(error).sentence, /s3cret|somebody/);
      return true;
    },
  );
});

test('a server that says what it was sent has no session token repeated', async () => {
  const sessionToken = 'FwoGZXIvYXdzEBYaD';
  await using server = await startCannedServer();
  const plane = openDataPlane(server.endpoint, { credentials: async () => ({ ...credentials, sessionToken }) });
  const answers = [json(403, { __type: sessionToken, message: `no ${sessionToken}` }), text(200, sessionToken)];
  for (const respond of answers) {
    server.respond = respond;
    const error = await failureOf(plane.call('AmazonSQS.X', '{}', { ...limits, read: parseAnswer }));
    assert.doesNotMatch(`${error.code} ${error.message}`, new RegExp(sessionToken));
    assert.match(error.message, /\[redacted\]/);
  }
  assert.equal(server.requests[0]?.headers['x-amz-security-token'], sessionToken);
  await plane.close();
});

test('an answer beyond the limit is not kept', async () => {
  await using server = await startCannedServer(json(200, { long: 'x'.repeat(2_000) }));
  const plane = openDataPlane(server.endpoint, { maxAnswerBytes: 1_000 });
  assert.equal((await failureOf(plane.call('AmazonSQS.X', '{}', limits))).code, 'Network');
  server.respond = json(200, { short: 'x'.repeat(500) });
  assert.equal((await plane.call('AmazonSQS.X', '{}', limits)).length, 512);
  await plane.close();
});

function auth(headers: CannedRequest['headers']): string {
  return headers.authorization ?? '';
}

function readAmzDate(date: string): number {
  return Date.parse(date.replace(/^(\d{4})(\d\d)(\d\dT\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3:$4:$5Z'));
}
