import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DataPlane } from '../../aws/data-plane.ts';
import { AwsError } from '../../aws/errors.ts';
import { SqsQueue } from '../../aws/sqs-queue.ts';
import { checkProperty } from '../support/properties.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { type CannedServer, json, startCannedServer, text } from './canned-server.ts';

const url = 'https://sqs.eu-west-1.amazonaws.com/123456789012/orders';
const request = { maxMessages: 10, waitTimeSeconds: 20, visibilityTimeoutSeconds: 30 };

async function withQueue(
  server: CannedServer,
  use: (queue: SqsQueue) => Promise<void>,
  clock = new VirtualClock(),
): Promise<void> {
  const options = {
    service: 'sqs',
    region: 'eu-west-1',
    jsonVersion: '1.0',
    clock,
    endpoint: server.endpoint,
    credentials: async () => ({ accessKeyId: 'AKID', secretAccessKey: 'secret' }),
    subject: { resource: 'queue', name: url },
  } as const;
  const [polls, calls] = [new DataPlane(options), new DataPlane(options)];
  await use(new SqsQueue({ url, polls, calls }));
  await Promise.all([polls.close(), calls.close()]);
}

function lastBody(server: CannedServer): unknown {
  return JSON.parse(server.requests.at(-1)?.body ?? '');
}

test('a receive asks for every attribute, and for an attempt id only when there is one', async () => {
  await using server = await startCannedServer(json(200, {}));
  await withQueue(server, async (queue) => {
    assert.deepEqual(await queue.receive(request), []);
    const expected = {
      QueueUrl: url,
      MaxNumberOfMessages: 10,
      WaitTimeSeconds: 20,
      VisibilityTimeout: 30,
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
    };
    assert.equal(server.requests[0]?.target, 'AmazonSQS.ReceiveMessage');
    assert.deepEqual(lastBody(server), expected);
    await queue.receive({ ...request, attemptId: 'a"b' });
    assert.deepEqual(lastBody(server), { ...expected, ReceiveRequestAttemptId: 'a"b' });
  });
});

test('messages arrive with their attributes', async () => {
  const message = { MessageId: 'm1', ReceiptHandle: 'r1', Body: 'line 1\nline 2 \u{1F600}', MD5OfBody: '...' };
  await using server = await startCannedServer(
    json(200, {
      Messages: [
        {
          ...message,
          Attributes: { SentTimestamp: '1', ApproximateReceiveCount: '2' },
          MessageAttributes: {
            text: { DataType: 'String', StringValue: 'x' },
            binary: { DataType: 'Binary.gzip', BinaryValue: 'AAEC' },
          },
        },
        { ...message, MessageId: 'm2' },
      ],
    }),
  );
  await withQueue(server, async (queue) => {
    assert.deepEqual(await queue.receive(request), [
      {
        ...{ messageId: 'm1', receiptHandle: 'r1', body: message.Body },
        attributes: { SentTimestamp: '1', ApproximateReceiveCount: '2' },
        messageAttributes: {
          text: { dataType: 'String', stringValue: 'x' },
          binary: { dataType: 'Binary.gzip', binaryValue: 'AAEC' },
        },
      },
      { messageId: 'm2', receiptHandle: 'r1', body: message.Body, attributes: {}, messageAttributes: {} },
    ]);
  });
});

test('an attribute that is called __proto__ is an attribute like any other', async () => {
  const attribute = '"__proto__":{"DataType":"String","StringValue":"x"}';
  const message = `{"MessageId":"m","ReceiptHandle":"r","Body":"b","MessageAttributes":{${attribute}}}`;
  await using server = await startCannedServer(text(200, `{"Messages":[${message}]}`));
  await withQueue(server, async (queue) => {
    const [received] = await queue.receive(request);
    assert.deepEqual(Object.entries(received?.messageAttributes ?? {}), [
      ['__proto__', { dataType: 'String', stringValue: 'x' }],
    ]);
  });
});

const whole = { MessageId: 'm', ReceiptHandle: 'r', Body: 'b' };
const malformed: [string, unknown][] = [
  ['a list', []],
  ['a string', 'Messages'],
  ['null', null],
  ['messages that are not a list', { Messages: { 0: whole } }],
  ['messages that are not objects', { Messages: ['m'] }],
  ['a message without an id', { Messages: [{ ...whole, MessageId: undefined }] }],
  ['a message without a receipt handle', { Messages: [{ ...whole, ReceiptHandle: 7 }] }],
  ['a message without a body', { Messages: [{ ...whole, Body: null }] }],
];

for (const [name, answer] of malformed) {
  test(`an answer with ${name} is refused, not believed`, async () => {
    await using server = await startCannedServer(json(200, answer));
    await withQueue(server, (queue) => assert.rejects(queue.receive(request), isInvalidResponse));
  });
}

test('an answer that is refused is not quoted where it holds messages: errors go to logs, and bodies do not', async () => {
  const secret = { ...whole, Body: 'a secret' };
  const answers = [
    json(200, { Messages: [{ ...secret, ReceiptHandle: 7 }] }),
    json(200, { Messages: { 0: secret } }),
    text(200, `{"Messages":[${JSON.stringify(secret)}`),
  ];
  for (const answer of answers) {
    await using server = await startCannedServer(answer);
    await withQueue(server, (queue) =>
      assert.rejects(queue.receive(request), ({ message }: Error) => !message.includes('a secret')),
    );
  }
});
const unreadable: [sentence: RegExp, fields: object][] = [
  [/Attributes that are not strings$/, { Attributes: { SentTimestamp: 1, SenderId: 'me' } }],
  [/MessageAttributes that are not an object$/, { MessageAttributes: [] }],
  [/an attribute a without a DataType$/, { MessageAttributes: { a: { StringValue: 'x' } } }],
];

