import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { FirehoseClient } from '@aws-sdk/client-firehose';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { systemClock } from '../../api/clock.ts';
import { openStream } from '../../aws/clients.ts';
import { type EmbeddedAws, startEmbeddedAws } from '../../aws/embedded/server.ts';
import type { StreamPort } from '../../aws/ports.ts';
import { assertSameMissingQueue, assertSameStory, failure, type OracleServer, stories } from './oracle.ts';
import { sdkStream } from './sdk-ports.ts';

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };

describe('the raw data plane and the AWS SDK get the same answers from the embedded AWS', () => {
  let aws: EmbeddedAws;
  let server: OracleServer;
  const where = () => ({ region: aws.region, endpoint: aws.endpoint, credentials });

  before(async () => {
    aws = await startEmbeddedAws();
    const sqs = new SQSClient({ ...where(), maxAttempts: 1 });
    server = { ...where(), sqs, createQueue: (name) => createQueue(sqs, name) };
  });

  after(async () => {
    server.sqs.destroy();
    await aws.close();
  });

  for (const story of stories) test(story.name, () => assertSameStory(server, story));

  test('a queue that does not exist', () => assertSameMissingQueue(server));

  test('records that Firehose accepts, refuses one by one, and refuses as a whole', async () => {
    aws.firehose.createDeliveryStream('audit');
    const firehose = new FirehoseClient({ ...where(), maxAttempts: 1 });
    const [audit, missing] = await Promise.all(
      ['audit', 'missing'].map((deliveryStreamName) => openStream({ deliveryStreamName, ...where() }, systemClock)),
    );
    assert.ok(audit !== undefined && missing !== undefined);
    const raw = await streamTranscript(aws, audit.port, missing.port);
    const sdk = await streamTranscript(aws, sdkStream(firehose, 'audit'), sdkStream(firehose, 'missing'));
    assert.deepEqual(raw, sdk);
    await Promise.all([audit.close(), missing.close()]);
    firehose.destroy();
  });
});

async function streamTranscript(aws: EmbeddedAws, port: StreamPort, missing: StreamPort): Promise<unknown[]> {
  const records = ['{"a":1}\n', 'é\n', ''.padEnd(1000, 'x')].map((line) => Buffer.from(line));
  const before = aws.firehose.records('audit').length;
  const events: unknown[] = [await port.putRecords(records)];
  aws.faults
    .on('PutRecordBatch', { count: 1 })
    .failEntries((_entry, index) => index === 1, 'ServiceUnavailableException');
  events.push(await port.putRecords(records));
  events.push(aws.firehose.records('audit').slice(before).map(String));
  aws.faults.on('PutRecordBatch', { count: 1 }).throttle();
  events.push(await failure(port.putRecords(records)));
  events.push(await failure(port.putRecords([Buffer.alloc(1_024_001)])));
  events.push(await failure(missing.putRecords(records)));
  return events;
}

async function createQueue(sqs: SQSClient, name: string): Promise<{ url: string }> {
  const fifo = name.endsWith('.fifo');
  const command = new CreateQueueCommand({
    QueueName: `${randomUUID()}${fifo ? '.fifo' : ''}`,
    Attributes: fifo ? { FifoQueue: 'true' } : {},
  });
  return { url: (await sqs.send(command)).QueueUrl ?? '' };
}
