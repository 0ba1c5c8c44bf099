import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { describeAwsFailure } from '../../../aws/explain.ts';
import type { Credentials } from '../../../aws/sigv4.ts';
import { QueueSampler } from '../../../operator/sampling/queue-sampler.ts';
import { startSts } from '../../support/sts.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { liveCourier } from '../courier/fixtures.ts';

const signal = new AbortController().signal;
const tenMinutes = 600_000;

/** An SQS that answers every look alike, and remembers who asked of which region over which connections. */
const seen = {
  keys: [] as string[],
  open: new Map<Socket, string>(),
  status: 200,
  echoes: false,
  endless: false,
  sent: 0,
};
const server = createServer((request, response) => {
  if (seen.endless) return endless(response);
  const [, key = '', region = ''] = /Credential=([^/]+)\/\d+\/([^/]+)/.exec(request.headers.authorization ?? '') ?? [];
  seen.keys.push(key);
  seen.open.set(request.socket, region);
  request.resume();
  const counters = Object.fromEntries(
    ['', 'NotVisible', 'Delayed'].map((of) => [`ApproximateNumberOfMessages${of}`, '7']),
  );
  const refused = {
    __type: 'com.amazonaws.sqs#InvalidClientTokenId',
    message: seen.echoes ? JSON.stringify(request.headers) : 'no such key',
  };
  const body = seen.status === 200 ? { Attributes: counters } : refused;
  response.writeHead(seen.status, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(body));
});

/** More than any answer, of which somebody who takes all of it finds that it is none. */
const endlessBytes = 100_000_000;

/** Answers for as long as somebody listens. */
function endless(response: ServerResponse): void {
  const chunk = Buffer.alloc(65_536, ' ');
  const write = () => {
    while (seen.sent < endlessBytes && !response.destroyed) {
      seen.sent += chunk.length;
      if (!response.write(chunk)) return;
    }
    response.end();
  };
  response.on('drain', write);
  write();
}

server.on('connection', (socket) => socket.on('close', () => seen.open.delete(socket)));

