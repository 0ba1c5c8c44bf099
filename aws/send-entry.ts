import type { MessageAttribute, OutgoingMessage } from './ports.ts';

/** The limit of SQS for a message, body and attributes together, and for all messages of a batch, in bytes. */
export const maxMessageBytes = 1_048_576;
/** SQS takes this many attributes with a message. */
export const maxMessageAttributes = 10;

/** An entry of SendMessageBatch as it travels (AWS JSON 1.0); the id of an entry is its index. */
export function sendEntry(message: OutgoingMessage, index: number) {
  const { body, attributes, groupId, deduplicationId, traceHeader } = message;
  const names = Object.keys(attributes);
  return {
    Id: String(index),
    MessageBody: body,
    // Object.fromEntries, since an attribute may well be called __proto__, and an assignment would lose it.
    ...(names.length > 0 && {
      MessageAttributes: Object.fromEntries(names.map((name) => [name, attributeEntry(attributes[name])])),
    }),
    ...(groupId !== undefined && { MessageGroupId: groupId }),
    ...(deduplicationId !== undefined && { MessageDeduplicationId: deduplicationId }),
    ...(traceHeader !== undefined && {
      MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue: traceHeader } },
    }),
  };
}

/** What SQS counts of a message against its limit: the body, and name, type and value of each attribute, in bytes. */
export function messageBytes({ body, attributes }: Pick<OutgoingMessage, 'body' | 'attributes'>): number {
  let bytes = Buffer.byteLength(body);
  for (const [name, { dataType, stringValue = '', binaryValue = '' }] of Object.entries(attributes)) {
    bytes += Buffer.byteLength(name) + Buffer.byteLength(dataType) + Buffer.byteLength(stringValue);
    bytes += Buffer.byteLength(binaryValue, 'base64');
  }
  return bytes;
}

function attributeEntry(attribute: MessageAttribute | undefined): object {
  return {
    DataType: attribute?.dataType,
    ...(attribute?.stringValue !== undefined && { StringValue: attribute.stringValue }),
    ...(attribute?.binaryValue !== undefined && { BinaryValue: attribute.binaryValue }),
  };
}
