import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readQueueAttributes } from '../../aws/queue-attributes.ts';

const url = 'https://sqs.eu-west-1.amazonaws.com/123456789012/orders';
const counters = {
  ApproximateNumberOfMessages: '12',
  ApproximateNumberOfMessagesNotVisible: '3',
  ApproximateNumberOfMessagesDelayed: '0',
};

test('a queue as AWS describes it', () => {
  const attributes = {
    ...counters,
    QueueArn: 'arn:aws:sqs:eu-west-1:123456789012:orders',
    VisibilityTimeout: '30',
    MessageRetentionPeriod: '345600',
    MaximumMessageSize: '1048576',
    RedrivePolicy: '{"deadLetterTargetArn":"arn:aws:sqs:eu-west-1:123456789012:dead","maxReceiveCount":5}',
  };
  assert.deepEqual(readQueueAttributes(url, attributes), {
    counters: { visible: 12, notVisible: 3, delayed: 0 },
    arn: 'arn:aws:sqs:eu-west-1:123456789012:orders',
    fifo: false,
    visibilityTimeoutSeconds: 30,
    messageRetentionSeconds: 345600,
    maximumMessageBytes: 1048576,
    redrivePolicy: { maxReceiveCount: 5, deadLetterTargetArn: 'arn:aws:sqs:eu-west-1:123456789012:dead' },
  });
});

test('a server that says nothing leaves everything unknown', () => {
  assert.deepEqual(readQueueAttributes(url, {}), {
    counters: null,
    arn: null,
    fifo: false,
    visibilityTimeoutSeconds: null,
    messageRetentionSeconds: null,
    maximumMessageBytes: null,
    redrivePolicy: null,
  });
});

for (const bad of [undefined, '', 'NaN', '-1', '1.5', '1e3', ' 1', 'Infinity', '0x10']) {
  for (const name of Object.keys(counters)) {
    test(`${name} of ${JSON.stringify(bad)} makes the sample no sample`, () => {
      assert.equal(readQueueAttributes(url, { ...counters, [name]: bad }).counters, null);
    });
  }
}

test('a FIFO queue is known by its attribute or by its name', () => {
  assert.equal(readQueueAttributes(url, { FifoQueue: 'true' }).fifo, true);
  assert.equal(readQueueAttributes(url, { FifoQueue: 'false' }).fifo, false);
  assert.equal(readQueueAttributes(`${url}.fifo`, {}).fifo, true);
});

const policies: [text: string, expected: unknown][] = [
  ['{"deadLetterTargetArn":"a","maxReceiveCount":"3"}', { deadLetterTargetArn: 'a', maxReceiveCount: 3 }],
  ['{"deadLetterTargetArn":"a"}', null],
  ['{"maxReceiveCount":3}', null],
  ['', null],
  ['{', null],
  ['null', null],
];

for (const [text, expected] of policies) {
  test(`the redrive policy ${JSON.stringify(text)} is read as ${JSON.stringify(expected)}`, () => {
    assert.deepEqual(readQueueAttributes(url, { RedrivePolicy: text }).redrivePolicy, expected);
  });
}
