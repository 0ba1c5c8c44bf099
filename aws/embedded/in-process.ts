import { AwsError } from '../errors.ts';
import type {
  BatchOutcome,
  EntryFailure,
  MessageAttribute,
  QueuePort,
  ReceivedMessage,
  ReceiveRequest,
  SendPort,
  StreamPort,
  VisibilityChange,
} from '../ports.ts';
import { sendEntry } from '../send-entry.ts';
import { ConnectionCut, ServiceError } from './errors.ts';
import type { EmbeddedFirehose } from './firehose.ts';
import type { EmbeddedSqs } from './sqs.ts';

/** A queue of an embedded SQS without HTTP between, and without any time but its clock's. Faults strike here too. */
export function inProcessQueue(sqs: EmbeddedSqs, queueUrl: string): QueuePort & SendPort {
  return {
    async receive(request, signal) {
      const input = receiveInput(queueUrl, request);
      const { Messages = [] } = await call<{ Messages?: readonly WireMessage[] }>(sqs, 'ReceiveMessage', input, signal);
      return Messages.map(toReceivedMessage);
    },
    async deleteBatch(receiptHandles, signal) {
      const Entries = receiptHandles.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle }));
      const input = { QueueUrl: queueUrl, Entries };
      return outcomes(Entries.length, await call<WireBatch>(sqs, 'DeleteMessageBatch', input, signal));
    },
    async changeVisibilityBatch(changes, signal) {
      const Entries = changes.map(toVisibilityEntry);
      const input = { QueueUrl: queueUrl, Entries };
      return outcomes(Entries.length, await call<WireBatch>(sqs, 'ChangeMessageVisibilityBatch', input, signal));
    },
    async sendBatch(messages, signal) {
      const input = { QueueUrl: queueUrl, Entries: messages.map(sendEntry) };
      return outcomes(messages.length, await call<WireBatch>(sqs, 'SendMessageBatch', input, signal));
    },
  };
}

/** A stream of an embedded Firehose without HTTP between. Faults strike here too. */
export function inProcessStream(firehose: EmbeddedFirehose, deliveryStreamName: string): StreamPort {
  return {
    async putRecords(records, signal) {
      const input = { DeliveryStreamName: deliveryStreamName, Records: records.map((Data) => ({ Data })) };
      const { RequestResponses } = await call<WirePut>(firehose, 'PutRecordBatch', input, signal);
      return RequestResponses.map(({ ErrorCode, ErrorMessage = '' }): EntryFailure | undefined =>
        ErrorCode === undefined ? undefined : { code: ErrorCode, message: ErrorMessage, senderFault: false },
      );
    },
  };
}

/** The answers of the embedded services, whose shapes this module trusts as they are its neighbours'. */
type WireMessage = {
  readonly MessageId: string;
  readonly ReceiptHandle: string;
  readonly Body: string;
  readonly Attributes?: Readonly<Record<string, string>>;
  readonly MessageAttributes?: Readonly<Record<string, WireAttribute>>;
};
type WireAttribute = { readonly DataType: string; readonly StringValue?: string; readonly BinaryValue?: string };
type WireFailure = {
  readonly Id: string;
  readonly Code: string;
  readonly Message: string;
  readonly SenderFault: boolean;
};
type WireBatch = { readonly Failed?: readonly WireFailure[] };
type WirePut = {
  readonly RequestResponses: readonly { readonly ErrorCode?: string; readonly ErrorMessage?: string }[];
};

async function call<Answer extends object>(
  service: EmbeddedSqs | EmbeddedFirehose,
  action: string,
  input: object,
  signal: AbortSignal | undefined,
): Promise<Answer> {
  try {
    return (await service.call(action, input, signal === undefined ? {} : { signal })) as Answer;
  } catch (error) {
    if (error instanceof ServiceError)
      throw new AwsError(error.code, error.message, { status: error.status, cause: error });
    if (error instanceof ConnectionCut) throw new AwsError('Network', error.message, { cause: error });
    if (signal?.aborted) throw new AwsError('Aborted', `${action} was aborted by its caller`, { cause: signal.reason });
    throw error;
  }
}

function receiveInput(queueUrl: string, request: ReceiveRequest): object {
  return {
    QueueUrl: queueUrl,
    MaxNumberOfMessages: request.maxMessages,
    WaitTimeSeconds: request.waitTimeSeconds,
    VisibilityTimeout: request.visibilityTimeoutSeconds,
    MessageSystemAttributeNames: ['All'],
    MessageAttributeNames: ['All'],
    ...(request.attemptId !== undefined && { ReceiveRequestAttemptId: request.attemptId }),
  };
}

function toReceivedMessage(message: WireMessage): ReceivedMessage {
  const attributes = Object.entries(message.MessageAttributes ?? {});
  return {
    messageId: message.MessageId,
    receiptHandle: message.ReceiptHandle,
    body: message.Body,
    attributes: message.Attributes ?? {},
    messageAttributes: Object.fromEntries(attributes.map(([name, attribute]) => [name, toAttribute(attribute)])),
  };
}

function toAttribute({ DataType, StringValue, BinaryValue }: WireAttribute): MessageAttribute {
  return {
    dataType: DataType,
    ...(StringValue !== undefined && { stringValue: StringValue }),
    ...(BinaryValue !== undefined && { binaryValue: BinaryValue }),
  };
}

function toVisibilityEntry({ receiptHandle, visibilityTimeoutSeconds }: VisibilityChange, index: number): object {
  return { Id: String(index), ReceiptHandle: receiptHandle, VisibilityTimeout: visibilityTimeoutSeconds };
}

function outcomes(count: number, { Failed = [] }: WireBatch): BatchOutcome {
  const outcome: (EntryFailure | undefined)[] = new Array(count).fill(undefined);
  for (const { Id, Code, Message, SenderFault } of Failed) {
    outcome[Number(Id)] = { code: Code, message: Message, senderFault: SenderFault };
  }
  return outcome;
}
