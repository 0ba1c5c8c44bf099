import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { it, type TestContext } from 'node:test';
import { startEmbeddedAws } from '../../../aws/embedded/server.ts';
import { eventually, temporaryDirectory, WorkerUnderTest } from '../../support/worker-under-test.ts';

const signingSecret = `whsec_${Buffer.from('twenty-four bytes, at least').toString('base64')}`;

/** The files of three Secrets. Each value can be found wherever it would turn up. */
const secrets = {
  login: { client_id: 'the-client', client_secret: 'a-client-secret' },
  keys: { api: 'an-api-key', signing: signingSecret },
  aws: { AWS_ACCESS_KEY_ID: 'AKIAEMBEDDED', AWS_SECRET_ACCESS_KEY: 'an-aws-secret' },
} as const;
const token = 'an-access-token';
/** What nobody but the other side may see; Basic credentials too, as they travel. */
const hidden = [
  ...[secrets.login.client_secret, secrets.keys.api, secrets.aws.AWS_SECRET_ACCESS_KEY, token, 'a-new-key'],
  ...[signingSecret, signingSecret.slice('whsec_'.length)],
  Buffer.from(`${secrets.login.client_id}:${secrets.login.client_secret}`).toString('base64'),
];

/** A recipient with its own token endpoint, which answers with everything that it was sent, and fails in several ways. */
async function startEcho(test: TestContext) {
  const seen: IncomingHttpHeaders[] = [];
  const statuses = [200, 401, 503, 422, 302];
  const server = createServer(async (request, response) => {
    await request.toArray();
    if (request.url === '/token') {
      response.end(JSON.stringify({ access_token: token, token_type: 'Bearer', expires_in: 3600 }));
      return;
    }
    const status = statuses[seen.push(request.headers) % (statuses.length + 1)];
    if (status === undefined) request.socket.destroy();
    else response.writeHead(status, { location: `/?${token}` }).end(JSON.stringify(request.headers));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  test.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { seen, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

async function writeSecrets(directory: string): Promise<void> {
  for (const [name, values] of Object.entries(secrets)) {
    await mkdir(join(directory, name), { recursive: true });
    for (const [key, value] of Object.entries(values)) await writeFile(join(directory, name, key), value);
  }
}

async function textsIn(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return await Promise.all(files.map(({ parentPath, name }) => readFile(join(parentPath, name), 'utf8')));
}

it('a worker tells no secret: not in its log, its status, its metrics, the audit or dead letters', async (test) => {
  await using directory = await temporaryDirectory();
  const [secretDirectory, audit] = [join(directory.path, 'secrets'), join(directory.path, 'audit')];
  await writeSecrets(secretDirectory);
  const echo = await startEcho(test);
  const aws = await startEmbeddedAws({ requiredAccessKeyId: secrets.aws.AWS_ACCESS_KEY_ID });
  test.after(() => aws.close());
  const [url, deadLetterUrl] = [aws.sqs.createQueue('orders'), aws.sqs.createQueue('dead')];
  const ref = (key: keyof typeof secrets.keys) => ({ name: 'keys', key });
  const manifest = {
    ...{ apiVersion: 'courier.dev/v1alpha1', kind: 'Courier', metadata: { name: 'orders', namespace: 'shop' } },
    spec: {
      queue: { url, deadLetterUrl, region: aws.region, endpoint: aws.endpoint, waitTimeSeconds: 1 },
      recipient: {
        url: `${echo.url}/events`,
        profile: 'StandardWebhooks',
        signing: { secretKeyRefs: [ref('signing')] },
        headers: [{ name: 'x-api-key', valueFrom: { secretKeyRef: ref('api') } }],
        authentication: { oauth2: { tokenUrl: `${echo.url}/token`, clientSecretRef: { name: 'login' } } },
      },
      delivery: { maxAttempts: 3, backoff: { initialMilliseconds: 10 } },
      audit: { file: { directory: audit } },
      aws: { credentialsSecretRef: { name: 'aws' } },
      worker: { logLevel: 'trace' },
    },
  };
  const worker = await WorkerUnderTest.start(directory.path, 'orders-a', manifest, {
    COURIER_SECRETS: secretDirectory,
  });
  for (let n = 0; n < 30; n++) await aws.sqs.call('SendMessage', { QueueUrl: url, MessageBody: `order ${n}` });
  await eventually(async () => {
    const { counters } = await worker.status();
    return counters.deleted >= 30 && counters.deadLettered > 0;
  }, 'all messages delivered or dead-lettered');
  // Secrets that change, to one that can be used and to one that cannot, are told as well.
  await writeFile(join(secretDirectory, 'keys', 'api'), 'a-new-key\nwith a line break');
  await eventually(() => /changed secrets cannot be used/.test(worker.log), 'the bad secret is told');
  const letters = await aws.sqs.call('ReceiveMessage', {
    ...{ QueueUrl: deadLetterUrl, MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] },
  });
  const told = [(await worker.get('/status')).body, (await worker.get('/metrics')).body, JSON.stringify(letters)];
  assert.equal(await worker.end('SIGTERM'), 0);
  told.push(worker.log, ...(await textsIn(audit)));

  const first = echo.seen[0];
  assert.equal(first?.authorization, `Bearer ${token}`);
  assert.equal(first?.['x-api-key'], secrets.keys.api);
  assert.match(worker.log, /an attempt failed/);
  assert.match(told[2] ?? '', /AttemptsExhausted|Refused/);
  for (const secret of hidden) {
    for (const text of told) assert.ok(!text.includes(secret), `${secret} is in ${text.slice(0, 2_000)}`);
  }
});
