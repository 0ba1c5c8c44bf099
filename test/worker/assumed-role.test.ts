import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { systemClock } from '../../api/clock.ts';
import { startEmbeddedAws } from '../../aws/embedded/server.ts';
import { startRecipient } from '../../cli/harness/recipient.ts';
import { acceptingScript } from '../../cli/harness/script.ts';
import { startSts } from '../support/sts.ts';

const main = new URL('../../worker/main.ts', import.meta.url).pathname;
const roleArn = 'arn:aws:iam::123456789012:role/orders';

/** A worker process that is to assume a role, with a queue and a stream that only the role may use. */
async function startWorker(test: TestContext, failures: number) {
  const sts = await startSts(test, failures);
  const aws = await startEmbeddedAws({ requiredAccessKeyId: 'assumed' });
  test.after(() => aws.close());
  const recipient = await startRecipient({ port: 0, script: acceptingScript, clock: systemClock, random: Math.random });
  test.after(() => recipient.close());
  const url = aws.sqs.createQueue('orders');
  aws.firehose.createDeliveryStream('orders');
  const directory = await mkdtemp(join(tmpdir(), 'courier-role-'));
  test.after(() => rm(directory, { recursive: true }));
  const spec = {
    queue: { url, region: 'us-east-1', endpoint: aws.endpoint, waitTimeSeconds: 1 },
    recipient: { url: recipient.url },
    audit: { firehose: { deliveryStreamName: 'orders', endpoint: aws.endpoint } },
    aws: { roleArn, externalId: 'shop-7' },
  };
  const manifest = { apiVersion: 'courier.dev/v1alpha1', kind: 'Courier', metadata: { name: 'orders' }, spec };
  const config = join(directory, 'courier.json');
  await writeFile(config, JSON.stringify(manifest));
  const env = {
    ...process.env,
    ...{ COURIER_CONFIG: config, COURIER_WORKER: 'orders-a', COURIER_LISTEN: '127.0.0.1:0' },
    ...{ AWS_ACCESS_KEY_ID: 'pod', AWS_SECRET_ACCESS_KEY: 'x', AWS_ENDPOINT_URL_STS: sts.url },
  };
  const worker = spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  test.after(() => worker.kill('SIGKILL'));
  const send = () => aws.sqs.call('SendMessage', { QueueUrl: url, MessageBody: 'one' });
  return { ...{ aws, recipient, send, sts, worker }, log: logOf(worker) };
}

/** Resolves with the first log line that `fits`. */
function logOf(worker: ChildProcess) {
  let text = '';
  worker.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  return async (fits: RegExp) => {
    while (!fits.test(text)) await once(worker.stdout ?? worker, 'data');
  };
}

describe('a worker whose Courier names a role', () => {
  it('assumes it for the queue and for the stream, with the external id, and under its own name', async (test) => {
    const { aws, log, recipient, send, sts, worker } = await startWorker(test, 0);
    await log(/the worker runs/);
    await send();
    while (aws.firehose.records('orders').length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(recipient.accepted.size, 1);
    worker.kill('SIGTERM');
    const [code] = await once(worker, 'exit');
    assert.equal(code, 0);
    for (const call of sts.calls) {
      assert.equal(call.get('Action'), 'AssumeRole');
      assert.equal(call.get('RoleArn'), roleArn);
      assert.equal(call.get('ExternalId'), 'shop-7');
      assert.equal(call.get('RoleSessionName'), 'courier-orders-a');
    }
    assert.ok(sts.calls.length >= 1 && sts.calls.length <= 2, `${sts.calls.length} calls to STS`);
  });

  it('goes on by itself when STS has refused for a while', async (test) => {
    const { aws, log, recipient, send, sts, worker } = await startWorker(test, 3);
    await log(/"level":50.*the queue cannot be seen|the queue cannot be seen/);
    await send();
    while (aws.firehose.records('orders').length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(recipient.accepted.size, 1);
    assert.ok(sts.calls.length > 3);
    worker.kill('SIGTERM');
    const [code] = await once(worker, 'exit');
    assert.equal(code, 0);
  });
});
