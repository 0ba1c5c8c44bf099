import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after } from 'node:test';
import { Firehose, FirehoseServiceException } from '@aws-sdk/client-firehose';
import { type ConformanceCase, registerCases, type ServerUnderTest } from './server-under-test.ts';

type FirehoseCase = ConformanceCase<FirehoseContext>;

/** What a case about Firehose works with: a client, and streams of its own. */
class FirehoseContext {
  readonly firehose: Firehose;

  constructor({ endpoint, region, credentials }: ServerUnderTest) {
    this.firehose = new Firehose({ endpoint, region, credentials, maxAttempts: 1 });
  }

  async stream(name = `stream-${randomUUID()}`): Promise<string> {
    const RoleARN = 'arn:aws:iam::000000000000:role/firehose';
    await this.firehose.createDeliveryStream({
      DeliveryStreamName: name,
      DeliveryStreamType: 'DirectPut',
      ExtendedS3DestinationConfiguration: { RoleARN, BucketARN: 'arn:aws:s3:::audit' },
    });
    return name;
  }

  put(stream: string, records: readonly Uint8Array[]) {
    const Records = records.map((Data) => ({ Data }));
    return this.firehose.putRecordBatch({ DeliveryStreamName: stream, Records });
  }
}

const line = Buffer.from('{"id":1}\n');

async function refuses(call: Promise<unknown>, ...names: readonly string[]): Promise<void> {
  await assert.rejects(call, (error) => {
    assert.ok(error instanceof FirehoseServiceException, `expected ${names}, got ${error}`);
    assert.ok(names.includes(error.name), `expected ${names}, got ${error}`);
    return true;
  });
}

/** Everything that the suite says about Firehose. */
export const firehoseCases: readonly FirehoseCase[] = [
  {
    id: 'put-record',
    title: 'a record that is put has an id',
    async run(context) {
      const DeliveryStreamName = await context.stream();
      const { RecordId } = await context.firehose.putRecord({ DeliveryStreamName, Record: { Data: line } });
      assert.ok(RecordId);
    },
  },
  {
    id: 'put-record-batch',
    title: 'each of 500 records that are put has an id of its own',
    async run(context) {
      const { FailedPutCount, RequestResponses } = await context.put(await context.stream(), Array(500).fill(line));
      assert.equal(FailedPutCount, 0);
      assert.equal(new Set(RequestResponses?.map(({ RecordId }) => RecordId)).size, 500);
      assert.ok(RequestResponses?.every(({ ErrorCode }) => ErrorCode === undefined));
    },
  },
  {
    id: 'put-too-many-records',
    title: 'a batch of 501 records is refused',
    async run(context) {
      const put = context.put(await context.stream(), Array(501).fill(line));
      await refuses(put, 'InvalidArgumentException', 'ValidationException');
    },
  },
  {
    id: 'put-no-records',
    title: 'a batch without records is refused',
    async run(context) {
      const put = context.put(await context.stream(), []);
      await refuses(put, 'InvalidArgumentException', 'ValidationException');
    },
  },
  {
    id: 'put-oversize-record',
    title: 'a batch with a record of more than 1,024,000 bytes is refused as a whole',
    async run(context) {
      const stream = await context.stream();
      assert.equal((await context.put(stream, [Buffer.alloc(1_024_000, 'x')])).FailedPutCount, 0);
      const put = context.put(stream, [line, Buffer.alloc(1_024_001, 'x')]);
      await refuses(put, 'InvalidArgumentException', 'ValidationException');
    },
  },
  {
    id: 'put-oversize-batch',
    title: 'a batch of more than 4 MiB is refused',
    async run(context) {
      const put = context.put(await context.stream(), Array(5).fill(Buffer.alloc(1_000_000, 'x')));
      await refuses(put, 'InvalidArgumentException', 'ValidationException');
    },
  },
  {
    id: 'put-to-no-stream',
    title: 'a put to a stream that does not exist says so',
    async run(context) {
      await refuses(context.put(`stream-${randomUUID()}`, [line]), 'ResourceNotFoundException');
    },
  },
  {
    id: 'describe-stream',
    title: 'a stream tells its ARN and that it is active',
    async run(context) {
      const DeliveryStreamName = await context.stream();
      const answer = await context.firehose.describeDeliveryStream({ DeliveryStreamName });
      const { DeliveryStreamARN, DeliveryStreamStatus, DeliveryStreamType } = answer.DeliveryStreamDescription ?? {};
      assert.ok(DeliveryStreamARN?.endsWith(`:deliverystream/${DeliveryStreamName}`));
      assert.deepEqual([DeliveryStreamStatus, DeliveryStreamType], ['ACTIVE', 'DirectPut']);
    },
  },
  {
    id: 'describe-no-stream',
    title: 'a description of a stream that does not exist says so',
    async run(context) {
      const DeliveryStreamName = `stream-${randomUUID()}`;
      await refuses(context.firehose.describeDeliveryStream({ DeliveryStreamName }), 'ResourceNotFoundException');
    },
  },
  {
    id: 'list-streams',
    title: 'streams are listed after a name',
    async run(context) {
      const name = await context.stream(`list-${randomUUID()}`);
      await context.stream(`${name}-b`);
      const answer = await context.firehose.listDeliveryStreams({ ExclusiveStartDeliveryStreamName: name, Limit: 1 });
      assert.deepEqual(answer.DeliveryStreamNames, [`${name}-b`]);
    },
  },
  {
    id: 'create-stream-twice',
    title: 'a stream of the same name cannot be made twice',
    async run(context) {
      await refuses(context.stream(await context.stream()), 'ResourceInUseException');
    },
  },
  {
    id: 'delete-stream',
    title: 'a deleted stream does not exist',
    async run(context) {
      const DeliveryStreamName = await context.stream();
      await context.firehose.deleteDeliveryStream({ DeliveryStreamName });
      await refuses(context.put(DeliveryStreamName, [line]), 'ResourceNotFoundException');
    },
  },
];

/** Registers the cases about Firehose as tests of a server that is there by the time they run. */
export function firehoseConformance(server: () => ServerUnderTest): void {
  let context: FirehoseContext | undefined;
  after(() => context?.firehose.destroy());
  registerCases('Firehose', firehoseCases, server, (under) => {
    context ??= new FirehoseContext(under);
    return context;
  });
}
