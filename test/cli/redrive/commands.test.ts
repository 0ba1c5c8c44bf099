import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type EmbeddedAws, startEmbeddedAws } from '../../../aws/embedded/server.ts';
import { createQueue, embeddedCredentials, serverEnvironment } from '../../../cli/embedded/resources.ts';
import { bareEnvironment, runCli, temporaryDirectory, write } from '../run-cli.ts';
import { evidence } from './letters.ts';

/** An embedded AWS with a queue, two letters of it, and a manifest that names both queues. */
async function stage(t: TestContext) {
  const server = await startEmbeddedAws({ port: 0, keepRecords: false });
  t.after(() => server.close());
  const queueUrl = await createQueue(server, 'orders');
  const deadLetterUrl = await createQueue(server, 'orders-dead');
  await send(server, deadLetterUrl, 'a', JSON.stringify(evidence({ messageId: 'm-a' })));
  await send(server, deadLetterUrl, 'b', JSON.stringify(evidence({ messageId: 'm-b', status: 400, attempts: 3 })));
  const text = `apiVersion: courier.dev/v1alpha1
kind: Courier
metadata: { name: orders }
spec:
  queue: { url: "${queueUrl}", deadLetterUrl: "${deadLetterUrl}", region: ${server.region}, endpoint: "${server.endpoint}" }
  recipient: { url: "http://127.0.0.1:1/" }
  audit: { none: {} }
`;
  const file = await write(await temporaryDirectory(t), 'courier.yaml', text);
  const env = bareEnvironment(serverEnvironment(server));
  return { server, file, queueUrl, deadLetterUrl, run: (...args: string[]) => runCli(t, ['redrive', ...args], env) };
}

async function send({ endpoint, region }: EmbeddedAws, QueueUrl: string, MessageBody: string, StringValue: string) {
  const client = new SQSClient({ endpoint, region, credentials: embeddedCredentials });
  const MessageAttributes = { courier: { DataType: 'String', StringValue } };
  await client.send(new SendMessageCommand({ QueueUrl, MessageBody, MessageAttributes }));
  client.destroy();
}

describe('courier redrive', () => {
  test('writes out what evidence would do to the terminal, since whoever sends may write it', async (t) => {
    const { deadLetterUrl, run, server } = await stage(t);
    const text = JSON.stringify(evidence({ messageId: 'm\u001b[2J\u009b', status: 418 }));
    await send(server, deadLetterUrl, 'c', text);
    const { stdout } = await run('list', '--dead-letter-url', deadLetterUrl, '--status', '418');
    assert.match(stdout, /m\\u001b\[2J\\u009b$/m);
  });

  test('lists letters for people and for machines, and leaves them; then sends them back', async (t) => {
    const { file, deadLetterUrl, queueUrl, run } = await stage(t);
    const [people, machines] = [
      await run('list', '-f', file),
      await run('list', '--dead-letter-url', deadLetterUrl, '--status', '400', '--json'),
    ];
    assert.equal(people.exitCode, 0, people.stderr);
    assert.match(people.stdout, /^2026-\S+ {2}Refused {2}422 {2}1 attempt {2}m-a$/m);
    assert.match(people.stdout, /^2026-\S+ {2}Refused {2}400 {2}3 attempts {2}m-b$/m);
    assert.match(people.stdout, /^2 letters of 2 letters looked at\.$/m);
    assert.deepEqual(JSON.parse(machines.stdout).evidence, evidence({ messageId: 'm-b', status: 400, attempts: 3 }));
    const options = ['--dead-letter-url', deadLetterUrl, '--queue-url', queueUrl, '--rate', '100', '--json'];
    const replay = await run('replay', ...options);
    assert.equal(replay.exitCode, 0, replay.stderr);
    const { seen, replayed, complete } = JSON.parse(replay.stdout);
    assert.deepEqual([seen, replayed, complete], [2, 2, true]);
    const again = await run('replay', '-f', file, '--rate', '100');
    assert.equal(again.stdout, '0 messages sent back at 100/s at most, of 0 letters looked at.\n');
  });

  test('says what is wrong with what was asked, and ends with 2', async (t) => {
    const nowhere = 'http://127.0.0.1:1/000000000000/orders-dead';
    const cases: [args: string[], sentence: RegExp][] = [
      [['list'], /^There is no queue for dead letters: give --dead-letter-url, or a manifest with --file\.$/m],
      [['replay', '--dead-letter-url', nowhere, '--rate', '1'], /^There is no queue to send to: give --queue-url/m],
      [['list', '--dead-letter-url', 'orders-dead'], /^orders-dead is not the URL of a queue/m],
      [['list', '--dead-letter-url', nowhere, '--reason', 'Bored'], /It must be one of Refused, /],
      [['list', '--dead-letter-url', nowhere, '--status', '9xx'], /It must be a status \(404\)/],
      [
        ['replay', '--dead-letter-url', nowhere, '--queue-url', `${nowhere}.fifo`, '--rate', '1'],
        /is FIFO and the other is not/,
      ],
    ];
    const results = await Promise.all(cases.map(([args]) => runCli(t, ['redrive', ...args])));
    for (const [index, [, sentence]] of cases.entries()) {
      assert.equal(results[index]?.exitCode, 2, results[index]?.stderr);
      assert.match(results[index]?.stderr ?? '', sentence);
    }
  });

  test('says what it could not do, and ends with 1', async (t) => {
    const { deadLetterUrl, run } = await stage(t);
    const { exitCode, stderr } = await run('list', '--dead-letter-url', `${deadLetterUrl}-gone`);
    assert.equal(exitCode, 1);
    assert.match(stderr, /orders-dead-gone .*--dead-letter-url/);
    assert.equal(stderr.trim().split('\n').length, 1);
  });
});
