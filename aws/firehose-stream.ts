import { invalidAnswer, parseAnswer, readObjects } from './answers.ts';
import type { DataPlane } from './data-plane.ts';
import type { BatchOutcome, EntryFailure, StreamPort } from './ports.ts';

/** A call carries up to 4 MiB. */
const callTimeoutMs = 30_000;

/** One Firehose delivery stream over the raw data plane (AWS JSON 1.1). */
export class FirehoseStream implements StreamPort {
  readonly #dataPlane: DataPlane;
  readonly #head: string;

  constructor(deliveryStreamName: string, dataPlane: DataPlane) {
    this.#dataPlane = dataPlane;
    this.#head = `{"DeliveryStreamName":${JSON.stringify(deliveryStreamName)},"Records":[{"Data":"`;
  }

  async putRecords(records: readonly Uint8Array[], signal?: AbortSignal): Promise<BatchOutcome> {
    if (records.length === 0) return [];
    const body = `${this.#head}${records.map(base64).join('"},{"Data":"')}"}]}`;
    const read = (answer: Buffer) => readOutcomes(answer, records.length);
    return this.#dataPlane.call('Firehose_20150804.PutRecordBatch', body, { timeoutMs: callTimeoutMs, read }, signal);
  }
}

function base64(record: Uint8Array): string {
  return Buffer.from(record.buffer, record.byteOffset, record.byteLength).toString('base64');
}

function readOutcomes(body: Buffer, length: number): BatchOutcome {
  if (everyRecordAccepted(body, length)) return new Array<undefined>(length).fill(undefined);
  const responses = readObjects(parseAnswer(body), 'RequestResponses');
  if (responses.length !== length) throw invalidAnswer(`has ${responses.length} outcomes for ${length} records`, body);
  return responses.map(readOutcome);
}

/**
 * The usual answer, recognised for a fifth of the price of parsing it: no failures, and one RecordId per record. A quote
 * inside a JSON string is escaped, so these patterns match keys only, never the content of a string. An answer written in
 * another way (with spaces, say) is not recognised, and parsed.
 */
function everyRecordAccepted(body: Buffer, length: number): boolean {
  const text = body.toString('latin1');
  if (!text.includes('"FailedPutCount":0,') && !text.includes('"FailedPutCount":0}')) return false;
  if (text.includes('"ErrorCode":') || !text.endsWith(']}')) return false;
  const key = '"RecordId":"';
  let count = 0;
  for (let at = text.indexOf(key); at >= 0; at = text.indexOf(key, at + key.length)) count++;
  return count === length;
}

/** A record is durable when it has a RecordId, and only then. Any error may pass: Firehose documents no permanent one. */
function readOutcome(response: Record<string, unknown>): EntryFailure | undefined {
  const { RecordId: recordId, ErrorCode: code, ErrorMessage: message } = response;
  if (typeof recordId === 'string' && recordId !== '' && (code === undefined || code === null)) return undefined;
  return {
    code: typeof code === 'string' ? code : 'InvalidResponse',
    message: typeof message === 'string' ? message : 'the answer holds neither a RecordId nor an ErrorCode',
    senderFault: false,
  };
}
