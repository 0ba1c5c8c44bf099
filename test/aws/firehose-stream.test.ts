import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DataPlane } from '../../aws/data-plane.ts';
import { FirehoseStream } from '../../aws/firehose-stream.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { type CannedServer, json, startCannedServer, text } from './canned-server.ts';

async function withStream(server: CannedServer, use: (stream: FirehoseStream) => Promise<void>): Promise<void> {
  const dataPlane = new DataPlane({
    ...{ service: 'firehose', region: 'eu-west-1', jsonVersion: '1.1', endpoint: server.endpoint },
    credentials: async () => ({ accessKeyId: 'AKID', secretAccessKey: 'secret' }),
    clock: new VirtualClock(),
    subject: { resource: 'stream', name: 'audit' },
  });
  await use(new FirehoseStream('orders "audit"', dataPlane));
  await dataPlane.close();
}

const three = ['a', 'b', 'c'].map((line) => Buffer.from(line));

test('records travel as base64, also when they are views of a larger buffer', async () => {
  await using server = await startCannedServer(
    json(200, { Encrypted: false, FailedPutCount: 0, RequestResponses: [{ RecordId: '1' }, { RecordId: '2' }] }),
  );
  const memory = new Uint8Array([9, 0, 255, 128, 9]);
  await withStream(server, async (stream) => {
    assert.deepEqual(await stream.putRecords([memory.subarray(1, 4), Buffer.from('{"id":1}\n')]), [
      undefined,
      undefined,
    ]);
  });
  const [request] = server.requests;
  assert.equal(request?.target, 'Firehose_20150804.PutRecordBatch');
  assert.equal(request?.headers['content-type'], 'application/x-amz-json-1.1');
  assert.deepEqual(JSON.parse(request?.body ?? ''), {
    DeliveryStreamName: 'orders "audit"',
    Records: [{ Data: 'AP+A' }, { Data: Buffer.from('{"id":1}\n').toString('base64') }],
  });
});

test('an empty batch is not sent', async () => {
  await using server = await startCannedServer(json(500, {}));
  await withStream(server, async (stream) => assert.deepEqual(await stream.putRecords([]), []));
  assert.equal(server.requests.length, 0);
});

const throttled = { ErrorCode: 'ServiceUnavailableException', ErrorMessage: 'Slow down.' };
const throttledOutcome = { code: 'ServiceUnavailableException', message: 'Slow down.', senderFault: false };
const silentOutcome = {
  ...{ code: 'InvalidResponse', senderFault: false },
  message: 'the answer holds neither a RecordId nor an ErrorCode',
};
const ids = [{ RecordId: '1' }, { RecordId: '2' }, { RecordId: '3' }];

const answers: { name: string; body: string; expected: unknown[] }[] = [
  {
    name: 'some records were refused',
    body: JSON.stringify({ FailedPutCount: 1, RequestResponses: [ids[0], throttled, ids[2]] }),
    expected: [undefined, throttledOutcome, undefined],
  },
  {
    name: 'the answer is written with spaces',
    body: JSON.stringify({ FailedPutCount: 0, RequestResponses: ids }, null, 2),
    expected: [undefined, undefined, undefined],
  },
  {
    name: 'the count comes last',
    body: JSON.stringify({ RequestResponses: ids, FailedPutCount: 0 }),
    expected: [undefined, undefined, undefined],
  },
  {
    name: 'the count says zero, but a record was refused',
    body: JSON.stringify({ FailedPutCount: 0, RequestResponses: [ids[0], throttled, ids[2]] }),
    expected: [undefined, throttledOutcome, undefined],
  },
  {
    name: 'the count says zero, but a record has no id',
    body: JSON.stringify({ FailedPutCount: 0, RequestResponses: [ids[0], {}, { RecordId: '' }] }),
    expected: [undefined, silentOutcome, silentOutcome],
  },
  {
    name: 'a message holds the text that success is recognised by',
    body: JSON.stringify({
      FailedPutCount: 3,
      RequestResponses: Array(3).fill({
        ErrorCode: 'InternalFailure',
        ErrorMessage: '{"FailedPutCount":0,"RequestResponses":[{"RecordId":"1"},{"RecordId":"2"},{"RecordId":"3"}]}',
      }),
    }),
    expected: Array(3).fill({
      ...{ code: 'InternalFailure', senderFault: false },
      message: '{"FailedPutCount":0,"RequestResponses":[{"RecordId":"1"},{"RecordId":"2"},{"RecordId":"3"}]}',
    }),
  },
  {
    name: 'the answer gives an id and an error for the same record',
    body: JSON.stringify({ FailedPutCount: 1, RequestResponses: [ids[0], ids[1], { RecordId: '3', ...throttled }] }),
    expected: [undefined, undefined, throttledOutcome],
  },
];

for (const { name, body, expected } of answers) {
  test(`when ${name}, each record gets its own outcome`, async () => {
    await using server = await startCannedServer(text(200, body));
    await withStream(server, async (stream) => assert.deepEqual(await stream.putRecords(three), expected));
  });
}

const invalid = [
  { name: 'fewer outcomes than records', body: JSON.stringify({ FailedPutCount: 0, RequestResponses: ids.slice(1) }) },
  {
    name: 'more outcomes than records',
    body: JSON.stringify({ FailedPutCount: 0, RequestResponses: [...ids, ...ids] }),
  },
  { name: 'no outcomes', body: JSON.stringify({ FailedPutCount: 0 }) },
  {
    name: 'an end before its end',
    body: '{"FailedPutCount":0,"RequestResponses":[{"RecordId":"1"},{"RecordId":"2"},{"RecordId":"3"}',
  },
  { name: 'no JSON', body: 'OK' },
];

for (const { name, body } of invalid) {
  test(`an answer with ${name} proves nothing`, async () => {
    await using server = await startCannedServer(text(200, body));
    await withStream(server, (stream) => assert.rejects(stream.putRecords(three), { code: 'InvalidResponse' }));
  });
}
