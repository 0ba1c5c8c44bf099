import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { describeEnd } from '../../../cli/local/command.ts';
import { type CannedServer, json, startCannedServer } from '../../aws/canned-server.ts';
import { manifest } from '../manifests.ts';
import { bareEnvironment, fileSays, type RunningCli, startCli, temporaryDirectory, write } from '../run-cli.ts';
import { snapshot } from './snapshots.ts';

const someKey = { AWS_ACCESS_KEY_ID: 'someone', AWS_SECRET_ACCESS_KEY: 'secret' };
const counters = {
  ApproximateNumberOfMessages: '0',
  ApproximateNumberOfMessagesNotVisible: '0',
  ApproximateNumberOfMessagesDelayed: '0',
};

/** An SQS that answers so many looks at its queue and nothing else; resolves `hung` at the first look that it leaves open. */
async function hangingSqs(
  t: TestContext,
  answeredLooks: number,
): Promise<{ server: CannedServer; hung: Promise<void> }> {
  const { promise: hung, resolve } = Promise.withResolvers<void>();
  let looks = 0;
  const server = await startCannedServer((request, response) => {
    if (request.target !== 'AmazonSQS.GetQueueAttributes') return;
    if (++looks > answeredLooks) resolve();
    else json(200, { Attributes: counters })(request, response);
  });
  t.after(() => server[Symbol.asyncDispose]());
  return { server, hung };
}

type Session = { readonly cli: RunningCli; readonly log: string };

async function startSession(t: TestContext, text: string, ...options: readonly string[]): Promise<Session> {
  const directory = await temporaryDirectory(t);
  const file = await write(directory, 'courier.yaml', text);
  const args = ['local', '-f', file, '--interval', '100ms', '--log-dir', directory, '--workers', '1', ...options];
  return { cli: startCli(t, args, bareEnvironment(someKey)), log: join(directory, 'orders-0.log') };
}

const queueAt = ({ endpoint }: CannedServer) =>
  `{ url: "${endpoint}/000000000000/orders", region: us-east-1, endpoint: "${endpoint}" }`;

describe('an interrupt while SQS hangs', { timeout: 60_000 }, () => {
  test('ends the check before the start', async (t) => {
    const { server, hung } = await hangingSqs(t, 0);
    const { cli } = await startSession(t, manifest({ queue: queueAt(server) }));
    await hung;
    cli.interrupt();
    const { exitCode, stdout, stderr } = await cli.ended;
    assert.equal(stderr, '');
    assert.equal(stdout, 'Ended before a worker was started.\n');
    assert.equal(exitCode, 0);
  });

  test('ends the sample and drains; the second one ends everything and says what was left', async (t) => {
    // The check before the start and the first round, which starts the worker.
    const { server, hung } = await hangingSqs(t, 2);
    const { cli, log } = await startSession(t, manifest({ queue: queueAt(server) }));
    await Promise.all([hung, fileSays(log, 'the worker runs')]);
    cli.interrupt();
    await fileSays(log, 'the worker drains');
    cli.interrupt();
    const { exitCode, stdout, stderr } = await cli.ended;
    assert.equal(stderr, '');
    assert.doesNotMatch(stdout, /^orders: .*gave no answer/m, 'nobody waited until the AWS SDK gave up');
    assert.match(stdout, /orders-0 did not stop cleanly: signal SIGKILL/);
    assert.match(stdout, /held 0; what is left in the queue is not known; 1 worker did not stop cleanly/);
    assert.equal(exitCode, 1);
  });
});

describe('the end of a session', { timeout: 60_000 }, () => {
  test('is a failure when a worker did not stop cleanly', async (t) => {
    const { cli, log } = await startSession(t, manifest(), '--embedded');
    await fileSays(log, 'the worker runs');
    const pid = Number(/"pid":(\d+)/.exec(await readFile(log, 'utf8'))?.[1]);
    process.kill(pid, 'SIGSTOP');
    cli.interrupt();
    await cli.says(/orders: draining/);
    process.kill(pid, 'SIGKILL');
    const { exitCode, stdout } = await cli.ended;
    assert.match(stdout, /0 left in the queue; 1 worker did not stop cleanly, holding 0 messages\.\n$/);
    assert.equal(exitCode, 1);
  });

  test('comes by draining when nobody reads what it says', async (t) => {
    const { cli, log } = await startSession(t, manifest(), '--embedded');
    await fileSays(log, 'the worker runs');
    cli.hangUp();
    const { exitCode, stderr } = await cli.ended;
    assert.equal(stderr, '');
    assert.equal(exitCode, 0);
    assert.match(await readFile(log, 'utf8'), /the worker has stopped/);
  });

  test('tells what workers held that did not stop cleanly', () => {
    const queue = { visible: 3, notVisible: 12, delayed: 0 };
    const totals = { delivered: 1, audited: 1, deleted: 1, failed: 0, held: 0 };
    assert.equal(
      describeEnd(snapshot({ queue, totals, unclean: { workers: 2, held: 12 } })),
      'orders: delivered 1, audited 1, deleted 1, held 0; 15 left in the queue; 2 workers did not stop cleanly, holding 12 messages, which are received again when their visibility timeout ends.',
    );
  });
});
