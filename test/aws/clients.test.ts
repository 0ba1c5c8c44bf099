import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { systemClock } from '../../api/clock.ts';
import { type AwsOptions, openQueue, openStream } from '../../aws/clients.ts';
import { AwsError } from '../../aws/errors.ts';
import { describeAwsFailure } from '../../aws/explain.ts';
import { failureAs } from '../support/failure.ts';
import { json, startCannedServer, text } from './canned-server.ts';

const awsUrl = 'https://sqs.eu-west-1.amazonaws.com/123456789012/orders';
const localUrl = 'http://localhost:9324/000000000000/orders';
const credentials = { accessKeyId: 'AKID', secretAccessKey: 'secret' };

/** The SDK reads the environment and two files: each test begins with none of them. */
let saved: NodeJS.ProcessEnv;

beforeEach(() => {
  saved = { ...process.env };
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
  process.env.AWS_CONFIG_FILE = '/nonexistent/config';
  process.env.AWS_SHARED_CREDENTIALS_FILE = '/nonexistent/credentials';
  process.env.AWS_EC2_METADATA_DISABLED = 'true';
});

afterEach(() => {
  process.env = saved;
});

type Where = { region: string; endpoint: string };
type Case = { name: string; env?: Record<string, string>; options?: AwsOptions; expected: Where };

const queues: (Case & { url: string })[] = [
  {
    name: "a queue of AWS is where its URL says, whatever the environment's region",
    url: awsUrl,
    env: { AWS_REGION: 'us-east-1' },
    expected: { region: 'eu-west-1', endpoint: 'https://sqs.eu-west-1.amazonaws.com' },
  },
  {
    name: 'an explicit region wins over the URL',
    url: awsUrl,
    options: { region: 'us-west-2' },
    expected: { region: 'us-west-2', endpoint: 'https://sqs.eu-west-1.amazonaws.com' },
  },
  {
    name: 'a queue elsewhere has the region of the environment and the endpoint of its URL',
    url: localUrl,
    env: { AWS_REGION: 'us-east-1' },
    expected: { region: 'us-east-1', endpoint: 'http://localhost:9324' },
  },
  {
    name: 'AWS_ENDPOINT_URL replaces the endpoint of the URL',
    url: awsUrl,
    env: { AWS_ENDPOINT_URL: 'http://localhost:4566' },
    expected: { region: 'eu-west-1', endpoint: 'http://localhost:4566' },
  },
  {
    name: 'AWS_ENDPOINT_URL_SQS wins over AWS_ENDPOINT_URL',
    url: awsUrl,
    env: { AWS_ENDPOINT_URL: 'http://localhost:4566', AWS_ENDPOINT_URL_SQS: 'http://localhost:9324' },
    expected: { region: 'eu-west-1', endpoint: 'http://localhost:9324' },
  },
  {
    name: 'an explicit endpoint wins over the environment',
    url: awsUrl,
    env: { AWS_ENDPOINT_URL: 'http://localhost:4566' },
    options: { endpoint: 'http://127.0.0.1:1234/' },
    expected: { region: 'eu-west-1', endpoint: 'http://127.0.0.1:1234' },
  },
];

for (const { name, url, env, options, expected } of queues) {
  test(name, async () => {
    Object.assign(process.env, env);
    const queue = await openQueue({ url, credentials, ...options }, systemClock);
    assert.deepEqual({ region: queue.region, endpoint: queue.endpoint }, expected);
    await queue.close();
  });
}

