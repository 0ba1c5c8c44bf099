import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { startEmbeddedAws } from '../../aws/embedded/server.ts';
import { createQueue } from '../../cli/embedded/resources.ts';
import { manifest } from './manifests.ts';
import { bareEnvironment, type Result, runCli, temporaryDirectory, write } from './run-cli.ts';

const someKey = { AWS_ACCESS_KEY_ID: 'someone', AWS_SECRET_ACCESS_KEY: 'secret' };

/** One sentence on stderr, no stack trace, and the exit code. */
function assertFails({ exitCode, stderr }: Result, expected: { exitCode: number; sentence: RegExp }): void {
  assert.match(stderr, expected.sentence);
  assert.equal(stderr.trim().split('\n').length, 1, stderr);
  assert.doesNotMatch(stderr, /\n\s+at /);
  assert.equal(exitCode, expected.exitCode, stderr);
}

async function local(
  t: TestContext,
  text: string,
  variables: Readonly<Record<string, string>> = someKey,
): Promise<Result> {
  const directory = await temporaryDirectory(t);
  const file = await write(directory, 'courier.yaml', text);
  return runCli(t, ['local', '-f', file], bareEnvironment(variables));
}

/** A port of this machine where nobody listens. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

const queueAt = (endpoint: string, name = 'orders') =>
  `{ url: "${endpoint}/000000000000/${name}", region: us-east-1, endpoint: "${endpoint}" }`;

describe('what you wrote is wrong: exit code 2', () => {
  test('a file that is not there', async (t) => {
    assertFails(await runCli(t, ['local', '-f', 'nowhere.yaml']), {
      exitCode: 2,
      sentence: /nowhere\.yaml cannot be read/,
    });
  });

  test('a directory in the place of a file', async (t) => {
    assertFails(await runCli(t, ['plan', '-f', '.']), { exitCode: 2, sentence: /^\. cannot be read: EISDIR/ });
  });

  test('standard input without a Courier', async (t) => {
    assertFails(await runCli(t, ['plan', '-f', '-']), { exitCode: 2, sentence: /^standard input:1:1: / });
  });

  test('a manifest that is not YAML', async (t) => {
    assertFails(await local(t, 'apiVersion: [courier'), { exitCode: 2, sentence: /courier\.yaml:1:\d+: / });
  });

  test('a recipient that is a Service', async (t) => {
    const result = await local(t, manifest({ recipient: '{ serviceRef: { name: orders, port: 80 } }' }));
    assertFails(result, {
      exitCode: 2,
      sentence: /serviceRef names the Service orders, .*: write spec\.recipient\.url/,
    });
  });

  test('an unknown field, with its place and a suggestion', async (t) => {
    const result = await local(t, manifest({ scaling: '{ maxReplica: 3 }' }));
    assertFails(result, { exitCode: 2, sentence: /courier\.yaml:8:\d+: spec\.scaling\.maxReplica: .*maxReplicas/ });
  });

  test('a queue whose region nobody can know', async (t) => {
    const result = await local(t, manifest({ queue: '{ url: "http://127.0.0.1:9324/000000000000/orders" }' }));
    assertFails(result, { exitCode: 2, sentence: /courier\.yaml:5:\d+: spec\.queue.*region/ });
  });

  test('credentials in an endpoint or in the URL of a queue, without repeating them', async (t) => {
    const endpoint = 'http://somebody:s3cret@127.0.0.1:9324';
    const queues = ['--queue-url', 'http://127.0.0.1:9324/1/orders', '--region', 'us-east-1'];
    const list = ['redrive', 'list', ...queues, '--dead-letter-url'];
    const dead = 'http://127.0.0.1:9324/1/dead';
    for (const [args, variables] of [
      [[...list, `${endpoint}/1/dead`], someKey],
      [[...list, dead, '--endpoint', endpoint], someKey],
      [[...list, dead], { ...someKey, AWS_ENDPOINT_URL: endpoint }],
    ] as const) {
      const result = await runCli(t, args, bareEnvironment(variables));
      assert.match(result.stderr, /holds a user name or a password/);
      assert.doesNotMatch(result.stderr, /s3cret|somebody/);
      assert.notEqual(result.exitCode, 0);
    }
  });

  const commandLines: readonly [name: string, args: readonly string[], sentence: RegExp][] = [
    ['a command that does not exist', ['lokal', '-f', 'x'], /unknown command 'lokal'/],
    ['an option that does not exist', ['worker', '--fast'], /unknown option '--fast'/],
    ['an option without its value', ['local', '-f'], /argument missing/],
    ['no manifest', ['local'], /required option '-f, --file <file>' not specified/],
    ['a range of workers that ends before it begins', ['local', '-f', 'x', '--workers', '8..2'], /number of workers/],
    ['a queue URL that is none', ['harness', 'send', '--queue-url', 'orders'], /orders is not the URL of a queue/],
    ['nowhere to send to', ['harness', 'send'], /no queue to send to/],
  ];
  for (const [name, args, sentence] of commandLines) {
    test(name, async (t) => {
      const result = await runCli(t, args);
      assert.match(result.stderr, sentence);
      assert.doesNotMatch(result.stderr, /\n\s+at /);
      assert.equal(result.exitCode, 2);
    });
  }
});

describe('what could not be done: exit code 1', () => {
  test('an endpoint where nobody listens', async (t) => {
    const endpoint = `http://127.0.0.1:${await closedPort()}`;
    const result = await local(t, manifest({ queue: queueAt(endpoint) }));
    assertFails(result, {
      exitCode: 1,
      sentence: new RegExp(`^orders: .*${endpoint.slice('http://'.length)}.*endpoint`),
    });
  });

  test('credentials that the service does not know', async (t) => {
    const server = await startEmbeddedAws({ requiredAccessKeyId: 'right' });
    t.after(() => server.close());
    const result = await local(t, manifest({ queue: queueAt(server.endpoint) }));
    assertFails(result, { exitCode: 1, sentence: /^orders: AWS does not know these credentials/ });
  });

  test('no credentials at all', async (t) => {
    const result = await local(t, manifest({ queue: queueAt('http://127.0.0.1:9') }), {});
    assertFails(result, { exitCode: 1, sentence: /^orders: no AWS credentials were found/ });
  });

  test('a queue that does not exist', async (t) => {
    const server = await startEmbeddedAws();
    t.after(() => server.close());
    const result = await local(t, manifest({ queue: queueAt(server.endpoint, 'missing') }));
    assertFails(result, { exitCode: 1, sentence: /^orders: the queue .*missing does not exist/ });
  });

  test('a queue for dead letters that is not there', async (t) => {
    const server = await startEmbeddedAws();
    t.after(() => server.close());
    const url = await createQueue(server, 'orders');
    const queue = queueAt(server.endpoint).replace('{', `{ deadLetterUrl: "${url}-dead",`);
    const result = await local(t, manifest({ queue }));
    assertFails(result, {
      exitCode: 1,
      sentence: /^orders: the queue .*orders-dead does not exist.*spec\.queue\.deadLetterUrl/,
    });
  });

  test('a delivery stream that does not exist', async (t) => {
    const server = await startEmbeddedAws();
    t.after(() => server.close());
    const audit = `{ firehose: { deliveryStreamName: missing, endpoint: "${server.endpoint}" } }`;
    const result = await local(t, manifest({ queue: queueAt(server.endpoint), audit }));
    assertFails(result, { exitCode: 1, sentence: /^orders: the delivery stream missing does not exist/ });
  });

  test('an audit directory that cannot be written to', async (t) => {
    const directory = await temporaryDirectory(t);
    const file = await write(directory, 'not-a-directory', '');
    const result = await local(t, manifest({ audit: `{ file: { directory: "${file}/audit" } }` }));
    assertFails(result, {
      exitCode: 1,
      sentence: /^orders: the audit directory .* cannot be written to .*spec\.audit\.file/,
    });
  });

  test('a log directory that cannot be made', async (t) => {
    const directory = await temporaryDirectory(t);
    const file = await write(directory, 'courier.yaml', manifest());
    const args = ['local', '-f', file, '--embedded', '--log-dir', join(file, 'logs')];
    assertFails(await runCli(t, args, bareEnvironment(someKey)), {
      exitCode: 1,
      sentence: /^The log directory .* cannot be made .*--log-dir/,
    });
  });

  test('a port that is taken', async (t) => {
    const server = await startEmbeddedAws();
    t.after(() => server.close());
    const { port } = new URL(server.endpoint);
    assertFails(await runCli(t, ['embedded', '--port', port]), { exitCode: 1, sentence: /in use/ });
    assertFails(await runCli(t, ['harness', 'receive', '--port', port]), { exitCode: 1, sentence: /EADDRINUSE/ });
  });

  test('sending to a queue that does not exist', async (t) => {
    const server = await startEmbeddedAws();
    t.after(() => server.close());
    const url = `${server.endpoint}/000000000000/missing`;
    const result = await runCli(
      t,
      ['harness', 'send', '--queue-url', url, '--region', 'us-east-1'],
      bareEnvironment(someKey),
    );
    assertFails(result, { exitCode: 1, sentence: /does not exist/ });
  });
});

test('help and version are no failures', async (t) => {
  assert.equal((await runCli(t, ['--help'])).exitCode, 0);
  const version = await runCli(t, ['--version']);
  assert.match(version.stdout, /^\d+\.\d+\.\d+\n$/);
  assert.equal(version.exitCode, 0);
});
