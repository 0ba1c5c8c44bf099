import { randomUUID } from 'node:crypto';
import { CreateDeliveryStreamCommand, FirehoseClient } from '@aws-sdk/client-firehose';
import type { TestServer } from './servers.ts';

/** A delivery stream made for a test, and what has arrived at its end. */
export type TestStream = {
  readonly name: string;
  /** The records in the stream's bucket, in no order. */
  records(): Promise<string[]>;
};

/** Makes a delivery stream of a name of its own, on a server that has Firehose and S3: ministack. */
export async function createDeliveryStream({ endpoint, region, credentials }: TestServer): Promise<TestStream> {
  const name = `audit-${randomUUID()}`;
  const bucket = `${endpoint}/${name}`;
  await ask(bucket, 'PUT');
  const firehose = new FirehoseClient({ endpoint, region, credentials });
  const destination = { RoleARN: 'arn:aws:iam::000000000000:role/firehose', BucketARN: `arn:aws:s3:::${name}` };
  await firehose.send(
    new CreateDeliveryStreamCommand({
      DeliveryStreamName: name,
      DeliveryStreamType: 'DirectPut',
      ExtendedS3DestinationConfiguration: destination,
    }),
  );
  firehose.destroy();
  return { name, records: () => readRecords(bucket) };
}

/** ministack writes one object per record. */
async function readRecords(bucket: string): Promise<string[]> {
  const records: string[] = [];
  for (let page: string | undefined = ''; page !== undefined; ) {
    const list = await ask(`${bucket}?list-type=2${page && `&continuation-token=${encodeURIComponent(page)}`}`, 'GET');
    for (const [, key = ''] of list.matchAll(/<Key>([^<]*)<\/Key>/g))
      records.push(await ask(`${bucket}/${key}`, 'GET'));
    page = /<NextContinuationToken>([^<]*)</.exec(list)?.[1];
  }
  return records;
}

async function ask(url: string, method: string): Promise<string> {
  const answer = await fetch(url, { method });
  if (!answer.ok) throw new Error(`${method} ${url} was answered with ${answer.status}: ${await answer.text()}`);
  return answer.text();
}
