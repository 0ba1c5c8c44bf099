import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { Firehose } from '@aws-sdk/client-firehose';
import { SQS } from '@aws-sdk/client-sqs';
import { type EmbeddedAwsOptions, startEmbeddedAws } from '../../../aws/embedded/server.ts';

async function setUp(t: TestContext, options: EmbeddedAwsOptions = {}, accessKeyId = 'key') {
  const aws = await startEmbeddedAws(options);
  const { endpoint, region } = aws;
  const config = { endpoint, region, credentials: { accessKeyId, secretAccessKey: 'secret' }, maxAttempts: 1 };
  const [sqs, firehose] = [new SQS(config), new Firehose(config)];
  t.after(async () => {
    sqs.destroy();
    firehose.destroy();
    await aws.close();
  });
  return { aws, sqs, firehose, QueueUrl: aws.sqs.createQueue('q') };
}

test('it listens on this machine alone, on a free port unless told which, and one port serves both services', async (t) => {
  const { aws, sqs, firehose, QueueUrl } = await setUp(t);
  assert.match(aws.endpoint, /^http:\/\/127\.0\.0\.1:\d+$/);
  assert.equal(QueueUrl, `${aws.endpoint}/000000000000/q`);
  await sqs.sendMessage({ QueueUrl, MessageBody: 'x' });
  aws.firehose.createDeliveryStream('audit');
  await firehose.putRecord({ DeliveryStreamName: 'audit', Record: { Data: Buffer.from('x') } });
  assert.equal(Buffer.concat(aws.firehose.records('audit')).toString(), 'x');
});

test('a port that is taken is named, with the remedy', async (t) => {
  const { aws } = await setUp(t);
  const port = Number(new URL(aws.endpoint).port);
  await assert.rejects(startEmbeddedAws({ port }), { message: new RegExp(`port ${port} .* in use: choose another`) });
});

test('with a required key, requests with another one or none are refused as AWS does', async (t) => {
  const { aws, sqs, firehose, QueueUrl } = await setUp(t, { requiredAccessKeyId: 'right' }, 'wrong');
  const refused = { name: 'InvalidClientTokenId', $metadata: { httpStatusCode: 403 } };
  await assert.rejects(sqs.receiveMessage({ QueueUrl }), (error) => has(error, refused));
  const put = firehose.describeDeliveryStream({ DeliveryStreamName: 'audit' });
  await assert.rejects(put, (error) => has(error, { ...refused, name: 'UnrecognizedClientException' }));
  const unsigned = await fetch(aws.endpoint, { method: 'POST', headers: { 'x-amz-target': 'AmazonSQS.ListQueues' } });
  assert.equal(unsigned.status, 403);
  assert.equal(unsigned.headers.get('x-amzn-query-error'), 'MissingAuthenticationToken;Sender');
});

test('with the required key they pass', async (t) => {
  const { sqs } = await setUp(t, { requiredAccessKeyId: 'right' }, 'right');
  assert.equal((await sqs.listQueues({})).QueueUrls?.length, 1);
});

function has(error: unknown, expected: { name: string; $metadata: { httpStatusCode: number } }): boolean {
  const { name, $metadata } = error as typeof expected;
  assert.deepEqual([name, $metadata.httpStatusCode], [expected.name, expected.$metadata.httpStatusCode]);
  return true;
}

/** What the server answers to a request that no SDK would make. */
const strange = [
  { name: 'an unknown action', target: 'AmazonSQS.Dance', body: '{}', code: 'InvalidAction', status: 400 },
  { name: 'no target', target: '', body: '{}', code: 'InvalidAction', status: 400 },
  { name: 'no JSON', target: 'AmazonSQS.ListQueues', body: '{', code: 'SerializationException', status: 400 },
  { name: 'no object', target: 'AmazonSQS.ListQueues', body: '7', code: 'SerializationException', status: 400 },
  {
    name: 'a body of 17 MiB',
    target: 'AmazonSQS.ListQueues',
    body: ' '.repeat(17 << 20),
    code: 'RequestEntityTooLarge',
    status: 413,
  },
];
for (const { name, target, body, code, status } of strange) {
  test(`a request with ${name} is answered with ${code}`, async (t) => {
    const { aws } = await setUp(t);
    const answer = await fetch(aws.endpoint, { method: 'POST', headers: { 'x-amz-target': target }, body });
    assert.deepEqual([answer.status, answer.headers.get('x-amzn-query-error')], [status, `${code};Sender`]);
  });
}

test('a client that hangs up during a long poll does not take a message', async (t) => {
  const { aws, sqs, QueueUrl } = await setUp(t);
  const body = JSON.stringify({ QueueUrl, WaitTimeSeconds: 20 });
  const head = 'POST / HTTP/1.1\r\nhost: x\r\nx-amz-target: AmazonSQS.ReceiveMessage\r\n';
  const socket = connect(Number(new URL(aws.endpoint).port), '127.0.0.1');
  await once(socket, 'connect');
  const polling = once(socket, 'close');
  socket.write(`${head}content-length: ${body.length}\r\n\r\n${body}`);
  // An answer on the same server after the poll's request shows that the poll has begun; one after the hang-up, that it ended.
  await sqs.listQueues({});
  socket.destroy();
  await polling;
  await sqs.listQueues({});
  await sqs.sendMessage({ QueueUrl, MessageBody: 'x' });
  assert.equal((await sqs.receiveMessage({ QueueUrl })).Messages?.length, 1);
});

test('a connection that a fault cuts is a failure of the network, and what was committed stays', async (t) => {
  const { aws, sqs, QueueUrl } = await setUp(t);
  aws.faults.on('SendMessage', { count: 1 }).commitThenCut();
  await assert.rejects(sqs.sendMessage({ QueueUrl, MessageBody: 'x' }), { code: 'ECONNRESET' });
  assert.equal((await sqs.receiveMessage({ QueueUrl })).Messages?.length, 1);
});

test('the service can be made unavailable for a call', async (t) => {
  const { aws, firehose } = await setUp(t);
  aws.firehose.createDeliveryStream('audit');
  aws.faults.on('PutRecordBatch', { count: 1 }).throttle();
  const put = () => firehose.putRecordBatch({ DeliveryStreamName: 'audit', Records: [{ Data: Buffer.from('x') }] });
  const unavailable = { name: 'ServiceUnavailableException', $metadata: { httpStatusCode: 503 } };
  await assert.rejects(put(), (error) => has(error, unavailable));
  assert.equal((await put()).FailedPutCount, 0);
});

test('to close it ends long polls and lets the port go', async () => {
  const aws = await startEmbeddedAws();
  const { endpoint, region } = aws;
  const sqs = new SQS({ endpoint, region, credentials: { accessKeyId: 'a', secretAccessKey: 'b' }, maxAttempts: 1 });
  const poll = assert.rejects(sqs.receiveMessage({ QueueUrl: aws.sqs.createQueue('q'), WaitTimeSeconds: 20 }));
  await sqs.listQueues({});
  await aws.close();
  await poll;
  sqs.destroy();
  const again = await startEmbeddedAws({ port: Number(new URL(endpoint).port) });
  await again.close();
});
