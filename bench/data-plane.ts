/**
 * What a call to SQS costs this process in CPU time, interleaved, against a server in another process:
 * - `floor`: sign, dispatch, parse, and nothing else: no deadline, no errors, no types;
 * - `ours`: the raw data plane;
 * - `sdk`: the AWS SDK with its defaults.
 *
 *     node bench/data-plane.ts [--json]
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { DeleteMessageBatchCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { Pool } from 'undici';
import { systemClock } from '../api/clock.ts';
import { openQueue } from '../aws/clients.ts';
import { Signer } from '../aws/sigv4.ts';
import { cannedMessages } from './canned-sqs.ts';

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
const region = 'us-east-1';
const callsInFlight = 8;
const callsPerRound = 500;
const rounds = 9;

const poll = { MaxNumberOfMessages: 10, WaitTimeSeconds: 20, VisibilityTimeout: 30 };
const everything = { MessageSystemAttributeNames: ['All' as const], MessageAttributeNames: ['All'] };
const handles = cannedMessages.map((message) => message.ReceiptHandle);
const toEntries = () => handles.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle }));

type Variant = 'floor' | 'ours' | 'sdk';
type Operation = { readonly name: string; readonly variants: Readonly<Record<Variant, () => Promise<unknown>>> };
type Row = { operation: string; floor: number; ours: number; sdk: number; 'ours/floor': number; 'sdk/ours': number };

/** CPU time of a call in microseconds: the mean of a round. */
async function measure(call: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  let left = callsPerRound;
  const lane = async () => {
    while (left-- > 0) await call();
  };
  await Promise.all(Array.from({ length: callsInFlight }, lane));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / callsPerRound;
}

async function compare({ name, variants }: Operation): Promise<Row> {
  const samples: Record<Variant, number[]> = { floor: [], ours: [], sdk: [] };
  const order: Variant[] = ['floor', 'ours', 'sdk'];
  for (const variant of order) await measure(variants[variant]);
  for (let round = 0; round < rounds; round++) {
    for (const variant of order) samples[variant].push(await measure(variants[variant]));
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

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** The least that a call can be on the same parts. */
function bareCall(pool: Pool, signer: Signer, target: string, input: () => unknown): () => Promise<unknown> {
  return () =>
    new Promise((resolve, reject) => {
      const body = Buffer.from(JSON.stringify(input()));
      const headers = signer.sign(target, body, credentials, Date.now());
      const chunks: Buffer[] = [];
      pool.dispatch(
        { path: '/', method: 'POST', headers, body, headersTimeout: 0, bodyTimeout: 0 },
        {
          onRequestStart() {},
          onResponseStart() {},
          onResponseData: (_controller, chunk) => void chunks.push(chunk),
          onResponseEnd: () => resolve(JSON.parse(Buffer.concat(chunks).toString())),
          onResponseError: (_controller, error) => reject(error),
        },
      );
    });
}

async function main(json: boolean): Promise<void> {
  const child = fork(new URL('canned-sqs.ts', import.meta.url));
  const [{ port }] = await once(child, 'message');
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
      variants: {
        floor: bareCall(pool, signer, 'AmazonSQS.ReceiveMessage', () => ({ QueueUrl, ...poll, ...everything })),
        ours: () => queue.port.receive(request),
        sdk: () => sdk.send(new ReceiveMessageCommand({ QueueUrl, ...poll, ...everything })),
      },
    },
    {
      name: 'DeleteMessageBatch, 10',
      variants: {
        floor: bareCall(pool, signer, 'AmazonSQS.DeleteMessageBatch', () => ({ QueueUrl, Entries: toEntries() })),
        ours: () => queue.port.deleteBatch(handles),
        sdk: () => sdk.send(new DeleteMessageBatchCommand({ QueueUrl, Entries: toEntries() })),
      },
    },
  ];
  const rows: Row[] = [];
  for (const operation of operations) rows.push(await compare(operation));
  await Promise.all([queue.close(), pool.close()]);
  sdk.destroy();
  child.disconnect();
  if (json) console.log(JSON.stringify({ unit: 'microseconds of CPU per call', rows }));
  else console.table(rows);
}

await main(parseArgs({ options: { json: { type: 'boolean', default: false } } }).values.json);
