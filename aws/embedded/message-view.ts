import type { MessageAttribute } from '../ports.ts';
import { type Input, optionalTexts } from './input.ts';
import { md5OfAttributes } from './md5.ts';
import type { Delivery, MessageAttributes } from './message.ts';

/** Which attributes a receive asks for: predicates on their names. */
export type AttributeSelection = {
  readonly system: (name: string) => boolean;
  readonly message: (name: string) => boolean;
};

/** Reads what a ReceiveMessage asks for. `AttributeNames` is the older name of `MessageSystemAttributeNames`. */
export function parseAttributeSelection(input: Input): AttributeSelection {
  const system = new Set([
    ...optionalTexts(input, 'MessageSystemAttributeNames'),
    ...optionalTexts(input, 'AttributeNames'),
  ]);
  const patterns = optionalTexts(input, 'MessageAttributeNames');
  const names = new Set(patterns);
  const prefixes = patterns.filter((pattern) => pattern.endsWith('.*')).map((pattern) => pattern.slice(0, -2));
  const all = names.has('All') || names.has('.*');
  return {
    system: (name) => system.has('All') || system.has(name),
    message: (name) => all || names.has(name) || prefixes.some((prefix) => name.startsWith(prefix)),
  };
}

/** A delivery as ReceiveMessage answers it. */
export function viewDelivery(delivery: Delivery, senderId: string, selection: AttributeSelection): object {
  const { content, messageId } = delivery.message;
  const attributes = pick(systemAttributes(delivery, senderId), selection.system);
  const messageAttributes = pick(content.attributes, selection.message);
  const attributesMd5 = md5OfAttributes(messageAttributes);
  return {
    MessageId: messageId,
    ReceiptHandle: delivery.receiptHandle,
    MD5OfBody: content.bodyMd5,
    Body: content.body,
    ...(Object.keys(attributes).length > 0 && { Attributes: attributes }),
    ...(attributesMd5 !== undefined && {
      MD5OfMessageAttributes: attributesMd5,
      MessageAttributes: viewAttributes(messageAttributes),
    }),
  };
}

function systemAttributes(
  { message, receiveCount, firstReceivedAt }: Delivery,
  senderId: string,
): Record<string, string> {
  const { content, sequenceNumber, deadLetterSourceArn } = message;
  return {
    SenderId: senderId,
    SentTimestamp: String(message.sentAt),
    ApproximateReceiveCount: String(receiveCount),
    ApproximateFirstReceiveTimestamp: String(firstReceivedAt),
    ...(content.groupId !== undefined && { MessageGroupId: content.groupId }),
    ...(content.deduplicationId !== undefined && { MessageDeduplicationId: content.deduplicationId }),
    ...(sequenceNumber !== undefined && { SequenceNumber: sequenceNumber }),
    ...(content.traceHeader !== undefined && { AWSTraceHeader: content.traceHeader }),
    ...(deadLetterSourceArn !== undefined && { DeadLetterQueueSourceArn: deadLetterSourceArn }),
  };
}

function viewAttributes(attributes: MessageAttributes): Record<string, object> {
  const view = ({ dataType, stringValue, binaryValue }: MessageAttribute): object =>
    binaryValue === undefined
      ? { DataType: dataType, StringValue: stringValue }
      : { DataType: dataType, BinaryValue: binaryValue };
  return Object.fromEntries(Object.entries(attributes).map(([name, attribute]) => [name, view(attribute)]));
}

function pick<T>(values: Readonly<Record<string, T>>, wanted: (name: string) => boolean): Record<string, T> {
  return Object.fromEntries(Object.entries(values).filter(([name]) => wanted(name)));
}
