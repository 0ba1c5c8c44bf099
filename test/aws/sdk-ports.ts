import { type FirehoseClient, PutRecordBatchCommand } from '@aws-sdk/client-firehose';
import {
  type BatchResultErrorEntry,
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  type Message,
  type MessageAttributeValue,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type {
  BatchOutcome,
  EntryFailure,
  MessageAttribute,
  OutgoingMessage,
  QueuePort,
  ReceivedMessage,
  SendPort,
  StreamPort,
} from '../../aws/ports.ts';
import { toAwsError } from '../../aws/sdk-errors.ts';

/** The hot calls as the AWS SDK makes them: the oracle that ours are held against. */
export function sdkQueue(client: SQSClient, url: string): QueuePort & SendPort {
  const QueueUrl = url;
  return {
    async receive({ maxMessages, waitTimeSeconds, visibilityTimeoutSeconds, attemptId }) {
      const command = new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: maxMessages,
        WaitTimeSeconds: waitTimeSeconds,
        VisibilityTimeout: visibilityTimeoutSeconds,
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
        ...(attemptId !== undefined && { ReceiveRequestAttemptId: attemptId }),
      });
      return ((await orAwsError(client.send(command))).Messages ?? []).map(toMessage);
    },
    async deleteBatch(handles) {
      const Entries = handles.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle }));
      const answer = await orAwsError(client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries })));
      return toOutcome(handles.length, answer.Failed);
    },
    async changeVisibilityBatch(changes) {
      const Entries = changes.map(({ receiptHandle, visibilityTimeoutSeconds }, index) => ({
        Id: String(index),
        ReceiptHandle: receiptHandle,
        VisibilityTimeout: visibilityTimeoutSeconds,
      }));
      const answer = await orAwsError(client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries })));
      return toOutcome(changes.length, answer.Failed);
    },
    async sendBatch(messages) {
      const Entries = messages.map((message, index) => ({ Id: String(index), ...toEntry(message) }));
      const answer = await orAwsError(client.send(new SendMessageBatchCommand({ QueueUrl, Entries })));
      return toOutcome(messages.length, answer.Failed);
    },
  };
}

/** PutRecordBatch as the AWS SDK makes it. */
export function sdkStream(client: FirehoseClient, deliveryStreamName: string): StreamPort {
  return {
    async putRecords(records) {
      const Records = records.map((Data) => ({ Data }));
      const command = new PutRecordBatchCommand({ DeliveryStreamName: deliveryStreamName, Records });
      const { RequestResponses } = await orAwsError(client.send(command));
      return (RequestResponses ?? []).map(({ RecordId, ErrorCode, ErrorMessage }) =>
        RecordId ? undefined : { code: ErrorCode ?? '', message: ErrorMessage ?? '', senderFault: false },
      );
    },
  };
}

function toEntry({ body, attributes, groupId, deduplicationId, traceHeader }: OutgoingMessage) {
  const entries = Object.entries(attributes).map(([name, { dataType, stringValue, binaryValue }]) => {
    const binary = binaryValue === undefined ? {} : { BinaryValue: Buffer.from(binaryValue, 'base64') };
    return [name, { DataType: dataType, ...(stringValue !== undefined && { StringValue: stringValue }), ...binary }];
  });
  const trace = { AWSTraceHeader: { DataType: 'String', StringValue: traceHeader } };
  return {
    MessageBody: body,
    MessageAttributes: Object.fromEntries(entries),
    MessageGroupId: groupId,
    MessageDeduplicationId: deduplicationId,
    ...(traceHeader !== undefined && { MessageSystemAttributes: trace }),
  };
}

async function orAwsError<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw toAwsError(error);
  }
}

function toMessage({ MessageId, ReceiptHandle, Body, Attributes, MessageAttributes }: Message): ReceivedMessage {
  return {
    messageId: MessageId ?? '',
    receiptHandle: ReceiptHandle ?? '',
    body: Body ?? '',
    attributes: { ...Attributes },
    messageAttributes: Object.fromEntries(
      Object.entries(MessageAttributes ?? {}).map(([name, value]) => [name, toAttribute(value)]),
    ),
  };
}

function toAttribute({ DataType, StringValue, BinaryValue }: MessageAttributeValue): MessageAttribute {
  return {
    dataType: DataType ?? '',
    ...(StringValue !== undefined && { stringValue: StringValue }),
    ...(BinaryValue !== undefined && { binaryValue: Buffer.from(BinaryValue).toString('base64') }),
  };
}

function toOutcome(length: number, failed: readonly BatchResultErrorEntry[] = []): BatchOutcome {
  const outcomes = new Array<EntryFailure | undefined>(length).fill(undefined);
  for (const { Id, Code, Message, SenderFault } of failed) {
    outcomes[Number(Id)] = { code: Code ?? '', message: Message ?? '', senderFault: SenderFault ?? false };
  }
  return outcomes;
}
