import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AwsError, type AwsSubject } from '../../aws/errors.ts';
import { type AwsFailure, describeAwsFailure } from '../../aws/explain.ts';

const url = 'https://sqs.eu-west-1.amazonaws.com/123456789012/orders';
const queue: AwsSubject = { resource: 'queue', name: url, region: 'eu-west-1', endpoint: 'http://localhost:9324' };
const stream: AwsSubject = { ...queue, resource: 'stream', name: 'audit' };

type Case = { subject?: AwsSubject; code: string; message?: string; status?: number; expected: AwsFailure };

const cases: Case[] = [
  {
    subject: { resource: 'queue', name: 'http://localhost:9324/1/orders' },
    code: 'Region',
    expected: {
      kind: 'Misconfigured',
      sentence: 'no region is known for the queue http://localhost:9324/1/orders: set spec.queue.region or AWS_REGION',
    },
  },
  {
    subject: { resource: 'stream', name: 'audit' },
    code: 'Region',
    expected: {
      kind: 'Misconfigured',
      sentence: 'no region is known for the delivery stream audit: set spec.audit.firehose.region or AWS_REGION',
    },
  },
  {
    subject: { ...queue, endpoint: 'localhost:9324' },
    code: 'Endpoint',
    message: 'it must be http(s)://host[:port] without a path',
    expected: {
      kind: 'Misconfigured',
      sentence:
        'localhost:9324 is not an endpoint: it must be http(s)://host[:port] without a path; correct spec.queue.endpoint or AWS_ENDPOINT_URL',
    },
  },
  {
    subject: queue,
    code: 'Credentials',
    message: 'Could not load credentials from any providers',
    expected: {
      kind: 'Misconfigured',
      sentence:
        'no AWS credentials were found (Could not load credentials from any providers): set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE, or give the pod an identity',
    },
  },
  {
    subject: queue,
    code: 'InvalidClientTokenId',
    message: 'The security token included in the request is invalid.',
    status: 403,
    expected: {
      kind: 'Misconfigured',
      sentence:
        'AWS does not know these credentials (InvalidClientTokenId: The security token included in the request is invalid.): set the access key of an active identity',
    },
  },
  {
    subject: queue,
    code: 'SignatureDoesNotMatch',
    message: 'The request signature we calculated does not match.',
    status: 403,
    expected: {
      kind: 'Misconfigured',
      sentence:
        'http://localhost:9324 refuses the signature (SignatureDoesNotMatch): the secret access key does not belong to the access key id; correct AWS_SECRET_ACCESS_KEY or the profile',
    },
  },
  {
    subject: queue,
    code: 'RequestTimeTooSkewed',
    message: 'The difference is too large.',
    status: 403,
    expected: {
      kind: 'Misconfigured',
      sentence:
        "http://localhost:9324 refuses the time of the request (RequestTimeTooSkewed: The difference is too large.): set this machine's clock",
    },
  },
  {
    subject: stream,
    code: 'ExpiredTokenException',
    message: 'The security token included in the request is expired',
    status: 400,
    expected: {
      kind: 'Misconfigured',
      sentence:
        'the temporary credentials have expired (ExpiredTokenException: The security token included in the request is expired): renew the session or the token',
    },
  },
  {
    subject: queue,
    code: 'AccessDenied',
    message: 'User: arn:aws:iam::1:user/x is not authorized to perform: sqs:receivemessage',
    status: 403,
    expected: {
      kind: 'Misconfigured',
      sentence: `access to the queue ${url} is denied (AccessDenied: User: arn:aws:iam::1:user/x is not authorized to perform: sqs:receivemessage): allow the action in the IAM policy of this identity or in the queue's policy`,
    },
  },
  {
    subject: queue,
    code: 'QueueDoesNotExist',
    status: 400,
    expected: {
      kind: 'Misconfigured',
      sentence: `the queue ${url} does not exist in eu-west-1: create it, or correct spec.queue.url or the account`,
    },
  },
  {
    subject: stream,
    code: 'ResourceNotFoundException',
    status: 400,
    expected: {
      kind: 'Misconfigured',
      sentence:
        'the delivery stream audit does not exist in eu-west-1: create it, or correct spec.audit.firehose.deliveryStreamName or the account',
    },
  },
  {
    subject: queue,
    code: 'Network',
    message: 'http://localhost:9324 cannot be reached (connect ECONNREFUSED 127.0.0.1:9324)',
    expected: {
      kind: 'Transient',
      sentence:
        'http://localhost:9324 cannot be reached (connect ECONNREFUSED 127.0.0.1:9324): check the network and spec.queue.endpoint',
    },
  },
  {
    subject: stream,
    code: 'Timeout',
    message: 'http://localhost:9324 gave no complete answer within 30 s',
    expected: {
      kind: 'Transient',
      sentence:
        'http://localhost:9324 gave no complete answer within 30 s: check the network and spec.audit.firehose.endpoint',
    },
  },
  {
    subject: queue,
    code: 'KmsAccessDenied',
    message: 'no kms:Decrypt',
    status: 400,
    expected: {
      kind: 'Misconfigured',
      sentence: `the KMS key of the queue ${url} cannot be used (KmsAccessDenied: no kms:Decrypt): allow kms:Decrypt to this identity, or enable the key`,
    },
  },
  {
    subject: queue,
    code: 'KmsThrottled',
    message: 'Rate exceeded',
    status: 400,
    expected: {
      kind: 'Transient',
      sentence: `SQS throttles calls to the queue ${url} (KmsThrottled: Rate exceeded): they are repeated more slowly`,
    },
  },
  {
    subject: stream,
    code: 'ServiceUnavailableException',
    message: 'Slow down.',
    status: 503,
    expected: {
      kind: 'Transient',
      sentence:
        'Firehose throttles calls to the delivery stream audit (ServiceUnavailableException: Slow down.): they are repeated more slowly',
    },
  },
  {
    subject: queue,
    code: 'OverLimit',
    status: 403,
    expected: {
      kind: 'Transient',
      sentence: `the queue ${url} has as many messages in flight as SQS allows, 120,000`,
    },
  },
  {
    subject: queue,
    code: 'InvalidResponse',
    message: 'the answer is not a JSON object: <html>',
    status: 404,
    expected: {
      kind: 'Misconfigured',
      sentence:
        'http://localhost:9324 does not answer as SQS does: the answer is not a JSON object: <html>; check spec.queue.endpoint',
    },
  },
  {
    subject: queue,
    code: 'InvalidResponse',
    message: 'the answer has HTTP status 502',
    status: 502,
    expected: {
      kind: 'Transient',
      sentence:
        'http://localhost:9324 does not answer as SQS does: the answer has HTTP status 502; check spec.queue.endpoint',
    },
  },
  {
    subject: queue,
    code: 'Aborted',
    message: 'the call to http://localhost:9324 was aborted',
    expected: { kind: 'Transient', sentence: 'the call to http://localhost:9324 was aborted' },
  },
  {
    subject: queue,
    code: 'InvalidParameterValue',
    message: 'WaitTimeSeconds is 21',
    status: 400,
    expected: {
      kind: 'Misconfigured',
      sentence: `a call to SQS for the queue ${url} failed: InvalidParameterValue: WaitTimeSeconds is 21`,
    },
  },
  {
    subject: queue,
    code: 'InternalError',
    message: 'InternalError',
    status: 500,
    expected: { kind: 'Transient', sentence: `a call to SQS for the queue ${url} failed: InternalError` },
  },
  {
    code: 'QueueDoesNotExist',
    status: 400,
    expected: {
      kind: 'Misconfigured',
      sentence:
        'the queue or the stream does not exist in its region: create it, or correct spec.queue or spec.audit.firehose or the account',
    },
  },
];