const streams: Case[] = [
  {
    name: "a stream is at its region's endpoint",
    options: { region: 'eu-west-1' },
    expected: { region: 'eu-west-1', endpoint: 'https://firehose.eu-west-1.amazonaws.com' },
  },
  {
    name: 'in China the endpoint has another domain',
    env: { AWS_REGION: 'cn-north-1' },
    expected: { region: 'cn-north-1', endpoint: 'https://firehose.cn-north-1.amazonaws.com.cn' },
  },
  {
    name: 'AWS_USE_FIPS_ENDPOINT is heeded',
    env: { AWS_REGION: 'us-east-1', AWS_USE_FIPS_ENDPOINT: 'true' },
    expected: { region: 'us-east-1', endpoint: 'https://firehose-fips.us-east-1.amazonaws.com' },
  },
  {
    name: 'AWS_ENDPOINT_URL_FIREHOSE replaces the endpoint of the region',
    env: { AWS_REGION: 'us-east-1', AWS_ENDPOINT_URL_FIREHOSE: 'http://localhost:4566' },
    expected: { region: 'us-east-1', endpoint: 'http://localhost:4566' },
  },
  {
    name: 'an explicit endpoint of a stream wins over the environment',
    env: { AWS_REGION: 'us-east-1', AWS_ENDPOINT_URL_FIREHOSE: 'http://localhost:4566' },
    options: { endpoint: 'http://localhost:4573' },
    expected: { region: 'us-east-1', endpoint: 'http://localhost:4573' },
  },
];

for (const { name, env, options, expected } of streams) {
  test(name, async () => {
    Object.assign(process.env, env);
    const stream = await openStream({ deliveryStreamName: 'audit', credentials, ...options }, systemClock);
    assert.deepEqual({ region: stream.region, endpoint: stream.endpoint }, expected);
    await stream.close();
  });
}

test('without any region a queue elsewhere cannot be opened', async () => {
  await assert.rejects(openQueue({ url: localUrl, credentials }, systemClock), {
    code: 'Region',
    subject: { resource: 'queue', name: localUrl },
  });
});

test('without any region a stream cannot be opened', async () => {
  await assert.rejects(openStream({ deliveryStreamName: 'audit', credentials }, systemClock), { code: 'Region' });
});

test('an endpoint with a path is refused when the queue is opened', async () => {
  const options = { url: awsUrl, credentials, endpoint: 'http://localhost:4566/sqs' };
  await assert.rejects(openQueue(options, systemClock), { code: 'Endpoint' });
});

test('hot calls and the look at the queue find credentials in the same place: the environment', async () => {
  await using server = await startCannedServer(json(200, {}));
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'FROMENV', AWS_SECRET_ACCESS_KEY: 's', AWS_SESSION_TOKEN: 't' });
  const queue = await openQueue({ url: awsUrl, endpoint: server.endpoint }, systemClock);
  await queue.port.deleteBatch(['a']);
  await queue.attributes();
  assert.deepEqual(
    server.requests.map(({ headers }) => [
      /Credential=(\w+)/.exec(headers.authorization ?? '')?.[1],
      headers['x-amz-security-token'],
    ]),
    [
      ['FROMENV', 't'],
      ['FROMENV', 't'],
    ],
  );
  await queue.close();
});

/** One failure, met by a hot call and by the SDK: a person must not be told two stories. */
const failures: { name: string; respond: Parameters<typeof startCannedServer>[0]; code: string }[] = [
  {
    name: 'a queue that does not exist',
    respond: json(
      400,
      { __type: 'com.amazonaws.sqs#QueueDoesNotExist', message: 'The specified queue does not exist.' },
      { 'x-amzn-query-error': 'AWS.SimpleQueueService.NonExistentQueue;Sender' },
    ),
    code: 'QueueDoesNotExist',
  },
  {
    name: 'an error that the SDK does not model',
    respond: json(
      403,
      { __type: 'com.amazon.coral.service#AccessDeniedException', message: 'not authorized' },
      { 'x-amzn-query-error': 'AccessDenied;Sender' },
    ),
    code: 'AccessDenied',
  },
  {
    name: 'wrong credentials',
    respond: json(403, { __type: 'InvalidClientTokenId', message: 'The security token is invalid.' }),
    code: 'InvalidClientTokenId',
  },
  { name: 'an answer that is not JSON', respond: text(400, '<html>nginx</html>'), code: 'InvalidResponse' },
];