describe('a sampler of queues', () => {
  const clock = new VirtualClock();
  let endpoint = '';
  let credentials: Credentials;
  let reads: string[];
  let sampler: QueueSampler;
  before(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  beforeEach(() => {
    Object.assign(seen, { keys: [], open: new Map(), status: 200, echoes: false, endless: false, sent: 0 });
    credentials = { accessKeyId: 'first', secretAccessKey: 'x' };
    reads = [];
    sampler = new QueueSampler({
      clock,
      readCredentials: async (namespace, name) => {
        reads.push(`${namespace}/${name}`);
        return credentials;
      },
    });
  });
  afterEach(() => sampler.close());

  const courier = (fields = {}) =>
    liveCourier({
      'spec.queue.endpoint': endpoint,
      'spec.aws': { credentialsSecretRef: { name: 'keys' } },
      ...fields,
    });

  it('tells what SQS says', async () => {
    const { counters } = await sampler.look(courier(), signal);
    assert.deepEqual(counters, { visible: 7, notVisible: 7, delayed: 7 });
    assert.deepEqual(seen.keys, ['first']);
    assert.deepEqual(reads, ['shop/keys']);
  });

  it('shares connections and Secrets among Couriers that ask as the same identity', async () => {
    for (let n = 0; n < 20; n++) await sampler.look(courier({ 'metadata.name': `orders-${n}` }), signal);
    // A second one where the first is not yet free of the last answer.
    assert.ok(seen.open.size <= 2, `${seen.open.size} connections`);
    assert.deepEqual(reads, ['shop/keys']);
  });

  it('keeps identities apart: a Secret of the same name in another namespace is another', async () => {
    await sampler.look(courier(), signal);
    credentials = { accessKeyId: 'theirs', secretAccessKey: 'x' };
    await sampler.look(courier({ 'metadata.namespace': 'billing' }), signal);
    await sampler.look(courier(), signal);
    assert.deepEqual(seen.keys, ['first', 'theirs', 'first']);
    assert.deepEqual(reads, ['shop/keys', 'billing/keys']);
  });

  it('uses rotated credentials within half a minute', async () => {
    await sampler.look(courier(), signal);
    credentials = { accessKeyId: 'second', secretAccessKey: 'x' };
    await clock.advance(30_000);
    await sampler.look(courier(), signal);
    assert.deepEqual(seen.keys, ['first', 'second']);
  });

  it('reads the Secret anew at once when a look fails, so that nobody waits who has mended it', async () => {
    seen.status = 403;
    await assert.rejects(sampler.look(courier(), signal), { name: 'AwsError', code: 'InvalidClientTokenId' });
    credentials = { accessKeyId: 'mended', secretAccessKey: 'x' };
    seen.status = 200;
    await sampler.look(courier(), signal);
    assert.equal(seen.keys.at(-1), 'mended');
    assert.equal(reads.length, 2);
  });

  it('fails as reading the Secret does', async () => {
    const failing = new QueueSampler({ clock, readCredentials: () => Promise.reject(new Error('no such Secret')) });
    await assert.rejects(failing.look(courier(), signal), /no such Secret/);
    assert.deepEqual(seen.keys, []);
  });

  it('closes a client that nobody has used for ten minutes, and no other', async () => {
    await sampler.look(courier(), signal);
    const other = courier({ 'spec.queue.region': 'eu-west-2' });
    const regions = () => [...new Set(seen.open.values())];
    await clock.advance(tenMinutes - 1);
    await sampler.look(other, signal);
    assert.deepEqual(regions(), ['eu-west-1', 'eu-west-2']);
    await clock.advance(1);
    await sampler.look(other, signal);
    while (regions().length > 1) await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(regions(), ['eu-west-2']);
  });

  it('says in the name of a role’s session for which namespace it assumes the role', async (test) => {
    const sts = await startSts(test);
    const pod = { AWS_ENDPOINT_URL_STS: sts.url, AWS_ACCESS_KEY_ID: 'pod', AWS_SECRET_ACCESS_KEY: 'x' };
    const before = { ...process.env };
    Object.assign(process.env, pod);
    test.after(() => {
      for (const name of Object.keys(pod)) delete process.env[name];
      Object.assign(process.env, before);
    });
    const roleArn = 'arn:aws:iam::123456789012:role/orders';
    const long = 'n'.repeat(47);
    for (const namespace of ['shop', 'billing', long, `${long}n`]) {
      await sampler.look(courier({ 'metadata.namespace': namespace, 'spec.aws': { roleArn } }), signal);
    }
    const sessions = sts.calls.map((call) => call.get('RoleSessionName'));
    const operator = 'courier-operator';
    // One that does not fit is not cut off: it would be another's.
    assert.deepEqual(sessions, [`${operator}.shop`, `${operator}.billing`, `${operator}.${long}`, operator]);
    assert.deepEqual(new Set(seen.keys), new Set(['assumed']));
  });

  it('keeps no more of an answer than the attributes of a queue may be, whatever server a Courier names', async () => {
    seen.endless = true;
    await assert.rejects(sampler.look(courier(), signal), { name: 'AwsError', code: 'Network' });
    // What is on the way in buffers of the system counts as sent as well.
    assert.ok(seen.sent < endlessBytes / 2, `${seen.sent} bytes`);
  });

  it('fails with a sentence, for the status and for events, that holds no secret of a server that says what it was sent', async () => {
    seen.status = 403;
    seen.echoes = true;
    credentials = { accessKeyId: 'first', secretAccessKey: 'an-aws-secret', sessionToken: 'a-session-token' };
    const failure = await sampler.look(courier(), signal).then(
      () => assert.fail('the look succeeded'),
      (error: unknown) => describeAwsFailure(error),
    );
    assert.match(failure.sentence, /Credential=first/);
    assert.doesNotMatch(failure.sentence, /an-aws-secret|a-session-token/);
  });

  it('ends with the signal', async () => {
    const stop = AbortSignal.abort();
    await assert.rejects(sampler.look(courier(), stop));
  });
});
