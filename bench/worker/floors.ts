/**
 * The floors: what the parts of a delivery cost at the least, each alone and in this process. Answers its parent's calls
 * with microseconds of CPU a message. Source of the method: one POST, a tenth of a receive and of a delete, a record of a
 * group commit with a thousand appenders.
 */
import { join } from 'node:path';
import { Pool } from 'undici';
import { Signer } from '../../aws/sigv4.ts';
import { bareCall, barePost, region } from '../bare-call.ts';
import { type CannedMessage, cannedMessages } from '../canned-messages.ts';
import { offer } from '../child.ts';
import { cpuPerCall } from '../cpu-per-call.ts';
import { GroupCommit } from './group-commit.ts';

export type FloorInput = {
  readonly awsEndpoint: string;
  readonly recipientUrl: string;
  readonly directory: string;
  readonly queue: string;
  readonly bodyBytes: number;
};

/** Microseconds of CPU a message. */
export type Floors = { readonly post: number; readonly sqs: number; readonly audit: number; readonly firehose: number };

const messagesPerCall = 10;

async function measure(input: FloorInput): Promise<Floors> {
  const messages = cannedMessages(1000, input.bodyBytes);
  // Large bodies take long enough that fewer of them tell as much.
  const scale = Math.min(1, 4096 / input.bodyBytes);
  const post = await postFloor(input, messages, Math.ceil(20_000 * scale));
  const sqs = await sqsFloor(input, messages, Math.ceil(2_000 * scale));
  const audit = await auditFloor(input, messages, Math.ceil(50_000 * scale));
  return { post, sqs, audit, firehose: await firehoseFloor(input, messages, Math.ceil(100 * scale)) };
}

async function postFloor(input: FloorInput, messages: readonly CannedMessage[], calls: number): Promise<number> {
  const { origin, pathname } = new URL(input.recipientUrl);
  const pool = new Pool(origin, { connections: 64, pipelining: 1, allowH2: false });
  const headers = ['content-type', 'application/json', 'user-agent', 'floor'];
  let next = 0;
  const post = () => {
    const { Body: body = '' } = messages[next++ % messages.length] ?? {};
    return barePost(pool, pathname, headers, Buffer.from(body));
  };
  const cpu = await cpuPerCall(post, calls, 64);
  await pool.close();
  return cpu;
}

async function sqsFloor(input: FloorInput, messages: readonly CannedMessage[], calls: number): Promise<number> {
  const { pool, signer } = aws(input, 'sqs', '1.0');
  const QueueUrl = `${input.awsEndpoint}/000000000000/${input.queue}`;
  const poll = { QueueUrl, MaxNumberOfMessages: messagesPerCall, WaitTimeSeconds: 20, VisibilityTimeout: 60 };
  const all = { MessageSystemAttributeNames: ['All'], MessageAttributeNames: ['All'] };
  const entries = () =>
    messages.slice(0, messagesPerCall).map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
  const receive = bareCall(pool, signer, 'AmazonSQS.ReceiveMessage', () => ({ ...poll, ...all }));
  const remove = bareCall(pool, signer, 'AmazonSQS.DeleteMessageBatch', () => ({ QueueUrl, Entries: entries() }));
  const cpu = (await cpuPerCall(receive, calls, 8)) + (await cpuPerCall(remove, calls, 8));
  await pool.close();
  return cpu / messagesPerCall;
}

async function auditFloor(input: FloorInput, messages: readonly CannedMessage[], calls: number): Promise<number> {
  const commit = await GroupCommit.open(join(input.directory, 'floor.ndjson'));
  let next = 0;
  const append = () => {
    const { MessageId: messageId = '', Body: body = '' } = messages[next++ % messages.length] ?? {};
    return commit.append(messageId, body);
  };
  const cpu = await cpuPerCall(append, calls, 1000);
  await commit.close();
  return cpu;
}

async function firehoseFloor(input: FloorInput, messages: readonly CannedMessage[], calls: number): Promise<number> {
  const { pool, signer } = aws(input, 'firehose', '1.1');
  const recordsPerCall = Math.min(500, Math.floor((3 * 2 ** 20) / input.bodyBytes));
  const records = () =>
    messages.slice(0, recordsPerCall).map(({ Body }) => ({ Data: Buffer.from(Body).toString('base64') }));
  const put = () => ({ DeliveryStreamName: input.queue, Records: records() });
  const failures = (text: string) => text.includes('"FailedPutCount":0');
  const cpu = await cpuPerCall(bareCall(pool, signer, 'Firehose_20150804.PutRecordBatch', put, failures), calls, 4);
  await pool.close();
  return cpu / recordsPerCall;
}

function aws({ awsEndpoint }: FloorInput, service: 'sqs' | 'firehose', jsonVersion: string) {
  const { host } = new URL(awsEndpoint);
  const contentType = `application/x-amz-json-${jsonVersion}`;
  return {
    pool: new Pool(awsEndpoint, { pipelining: 1, allowH2: false }),
    signer: new Signer({ region, service, host, contentType, queryMode: service === 'sqs' }),
  };
}

offer({ measure });
