import assert from 'node:assert/strict';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { systemClock } from '../../../api/clock.ts';
import { startEmbeddedAws } from '../../../aws/embedded/server.ts';
import { readAudit } from '../../../cli/demo/audit-files.ts';
import { createQueue } from '../../../cli/embedded/resources.ts';
import { type Recipient, startRecipient } from '../../../cli/harness/recipient.ts';
import { acceptingScript } from '../../../cli/harness/script.ts';
import { ScriptedServer } from '../../support/scripted-server.ts';
import { manifest } from '../manifests.ts';
import { bareEnvironment, fileSays, runCli, startCli, temporaryDirectory, write } from '../run-cli.ts';

const someKey = { AWS_ACCESS_KEY_ID: 'someone', AWS_SECRET_ACCESS_KEY: 'secret', AWS_REGION: 'us-east-1' };

async function recipientFor(t: TestContext): Promise<Recipient> {
  const options = { port: 0, script: acceptingScript, clock: systemClock, random: Math.random };
  const recipient = await startRecipient(options);
  t.after(() => recipient.close());
  return recipient;
}

describe('courier local', { timeout: 60_000 }, () => {
  test('embedded: delivers and audits what harness send sends, and drains on Ctrl-C', async (t) => {
    const directory = await temporaryDirectory(t);
    const recipient = await recipientFor(t);
    const audit = join(directory, 'audit');
    const file = await write(
      directory,
      'courier.yaml',
      manifest({ recipient: `{ url: "${recipient.url}" }`, audit: `{ file: { directory: "${audit}" } }` }),
    );
    const logs = join(directory, 'logs');
    const session = startCli(t, ['local', '-f', file, '--embedded', '--interval', '200ms', '--log-dir', logs]);
    const [, url = ''] = await session.says(/--queue-url (\S+)/);
    const sent = await runCli(t, ['harness', 'send', '--queue-url', url, '--count', '300'], bareEnvironment(someKey));
    assert.equal(sent.exitCode, 0, sent.stderr);
    assert.match(sent.stdout, /^Sent 300 messages to orders in /);
    await session.says(/replicas?.*: .* messages? .*drain/);
    await session.says(/delivered 300, audited 300, deleted 300/);
    session.interrupt();
    const { exitCode, stdout, stderr } = await session.ended;
    assert.equal(exitCode, 0, stderr);
    assert.match(stdout, /orders: delivered 300, audited 300, deleted 300, held 0; 0 left in the queue\.\n$/);
    assert.equal(recipient.accepted.size, 300);
    assert.equal(recipient.counts.duplicates, 0);
    const { records, unreadable } = await readAudit(audit);
    assert.deepEqual(new Set(records.keys()), new Set(recipient.accepted.keys()));
    assert.equal(unreadable, 0);
    assert.ok((await readdir(logs)).every((name) => /^orders-\d\.log$/.test(name)));
  });

  test('against a server that is there already: ends when the queue is empty', async (t) => {
    const server = await startEmbeddedAws();
    t.after(() => server.close());
    const url = await createQueue(server, 'orders');
    const recipient = await recipientFor(t);
    const directory = await temporaryDirectory(t);
    const queue = `{ url: "${url}", region: us-east-1, endpoint: "${server.endpoint}", waitTimeSeconds: 1 }`;
    const text = manifest({ queue, recipient: `{ url: "${recipient.url}" }` });
    const file = await write(directory, 'courier.yaml', text);
    const sent = await runCli(t, ['harness', 'send', '-f', file, '--count', '50'], bareEnvironment(someKey));
    assert.equal(sent.exitCode, 0, sent.stderr);
    const options = ['--until-empty', '--interval', '200ms', '--workers', '1', '--log-dir', directory];
    const result = await runCli(t, ['local', '-f', file, ...options], bareEnvironment(someKey));
    assert.equal(result.exitCode, 0, result.stderr);
    assert.match(result.stdout, /deleted 50, held 0; 0 left in the queue/);
    assert.equal(recipient.accepted.size, 50);
  });

  test('workers get the Secrets of the manifest, and those of the directory that is named', async (t) => {
    const directory = await temporaryDirectory(t);
    await using server = await ScriptedServer.start();
    const from = (name: string) => `{ name: x-${name}, valueFrom: { secretKeyRef: { name: ${name}, key: token } } }`;
    const recipient = `{ url: "${server.origin}", headers: [${from('one')}, ${from('two')}] }`;
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'one', namespace: 'shop' } };
    const both = `${manifest({ recipient })}\n---\n${JSON.stringify({ ...secret, stringData: { token: 'first' } })}\n`;
    const file = await write(directory, 'courier.yaml', both);
    const options = ['--embedded', '--port', '0', '--interval', '100ms', '--workers', '1', '--log-dir', directory];

    const missing = await runCli(t, ['local', '-f', file, ...options]);
    assert.equal(missing.exitCode, 2, missing.stdout);
    assert.match(
      missing.stderr,
      /spec\.recipient\.headers\[1\]\.valueFrom names the Secret two, which is not there: add it/,
    );

    await mkdir(join(directory, 'secrets', 'two'), { recursive: true });
    await write(join(directory, 'secrets', 'two'), 'token', 'second\n');
    const env = bareEnvironment({ COURIER_SECRETS: join(directory, 'secrets') });
    const session = startCli(t, ['local', '-f', file, ...options], env);
    const [, queueUrl = ''] = await session.says(/--queue-url (\S+)/);
    const [, endpoint = ''] = await session.says(/embedded at (\S+);/);
    const send = ['harness', 'send', '--queue-url', queueUrl, '--endpoint', endpoint, '--region', 'us-east-1'];
    const sent = await runCli(t, [...send, '--count', '1'], bareEnvironment(someKey));
    assert.equal(sent.exitCode, 0, sent.stderr);
    const { headers } = await server.request();
    assert.deepEqual([headers['x-one'], headers['x-two']], ['first', 'second']);
    session.interrupt();
    assert.equal((await session.ended).exitCode, 0);
  });

  test('a suspended Courier gets no worker', async (t) => {
    const directory = await temporaryDirectory(t);
    const file = await write(directory, 'courier.yaml', manifest({ extra: '  suspend: true\n' }));
    const options = ['--embedded', '--until-empty', '--interval', '100ms', '--log-dir', directory];
    const result = await runCli(t, ['local', '-f', file, ...options]);
    assert.equal(result.exitCode, 0, result.stderr);
    assert.match(result.stdout, /0 replicas: spec\.suspend is true\./);
    assert.deepEqual(await readdir(directory), ['courier.yaml']);
  });

  test('a worker whose session dies drains and ends', async (t) => {
    const directory = await temporaryDirectory(t);
    const file = await write(directory, 'courier.yaml', manifest());
    const options = ['--embedded', '--workers', '1', '--interval', '100ms', '--log-dir', directory];
    const session = startCli(t, ['local', '-f', file, ...options]);
    await session.says(/1 replica/);
    const log = join(directory, 'orders-0.log');
    await fileSays(log, 'the worker runs');
    session.kill();
    await session.ended;
    await fileSays(log, 'the worker has stopped');
  });
});