for (const { subject, code, message = 'the message', status, expected } of cases) {
  test(`${code} (${status ?? 'no answer'}) of ${subject?.resource ?? 'nothing known'} is explained`, () => {
    assert.deepEqual(describeAwsFailure(new AwsError(code, message, { status, subject })), expected);
  });
}

test('what is not an error of AWS is told as it is', () => {
  assert.deepEqual(describeAwsFailure(new RangeError('too far')), {
    kind: 'Transient',
    sentence: 'a call to AWS for the queue or the stream failed: RangeError: too far',
  });
});

test('settings that are not those of the manifest are called by their own names', () => {
  const options = { name: '--queue-url', region: '--region', endpoint: '--endpoint' };
  const sentenceOf = (code: string) =>
    describeAwsFailure(new AwsError(code, code, { subject: queue }), options).sentence;
  assert.match(sentenceOf('Network'), /check the network and --endpoint$/);
  assert.match(sentenceOf('Region'), /set --region or AWS_REGION$/);
  assert.match(sentenceOf('QueueDoesNotExist'), /correct --queue-url or the account$/);
});

test('what would do something to a terminal is written out', () => {
  const { sentence } = describeAwsFailure(new AwsError('Odd', 'one\u001b[2Jtwo', { subject: queue }));
  assert.match(sentence, /Odd: one\\u001b\[2Jtwo$/);
});

test('a message of several lines makes one sentence', () => {
  const { sentence } = describeAwsFailure(new AwsError('Odd', 'one\n  two', { subject: queue }));
  assert.match(sentence, /Odd: one two$/);
});
