import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../api/clock.ts';
import { openQueue } from '../../aws/clients.ts';
import { AwsError, normalizeErrorCode, unreachableMessage } from '../../aws/errors.ts';
import { type AwsFailure, describeAwsFailure } from '../../aws/explain.ts';
import { json, startCannedServer, text } from './canned-server.ts';

const names: [raw: string, code: string][] = [
  ['AccessDenied', 'AccessDenied'],
  ['AccessDenied;Sender', 'AccessDenied'],
  ['AWS.SimpleQueueService.NonExistentQueue;Sender', 'QueueDoesNotExist'],
  ['com.amazonaws.sqs#QueueDoesNotExist', 'QueueDoesNotExist'],
  ['AWS.SimpleQueueService.TooManyEntriesInBatchRequest;Sender', 'TooManyEntriesInBatchRequest'],
  ['QueueAlreadyExists', 'QueueNameExists'],
  ['KMS.ThrottlingException', 'KmsThrottled'],
  ['ServiceUnavailableException:http://internal.amazon.com/coral/', 'ServiceUnavailableException'],
  ['', ''],
];

for (const [raw, code] of names) {
  test(`the error ${raw} is called ${code}`, () => assert.equal(normalizeErrorCode(raw), code));
}

test('an error that learns what it is about stays what it was', () => {
  const error = new AwsError('QueueDoesNotExist', 'no such queue', { status: 400, cause: 'why' });
  const subject = { resource: 'queue', name: 'https://host/1/orders' } as const;
  const { code, message, status, cause, subject: about } = error.about(subject);
  assert.deepEqual(
    { code, message, status, cause, about },
    { code: 'QueueDoesNotExist', message: 'no such queue', status: 400, cause: 'why', about: subject },
  );
});

test('the code of a failure to reach an endpoint is said once', () => {
  assert.equal(
    unreachableMessage('http://a', 'ENOTFOUND', 'getaddrinfo ENOTFOUND a'),
    'http://a cannot be reached (getaddrinfo ENOTFOUND a)',
  );
  assert.equal(
    unreachableMessage('http://a', 'UND_ERR_SOCKET', 'other side closed'),
    'http://a cannot be reached (UND_ERR_SOCKET other side closed)',
  );
  assert.equal(unreachableMessage('http://a', 'ECONNREFUSED', ''), 'http://a cannot be reached (ECONNREFUSED)');
  assert.equal(unreachableMessage('http://a', undefined, 'broken'), 'http://a cannot be reached (broken)');
});

/** Answers that are not the service's, as the AWS SDK meets them. */
const strangers: [name: string, respond: Parameters<typeof startCannedServer>[0], AwsFailure['kind'], why: RegExp][] = [
  [
    'a proxy that is down',
    text(502, '<html>\nbad gateway</html>'),
    'Transient',
    /status 502 and cannot be read \(.*html.*\)/,
  ],
  ['a web server', text(404, '<html>not found</html>'), 'Misconfigured', /status 404 and cannot be read \(.*html.*\)/],
  ['a web page', text(200, '<html>welcome</html>'), 'Misconfigured', /status 200 and cannot be read \(.*html.*\)/],
  ['a proxy without a word', text(502, ''), 'Transient', /status 502 and names no error/],
  [
    'a server that names no error',
    json(400, { message: 'no' }),
    'Misconfigured',
    /status 400 and names no error \(no\)/,
  ],
];

for (const [name, respond, kind, why] of strangers) {
  test(`${name} is told in one sentence with status, endpoint and remedy`, async () => {
    await using server = await startCannedServer(respond);
    const credentials = { accessKeyId: 'AKID', secretAccessKey: 'secret' };
    const options = { url: `${server.endpoint}/1/orders`, region: 'eu-west-1', endpoint: server.endpoint, credentials };
    const queue = await openQueue(options, systemClock);
    const failure = await queue.attributes().then(() => assert.fail('it was taken for SQS'), describeAwsFailure);
    const sentence = `^${server.endpoint} does not answer as SQS does: the answer has HTTP ${why.source}; check spec.queue.endpoint$`;
    assert.match(failure.sentence, new RegExp(sentence));
    assert.doesNotMatch(failure.sentence, /\n|\$response|UnknownError/);
    assert.equal(failure.kind, kind);
    await queue.close();
  });
}
