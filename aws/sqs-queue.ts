import { isObject } from '../api/json.ts';
import { invalidAnswer, parseAnswer, readObjects } from './answers.ts';
import type { DataPlane } from './data-plane.ts';
import { normalizeErrorCode } from './errors.ts';
import type {
  BatchOutcome,
  EntryFailure,
  MessageAttribute,
  OutgoingMessage,
  QueuePort,
  ReceivedMessage,
  ReceiveRequest,
  SendPort,
  VisibilityChange,
} from './ports.ts';
import { sendEntry } from './send-entry.ts';

/** How long after the end of its long poll a receive may still answer. */
const receiveMarginMs = 10_000;
const callTimeoutMs = 10_000;

export type SqsQueueOptions = {
  /** The queue's URL as SQS knows it: it goes into each request, whatever the endpoint is. */
  readonly url: string;
  /** For receives alone: their long polls hold connections for 20 s, and nothing else may have to wait for one. */
  readonly polls: DataPlane;
  /** For everything else. */
  readonly calls: DataPlane;
};

/** One SQS queue over the raw data plane (AWS JSON 1.0). */
export class SqsQueue implements QueuePort, SendPort {
  readonly #polls: DataPlane;
  readonly #calls: DataPlane;
  readonly #url: string;
  readonly #quotedUrl: string;

  constructor({ url, polls, calls }: SqsQueueOptions) {
    this.#polls = polls;
    this.#calls = calls;
    this.#url = url;
    this.#quotedUrl = JSON.stringify(url);
  }

  async receive(request: ReceiveRequest, signal?: AbortSignal): Promise<readonly ReceivedMessage[]> {
    const attempt =
      request.attemptId === undefined ? '' : `,"ReceiveRequestAttemptId":${JSON.stringify(request.attemptId)}`;
    const body = `{"QueueUrl":${this.#quotedUrl},"MaxNumberOfMessages":${request.maxMessages},"WaitTimeSeconds":${request.waitTimeSeconds},"VisibilityTimeout":${request.visibilityTimeoutSeconds},"MessageSystemAttributeNames":["All"],"MessageAttributeNames":["All"]${attempt}}`;
    const timeoutMs = request.waitTimeSeconds * 1000 + receiveMarginMs;
    return this.#polls.call('AmazonSQS.ReceiveMessage', body, { timeoutMs, read: readMessages }, signal);
  }

  async deleteBatch(receiptHandles: readonly string[], signal?: AbortSignal): Promise<BatchOutcome> {
    const entries = receiptHandles.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle }));
    return this.#batch('AmazonSQS.DeleteMessageBatch', entries, signal);
  }

  async changeVisibilityBatch(changes: readonly VisibilityChange[], signal?: AbortSignal): Promise<BatchOutcome> {
    const entries = changes.map((change, index) => ({
      Id: String(index),
      ReceiptHandle: change.receiptHandle,
      VisibilityTimeout: change.visibilityTimeoutSeconds,
    }));
    return this.#batch('AmazonSQS.ChangeMessageVisibilityBatch', entries, signal);
  }

  async sendBatch(messages: readonly OutgoingMessage[], signal?: AbortSignal): Promise<BatchOutcome> {
    return this.#batch('AmazonSQS.SendMessageBatch', messages.map(sendEntry), signal);
  }

  async #batch(target: string, entries: readonly { Id: string }[], signal?: AbortSignal): Promise<BatchOutcome> {
    if (entries.length === 0) return [];
    const body = JSON.stringify({ QueueUrl: this.#url, Entries: entries });
    const read = (answer: Buffer) => readBatch(answer, entries.length);
    return this.#calls.call(target, body, { timeoutMs: callTimeoutMs, read }, signal);
  }
}

function readMessages(body: Buffer): ReceivedMessage[] {
  return readObjects(parseAnswer(body), 'Messages').map(readMessage);
}

function readMessage(value: Record<string, unknown>): ReceivedMessage {
  const { MessageId: messageId, ReceiptHandle: receiptHandle, Body: body } = value;
  if (typeof messageId !== 'string' || typeof receiptHandle !== 'string' || typeof body !== 'string') {
    throw invalidMessage('lacks MessageId, ReceiptHandle or Body', value);
  }
  const { attributes, unreadable: system } = readSystemAttributes(value.Attributes ?? {});
  const { messageAttributes, unreadable: own } = readAttributes(value.MessageAttributes ?? {});
  const unreadable = system ?? own;
  return {
    messageId,
    receiptHandle,
    body,
    attributes,
    messageAttributes,
    ...(unreadable !== undefined && { unreadable }),
  };
}

/** One message that cannot be read must not keep those beside it from being delivered: it says what is wrong with it. */
function readSystemAttributes(value: unknown) {
  if (isStringRecord(value)) return { attributes: value };
  const entries = isObject(value) ? Object.entries(value) : [];
  const attributes = Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
  return { attributes, unreadable: 'the message has Attributes that are not strings' };
}

function readAttributes(values: unknown) {
  if (!isObject(values)) {
    return { messageAttributes: {}, unreadable: 'the message has MessageAttributes that are not an object' };
  }
  let unreadable: string | undefined;
  const entries = Object.entries(values).flatMap(([name, value]) => {
    const attribute = readAttribute(value);
    if (attribute !== undefined) return [[name, attribute] as const];
    unreadable = `the message has an attribute ${name} without a DataType`;
    return [];
  });
  // Object.fromEntries, since an attribute may well be called __proto__, and an assignment would lose it.
  return { messageAttributes: Object.fromEntries(entries), unreadable };
}

function readAttribute(value: unknown): MessageAttribute | undefined {
  if (!isObject(value) || typeof value.DataType !== 'string') return undefined;
  const { DataType: dataType, StringValue: stringValue, BinaryValue: binaryValue } = value;
  return {
    dataType,
    ...(typeof stringValue === 'string' && { stringValue }),
    ...(typeof binaryValue === 'string' && { binaryValue }),
  };
}

/** Names the message, and does not quote it: what is wrong with it is no reason to log its body. */
function invalidMessage(problem: string, { MessageId: messageId }: Record<string, unknown>) {
  return invalidAnswer(`holds a message that ${problem}`, Buffer.from(JSON.stringify({ MessageId: messageId })));
}

function isStringRecord(value: unknown): value is Record<string, string> {
  if (!isObject(value)) return false;
  for (const name in value) if (typeof value[name] !== 'string') return false;
  return true;
}

/** What an entry gets that the answer does not mention: nothing says that it succeeded. */
const unmentioned: EntryFailure = {
  code: 'InvalidResponse',
  message: 'the answer does not mention this entry',
  senderFault: false,
};

/** The ids of a batch's entries are their indices. */
function readBatch(body: Buffer, length: number): BatchOutcome {
  const answer = parseAnswer(body);
  const outcomes = new Array<EntryFailure | undefined>(length).fill(unmentioned);
  const settle = (id: unknown, outcome: EntryFailure | undefined) => {
    const index = typeof id === 'string' && /^\d+$/.test(id) ? Number(id) : length;
    if (index < length) outcomes[index] = outcome;
  };
  for (const entry of readObjects(answer, 'Successful')) settle(entry.Id, undefined);
  for (const entry of readObjects(answer, 'Failed')) settle(entry.Id, readFailure(entry));
  return outcomes;
}

function readFailure({ Code, Message, SenderFault }: Record<string, unknown>): EntryFailure {
  return {
    code: typeof Code === 'string' ? normalizeErrorCode(Code) : 'Unknown',
    message: typeof Message === 'string' ? Message : '',
    senderFault: SenderFault === true,
  };
}