for (const { name, respond, code } of failures) {
  test(`${name} has one name and one explanation, whoever met it`, async () => {
    await using server = await startCannedServer(respond);
    const queue = await openQueue({ url: awsUrl, endpoint: server.endpoint, credentials }, systemClock);
    const [raw, sdk] = await Promise.all([failureOf(queue.port.deleteBatch(['a'])), failureOf(queue.attributes())]);
    assert.deepEqual([raw.code, sdk.code], [code, code]);
    assert.equal(raw.status, sdk.status);
    assert.equal(describeAwsFailure(raw).kind, describeAwsFailure(sdk).kind);
    if (code !== 'InvalidResponse') assert.deepEqual(describeAwsFailure(raw), describeAwsFailure(sdk));
    await queue.close();
  });
}

test('an endpoint where nobody listens has one explanation, whoever met it', async () => {
  const server = await startCannedServer();
  await server[Symbol.asyncDispose]();
  const queue = await openQueue({ url: awsUrl, endpoint: server.endpoint, credentials }, systemClock);
  const [raw, sdk] = await Promise.all([failureOf(queue.port.deleteBatch(['a'])), failureOf(queue.attributes())]);
  assert.deepEqual([raw.code, sdk.code], ['Network', 'Network']);
  assert.deepEqual(describeAwsFailure(raw), describeAwsFailure(sdk));
  await queue.close();
});

test('no credentials anywhere has one explanation, whoever met it', async () => {
  const queue = await openQueue({ url: awsUrl }, systemClock);
  const [raw, sdk] = await Promise.all([failureOf(queue.port.deleteBatch(['a'])), failureOf(queue.attributes())]);
  assert.deepEqual([raw.code, sdk.code], ['Credentials', 'Credentials']);
  assert.deepEqual(describeAwsFailure(raw), describeAwsFailure(sdk));
  await queue.close();
});

test('a stream tells whether it takes records, and whether it adds newlines itself', async () => {
  const processors = [{ Type: 'AppendDelimiterToRecord', Parameters: [] }];
  const description = {
    DeliveryStreamARN: 'arn:aws:firehose:eu-west-1:123456789012:deliverystream/audit',
    DeliveryStreamStatus: 'CREATING',
    Destinations: [
      { ExtendedS3DestinationDescription: { ProcessingConfiguration: { Enabled: true, Processors: processors } } },
    ],
  };
  await using server = await startCannedServer(json(200, { DeliveryStreamDescription: description }));
  const options = { deliveryStreamName: 'audit', region: 'eu-west-1', endpoint: server.endpoint, credentials };
  const stream = await openStream(options, systemClock);
  assert.deepEqual(await stream.describe(), {
    arn: 'arn:aws:firehose:eu-west-1:123456789012:deliverystream/audit',
    status: 'CREATING',
    appendsDelimiter: true,
  });
  const off = {
    ExtendedS3DestinationDescription: { ProcessingConfiguration: { Enabled: false, Processors: processors } },
  };
  server.respond = json(200, { DeliveryStreamDescription: { ...description, Destinations: [off] } });
  assert.equal((await stream.describe()).appendsDelimiter, false);
  server.respond = json(200, { DeliveryStreamDescription: { DeliveryStreamStatus: 'ACTIVE' } });
  assert.deepEqual(await stream.describe(), { arn: null, status: 'ACTIVE', appendsDelimiter: false });
  server.respond = json(400, { __type: 'ResourceNotFoundException', message: 'not found' });
  assert.equal((await failureOf(stream.describe())).code, 'ResourceNotFoundException');
  await stream.close();
});

test('the look at a queue can be aborted', async () => {
  const asked = Promise.withResolvers<void>();
  await using server = await startCannedServer(() => asked.resolve());
  const queue = await openQueue({ url: awsUrl, endpoint: server.endpoint, credentials }, systemClock);
  const controller = new AbortController();
  const look = failureOf(queue.attributes(controller.signal));
  await asked.promise;
  controller.abort();
  assert.equal((await look).code, 'Aborted');
  await queue.close();
});

function failureOf(call: Promise<unknown>): Promise<AwsError> {
  return failureAs(AwsError, call);
}
