import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { request } from 'undici';
import { embeddedCredentials } from '../../../cli/embedded/resources.ts';
import { startCannedServer, text } from '../../aws/canned-server.ts';
import { bareEnvironment, runCli, startCli } from '../run-cli.ts';

describe('courier embedded and courier harness', { timeout: 60_000 }, () => {
  test('embedded says how to reach it, and takes what harness send sends with that environment', async (t) => {
    const embedded = startCli(t, ['embedded', '--port', '0', '--queue', 'orders.fifo', '--stream', 'audit']);
    const [, url = ''] = await embedded.says(/queue (\S+orders\.fifo)/);
    await embedded.says(/stream audit/);
    await embedded.says(/AWS_SECRET_ACCESS_KEY=.*\n/);
    const variables = Object.fromEntries(
      [...embedded.stdout.matchAll(/export (\w+)=(\S+)/g)].map(([, k, v]) => [k, v]),
    );
    const args = ['--queue-url', url, '--count', '25', '--groups', '5', '--attribute', 'tenant=a', '--size', '300'];
    const sent = await runCli(t, ['harness', 'send', ...args], bareEnvironment(variables));
    assert.equal(sent.exitCode, 0, sent.stderr);
    assert.equal(sent.stderr, '');

    const endpoint = variables.AWS_ENDPOINT_URL ?? '';
    const client = new SQSClient({ endpoint, region: 'us-east-1', credentials: embeddedCredentials });
    t.after(() => client.destroy());
    const command = new ReceiveMessageCommand({
      QueueUrl: url,
      MaxNumberOfMessages: 10,
      MessageAttributeNames: ['All'],
      MessageSystemAttributeNames: ['MessageGroupId'],
    });
    const { Messages = [] } = await client.send(command);
    const [first] = Messages;
    assert.equal(first?.Attributes?.MessageGroupId, 'group-0');
    assert.equal(first?.MessageAttributes?.tenant?.StringValue, 'a');
    assert.equal(first?.Body?.length, 300);
    const ofGroup = Messages.filter(({ Attributes }) => Attributes?.MessageGroupId === 'group-0');
    const sequences = ofGroup.map(({ Body }) => JSON.parse(Body ?? '').sequence);
    assert.deepEqual(sequences, [0, 5, 10, 15, 20].slice(0, sequences.length));

    embedded.interrupt();
    assert.equal((await embedded.ended).exitCode, 0);
  });

  test('receive behaves as scripted, and sums up on Ctrl-C', async (t) => {
    const receive = startCli(t, ['harness', 'receive', '--port', '0', '--throttle-rate', '100%', '--retry-after', '3']);
    const [, url = ''] = await receive.says(/Recipient at (\S+);/);
    const answer = await request(url, { method: 'POST', body: '{}' });
    await answer.body.dump();
    assert.equal(answer.statusCode, 429);
    assert.equal(answer.headers['retry-after'], '3');
    await receive.says(/accepted 0 \(0\/s\), .*throttled 1/);
    receive.interrupt();
    const { exitCode, stdout } = await receive.ended;
    assert.equal(exitCode, 0);
    assert.match(stdout, /In all: accepted 0, .*throttled 1/);
  });

  test('receive ends when nobody reads what it says', async (t) => {
    const receive = startCli(t, ['harness', 'receive', '--port', '0']);
    const [, url = ''] = await receive.says(/Recipient at (\S+);/);
    receive.hangUp();
    const answer = await request(url, { method: 'POST', body: '{}' });
    await answer.body.dump();
    const { exitCode, stderr } = await receive.ended;
    assert.equal(stderr, '');
    assert.equal(exitCode, 0);
  });

  test('embedded ends when nobody reads what it says', async (t) => {
    const embedded = startCli(t, ['embedded', '--port', '0']);
    embedded.hangUp();
    const { exitCode, stderr } = await embedded.ended;
    assert.equal(stderr, '');
    assert.equal(exitCode, 0);
  });

  test('send to what is no queue names the options to correct', async (t) => {
    await using server = await startCannedServer(text(502, ''));
    const url = `${server.endpoint}/000000000000/orders`;
    const args = ['harness', 'send', '--queue-url', url, '--region', 'us-east-1', '--count', '1'];
    const variables = { AWS_ACCESS_KEY_ID: 'someone', AWS_SECRET_ACCESS_KEY: 'secret' };
    const { exitCode, stderr } = await runCli(t, args, bareEnvironment(variables));
    assert.equal(
      stderr,
      `${server.endpoint} does not answer as SQS does: the answer has HTTP status 502 and names no error; check --endpoint.\n`,
    );
    assert.equal(exitCode, 1);
  });
});