for (const [sentence, fields] of unreadable) {
  test(`a message with ${sentence.source} says so, and those beside it are received as ever`, async () => {
    const b = { DataType: 'String', StringValue: 'y' };
    const messages = [
      { ...whole, ...fields },
      { ...whole, MessageId: 'm2', MessageAttributes: { b } },
    ];
    await using server = await startCannedServer(json(200, { Messages: messages }));
    await withQueue(server, async (queue) => {
      const [bad, good] = await queue.receive(request);
      assert.match(bad?.unreadable ?? '', sentence);
      assert.deepEqual([bad?.messageId, bad?.body, bad?.messageAttributes], ['m', 'b', {}]);
      assert.equal(good?.unreadable, undefined);
      assert.deepEqual(good?.messageAttributes, { b: { dataType: 'String', stringValue: 'y' } });
    });
  });
}

test('an answer that is not JSON is refused', async () => {
  await using server = await startCannedServer(text(200, 'The queue is gone'));
  await withQueue(server, (queue) => assert.rejects(queue.receive(request), isInvalidResponse));
});

test('the deadline of a receive is ten seconds past its long poll', async () => {
  const asked = Promise.withResolvers<void>();
  await using server = await startCannedServer(() => asked.resolve());
  const clock = new VirtualClock();
  await withQueue(
    server,
    async (queue) => {
      const receive = assert.rejects(queue.receive(request), { code: 'Timeout' });
      await asked.promise;
      await clock.advance(29_999);
      assert.equal(clock.pending, 1);
      await clock.advance(1);
      await receive;
    },
    clock,
  );
});

test('deletes and changes of visibility send one entry each, with the index as the id', async () => {
  await using server = await startCannedServer(json(200, { Successful: [{ Id: '0' }, { Id: '1' }], Failed: [] }));
  await withQueue(server, async (queue) => {
    assert.deepEqual(await queue.deleteBatch(['a', 'b']), [undefined, undefined]);
    assert.equal(server.requests[0]?.target, 'AmazonSQS.DeleteMessageBatch');
    assert.deepEqual(lastBody(server), {
      QueueUrl: url,
      Entries: [
        { Id: '0', ReceiptHandle: 'a' },
        { Id: '1', ReceiptHandle: 'b' },
      ],
    });
    await queue.changeVisibilityBatch([{ receiptHandle: 'a', visibilityTimeoutSeconds: 0 }]);
    assert.equal(server.requests[1]?.target, 'AmazonSQS.ChangeMessageVisibilityBatch');
    assert.deepEqual(lastBody(server), {
      QueueUrl: url,
      Entries: [{ Id: '0', ReceiptHandle: 'a', VisibilityTimeout: 0 }],
    });
  });
});

test('an empty batch is not sent', async () => {
  await using server = await startCannedServer(json(500, {}));
  await withQueue(server, async (queue) => {
    assert.deepEqual(await queue.deleteBatch([]), []);
    assert.deepEqual(await queue.changeVisibilityBatch([]), []);
  });
  assert.equal(server.requests.length, 0);
});

test('outcomes are aligned with the entries, whatever the order of the answer and whatever it leaves out or adds', async () => {
  await using server = await startCannedServer();
  await withQueue(server, (queue) =>
    checkProperty(
      fc.asyncProperty(
        fc.array(fc.constantFrom('successful', 'failed', 'unmentioned', 'both'), { minLength: 1, maxLength: 10 }),
        // Ids of no entry. The empty one is zero to Number().
        fc.array(fc.constantFrom('10', '-1', '1.5', 'length', '', 'x', '4294967295', undefined)),
        fc.boolean(),
        async (fates, strangers, reverse) => {
          const idsOf = (...wanted: string[]) =>
            fates.flatMap((fate, index) => (wanted.includes(fate) ? [String(index)] : []));
          const successful = [...idsOf('successful', 'both'), ...strangers].map((Id) => ({ Id }));
          const failed = [...idsOf('failed', 'both').map((Id) => failedEntry(Id)), ...strangers.map(failedEntry)];
          if (reverse) successful.reverse();
          server.respond = json(200, { Successful: successful, Failed: failed });
          const outcomes = await queue.deleteBatch(fates.map((_fate, index) => `r${index}`));
          assert.deepEqual(
            outcomes.map((outcome) => outcome?.code),
            fates.map(expectedCode),
          );
        },
      ),
      { numRuns: 100 },
    ),
  );
});

test('a failed entry says why, under the name that a failed call would have', async () => {
  const failed = { Id: '0', Code: 'AWS.SimpleQueueService.MessageNotInflight', Message: 'gone', SenderFault: true };
  await using server = await startCannedServer(json(200, { Failed: [failed] }));
  await withQueue(server, async (queue) => {
    const change = { receiptHandle: 'a', visibilityTimeoutSeconds: 30 };
    assert.deepEqual(await queue.changeVisibilityBatch([change]), [
      { code: 'MessageNotInflight', message: 'gone', senderFault: true },
    ]);
  });
});

function failedEntry(Id: string | undefined) {
  return { Id, Code: 'ReceiptHandleIsInvalid', Message: 'stale', SenderFault: true };
}

function expectedCode(fate: string): string | undefined {
  if (fate === 'successful') return undefined;
  return fate === 'unmentioned' ? 'InvalidResponse' : 'ReceiptHandleIsInvalid';
}

function isInvalidResponse(error: unknown): boolean {
  return error instanceof AwsError && error.code === 'InvalidResponse';
}
