import { type Answer, startRelay } from './relay.ts';

/** What happens to one PutRecordBatch on its way through the proxy. */
export type FirehoseFault =
  | {
      /** The records that `fails` selects do not reach the server; the answer says so, the others' outcomes in place. */
      readonly kind: 'failRecords';
      readonly fails: (index: number) => boolean;
    }
  /** The server never sees the call: 503, `ServiceUnavailableException`. */
  | { readonly kind: 'unavailable' }
  /** The server does it, and the connection breaks before the answer. */
  | { readonly kind: 'commitThenCut' };

/** A proxy in front of a Firehose server that has no faults of its own. */
export type FirehoseProxy = {
  readonly endpoint: string;
  /** How many PutRecordBatch calls came, and how many of them met a fault. */
  readonly calls: { readonly total: number; readonly faulty: number };
  /** Each of the next PutRecordBatch calls meets one of these faults, in order; the calls after them pass. */
  inject(...faults: readonly FirehoseFault[]): void;
  close(): Promise<void>;
};

/** A record that failed, as Firehose says it. */
const failed = { ErrorCode: 'ServiceUnavailableException', ErrorMessage: 'Slow down.' };

type Batch = { readonly DeliveryStreamName: string; readonly Records: readonly unknown[] };
type BatchAnswer = { readonly RequestResponses: readonly { readonly ErrorCode?: string }[] };

/** Starts a proxy on a free port of 127.0.0.1. Everything but PutRecordBatch passes as it is. */
export async function startFirehoseProxy(target: string): Promise<FirehoseProxy> {
  const pending: FirehoseFault[] = [];
  const calls = { total: 0, faulty: 0 };
  const nextFault = (target: string): FirehoseFault | undefined => {
    if (target !== 'Firehose_20150804.PutRecordBatch') return undefined;
    const fault = pending.shift();
    calls.total++;
    if (fault !== undefined) calls.faulty++;
    return fault;
  };
  const relay = await startRelay(target, (action, body, send) => meet(nextFault(action), body, send));
  return { ...relay, calls, inject: (...faults) => void pending.push(...faults) };
}

async function meet(
  fault: FirehoseFault | undefined,
  body: string,
  send: (body: string) => Promise<Answer>,
): Promise<Answer | 'cut'> {
  switch (fault?.kind) {
    case undefined:
      return send(body);
    case 'unavailable':
      return json(503, { __type: 'ServiceUnavailableException', message: 'Slow down.' });
    case 'commitThenCut':
      await send(body);
      return 'cut';
    case 'failRecords':
      return failRecords(fault.fails, JSON.parse(body), send);
  }
}

/** Sends the records that do not fail and puts the outcomes of the others back where they belong. */
async function failRecords(
  fails: (index: number) => boolean,
  batch: Batch,
  send: (body: string) => Promise<Answer>,
): Promise<Answer> {
  const kept = batch.Records.filter((_record, index) => !fails(index));
  const answer = kept.length === 0 ? undefined : await send(JSON.stringify({ ...batch, Records: kept }));
  if (answer !== undefined && answer.status !== 200) return answer;
  const sent: BatchAnswer = answer === undefined ? { RequestResponses: [] } : JSON.parse(answer.body);
  const outcomes = sent.RequestResponses.values();
  const RequestResponses = batch.Records.map((_record, index) => (fails(index) ? failed : outcomes.next().value));
  const FailedPutCount = RequestResponses.filter((response) => response?.ErrorCode !== undefined).length;
  return json(200, { ...sent, FailedPutCount, RequestResponses });
}

function json(status: number, value: unknown): Answer {
  return { status, contentType: 'application/x-amz-json-1.1', body: JSON.stringify(value) };
}
