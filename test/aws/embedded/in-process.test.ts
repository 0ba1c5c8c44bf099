import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Faults } from '../../../aws/embedded/faults.ts';
import { EmbeddedFirehose } from '../../../aws/embedded/firehose.ts';
import { inProcessQueue, inProcessStream } from '../../../aws/embedded/in-process.ts';
import { EmbeddedSqs } from '../../../aws/embedded/sqs.ts';
import { AwsError } from '../../../aws/errors.ts';
import { settle, VirtualClock } from '../../support/virtual-clock.ts';

function setUp() {
  const clock = new VirtualClock();
  const faults = new Faults(clock);
  const sqs = new EmbeddedSqs({ clock, random: Math.random, faults });
  const firehose = new EmbeddedFirehose({ clock, random: Math.random, faults });
  const QueueUrl = sqs.createQueue('q');
  firehose.createDeliveryStream('audit');
  const send = (MessageBody: string, more: object = {}) => sqs.call('SendMessage', { QueueUrl, MessageBody, ...more });
  const queue = inProcessQueue(sqs, QueueUrl);
  return { clock, faults, firehose, send, queue, stream: inProcessStream(firehose, 'audit') };
}

const request = { maxMessages: 10, waitTimeSeconds: 0, visibilityTimeoutSeconds: 30 };

async function failsWith(call: Promise<unknown>, code: string, status?: number): Promise<void> {
  await assert.rejects(call, (error) => {
    assert.ok(error instanceof AwsError, String(error));
    assert.deepEqual([error.code, error.status], [code, status]);
    return true;
  });
}

test('a message comes with its attributes, its own and those of SQS', async () => {
  const { queue, send } = setUp();
  const MessageAttributes = {
    text: { DataType: 'String', StringValue: 'a' },
    bytes: { DataType: 'Binary', BinaryValue: 'AAE=' },
  };
  await send('x', { MessageAttributes });
  const [message] = await queue.receive(request);
  assert.equal(message?.body, 'x');
  assert.equal(message?.attributes.ApproximateReceiveCount, '1');
  assert.deepEqual(message?.messageAttributes, {
    text: { dataType: 'String', stringValue: 'a' },
    bytes: { dataType: 'Binary', binaryValue: 'AAE=' },
  });
});

test('a receive waits in virtual time', async () => {
  const { clock, queue, send } = setUp();
  const waiting = queue.receive({ ...request, waitTimeSeconds: 20 });
  await clock.advance(10_000);
  await send('x');
  assert.equal((await waiting).length, 1);
});

test('outcomes of batches are aligned with their entries', async () => {
  const { queue, send } = setUp();
  await send('x');
  const [message] = await queue.receive(request);
  const handle = message?.receiptHandle ?? '';
  const changes = ['bogus', handle].map((receiptHandle) => ({ receiptHandle, visibilityTimeoutSeconds: 60 }));
  const [bad, good] = await queue.changeVisibilityBatch(changes);
  assert.deepEqual([bad?.code, bad?.senderFault, good], ['ReceiptHandleIsInvalid', true, undefined]);
  const [deleted, refused] = await queue.deleteBatch([handle, 'bogus']);
  assert.deepEqual([deleted, refused?.code], [undefined, 'ReceiptHandleIsInvalid']);
});

test('records that are put are in the stream, and those that a fault strikes are not', async () => {
  const { faults, firehose, stream } = setUp();
  faults.on('PutRecordBatch').failEntries((_, index) => index === 1, 'ServiceUnavailableException');
  const outcome = await stream.putRecords(['a\n', 'b\n', 'c\n'].map((text) => Buffer.from(text)));
  assert.deepEqual(
    outcome.map((failure) => failure?.code),
    [undefined, 'ServiceUnavailableException', undefined],
  );
  assert.equal(Buffer.concat(firehose.records('audit')).toString(), 'a\nc\n');
});

test('a failure of the call is an AwsError with the code and status of the service', async () => {
  const { faults, queue, stream } = setUp();
  faults.on('ReceiveMessage').error('AccessDeniedException', 403);
  await failsWith(queue.receive(request), 'AccessDeniedException', 403);
  await failsWith(queue.receive({ ...request, waitTimeSeconds: 21 }), 'AccessDeniedException', 403);
  faults.on('PutRecordBatch').throttle();
  await failsWith(stream.putRecords([Buffer.from('x')]), 'ServiceUnavailableException', 503);
});

test('a cut connection is a failure of the network, whether the work was done or not', async () => {
  const { faults, firehose, queue, stream } = setUp();
  faults.on('ReceiveMessage').cut();
  await failsWith(queue.receive(request), 'Network');
  faults.on('PutRecordBatch').commitThenCut();
  await failsWith(stream.putRecords([Buffer.from('x')]), 'Network');
  assert.equal(firehose.records('audit').length, 1);
});

test('a call whose caller gives up is aborted', async () => {
  const { faults, queue } = setUp();
  const caller = new AbortController();
  const waiting = failsWith(queue.receive({ ...request, waitTimeSeconds: 20 }, caller.signal), 'Aborted');
  faults.on('DeleteMessageBatch').hang();
  const hanging = failsWith(queue.deleteBatch(['x'], caller.signal), 'Aborted');
  await settle();
  caller.abort();
  await Promise.all([waiting, hanging]);
});
