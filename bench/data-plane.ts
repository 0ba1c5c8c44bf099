/**
 * What a call to AWS costs this process in CPU time, interleaved, against a server in another process:
 * - `floor`: sign, dispatch, parse, and nothing else: no deadline, no errors, no types;
 * - `ours`: the raw data plane;
 * - `sdk`: the AWS SDK with its defaults.
 *
 *     node bench/data-plane.ts [--json]
 */
import { parseArgs } from 'node:util';
import { FirehoseClient, PutRecordBatchCommand } from '@aws-sdk/client-firehose';
import { DeleteMessageBatchCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { Pool } from 'undici';
import { systemClock } from '../api/clock.ts';
import { openQueue, openStream } from '../aws/clients.ts';
import { Signer } from '../aws/sigv4.ts';
import { bareCall, credentials, region } from './bare-call.ts';
import { cannedMessages } from './canned-messages.ts';
import { Child } from './child.ts';
import { cpuPerCall } from './cpu-per-call.ts';
import { median } from './statistics.ts';

const callsInFlight = 8;
const callsPerRound = 500;
const rounds = 9;

const poll = { MaxNumberOfMessages: 10, WaitTimeSeconds: 20, VisibilityTimeout: 30 };
const everything = { MessageSystemAttributeNames: ['All' as const], MessageAttributeNames: ['All'] };
const handles = cannedMessages(10, 1024).map((message) => message.ReceiptHandle);
const toEntries = () => handles.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle }));

type Variant = 'floor' | 'ours' | 'sdk';
type Operation = {
  readonly name: string;
  /** Fewer of the large ones tell as much. */
  readonly calls: number;
  readonly variants: Readonly<Record<Variant, () => Promise<unknown>>>;
};
type Row = { operation: string; floor: number; ours: number; sdk: number; 'ours/floor': number; 'sdk/ours': number };

async function compare({ name, calls, variants }: Operation): Promise<Row> {
  const samples: Record<Variant, number[]> = { floor: [], ours: [], sdk: [] };
  const order: Variant[] = ['floor', 'ours', 'sdk'];
  for (const variant of order) await cpuPerCall(variants[variant], calls, callsInFlight);
  for (let round = 0; round < rounds; round++) {
    for (const variant of order) samples[variant].push(await cpuPerCall(variants[variant], calls, callsInFlight));
  }
  const [floor, ours, sdk] = [median(samples.floor), median(samples.ours), median(samples.sdk)];
  const round = (value: number) => Math.round(value * 10) / 10;
  return {
    operation: name,
    floor: round(floor),
    ours: round(ours),
    sdk: round(sdk),
    'ours/floor': Math.round((ours / floor) * 100) / 100,
    'sdk/ours': round(sdk / ours),
  };
}

/** A call with as many records as Firehose takes: floor, ours and the SDK's. */
async function putRecords(pool: Pool, endpoint: string): Promise<Operation> {
  const contentType = 'application/x-amz-json-1.1';
  const { host } = new URL(endpoint);
  const signer = new Signer({ region, service: 'firehose', host, contentType, queryMode: false });
  const stream = await openStream({ deliveryStreamName: 'orders', endpoint, region, credentials }, systemClock);
  const sdk = new FirehoseClient({ endpoint, region, credentials });
  const records = cannedMessages(500, 1024).map(({ Body }) => Buffer.from(`${Body}\n`));
  const input = () => ({
    DeliveryStreamName: 'orders',
    Records: records.map((record) => ({ Data: record.toString('base64') })),
  });
  const accepted = (text: string) => text.includes('"FailedPutCount":0');
  return {
    name: 'PutRecordBatch, 500 of 1 KiB',
    calls: callsPerRound / 10,
    variants: {
      floor: bareCall(pool, signer, 'Firehose_20150804.PutRecordBatch', input, accepted),
      ours: () => stream.port.putRecords(records),
      sdk: () =>
        sdk.send(
          new PutRecordBatchCommand({ DeliveryStreamName: 'orders', Records: records.map((Data) => ({ Data })) }),
        ),
    },
  };
}

async function main(json: boolean): Promise<void> {
  const server = new Child(new URL('canned-sqs.ts', import.meta.url).pathname, 'servers');
  const port = await server.call<number>('port');
  await server.call('create', { name: 'orders', bodyBytes: 1024 });
  await server.call('open', 'orders');
  const endpoint = `http://127.0.0.1:${port}`;
  const QueueUrl = `${endpoint}/000000000000/orders`;
  const queue = await openQueue({ url: QueueUrl, endpoint, region, credentials }, systemClock);
  const sdk = new SQSClient({ endpoint, region, credentials });
  const pool = new Pool(endpoint, { pipelining: 1, allowH2: false });
  const contentType = 'application/x-amz-json-1.0';
  const signer = new Signer({ region, service: 'sqs', host: `127.0.0.1:${port}`, contentType, queryMode: true });
  const request = { maxMessages: 10, waitTimeSeconds: 20, visibilityTimeoutSeconds: 30 };
  const operations: Operation[] = [
    {
      name: 'ReceiveMessage, 10 of 1 KiB',
      calls: callsPerRound,
      variants: {
        floor: bareCall(pool, signer, 'AmazonSQS.ReceiveMessage', () => ({ QueueUrl, ...poll, ...everything })),
        ours: () => queue.port.receive(request),
        sdk: () => sdk.send(new ReceiveMessageCommand({ QueueUrl, ...poll, ...everything })),
      },
    },
    {
      name: 'DeleteMessageBatch, 10',
      calls: callsPerRound,
      variants: {
        floor: bareCall(pool, signer, 'AmazonSQS.DeleteMessageBatch', () => ({ QueueUrl, Entries: toEntries() })),
        ours: () => queue.port.deleteBatch(handles),
        sdk: () => sdk.send(new DeleteMessageBatchCommand({ QueueUrl, Entries: toEntries() })),
      },
    },
    await putRecords(pool, endpoint),
  ];
  const rows: Row[] = [];
  for (const operation of operations) rows.push(await compare(operation));
  await Promise.all([queue.close(), pool.close()]);
  sdk.destroy();
  await server.end();
  if (json) console.log(JSON.stringify({ unit: 'microseconds of CPU per call', rows }));
  else console.table(rows);
}

await main(parseArgs({ options: { json: { type: 'boolean', default: false } } }).values.json);
