import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AwsError, normalizeErrorCode, unreachableMessage } from '../../aws/errors.ts';

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
