import { hash } from 'node:crypto';
import type { MessageAttribute } from '../ports.ts';
import { invalidParameter, missingParameter, notForThisQueueType, ServiceError } from './errors.ts';
import { asInput, type Input, optionalText, requiredText } from './input.ts';
import { md5OfBody } from './md5.ts';
import type { MessageAttributes, MessageContent } from './message.ts';
import type { QueueSettings } from './queue-attributes.ts';

const maxAttributes = 10;

/** What is not a character of XML 1.0, and so cannot be in a message; nor can lone surrogates. */
const forbidden = /[^\t\n\r\u0020-\uFFFD]/;

/** Deduplication and group ids: up to 128 letters, digits and punctuation marks of ASCII. */
const idPattern = /^[\x21-\x7e]{1,128}$/;
const attributeName = /^(?!aws\.|amazon\.|\.)(?!.*\.\.)[A-Za-z0-9_.-]{1,256}(?<!\.)$/i;
const attributeType = /^(String|Number|Binary)(\..+)?$/;

/**
 * Reads and checks a message that somebody sends to a queue.
 * @throws ServiceError with the code and words of SQS
 */
export function parseMessageContent(input: Input, settings: QueueSettings): MessageContent {
  const body = requiredText(input, 'MessageBody');
  checkText(body);
  const attributes = parseAttributes(input.MessageAttributes);
  if (messageBytes(input) > settings.maximumMessageBytes) {
    const reason = `Message must be shorter than ${settings.maximumMessageBytes} bytes.`;
    throw new ServiceError('InvalidParameterValue', `One or more parameters are invalid. Reason: ${reason}`);
  }
  return {
    body,
    bodyMd5: md5OfBody(body),
    attributes,
    traceHeader: parseTraceHeader(input.MessageSystemAttributes),
    groupId: parseGroupId(input, settings),
    deduplicationId: parseDeduplicationId(input, body, settings),
  };
}

function parseGroupId(input: Input, settings: QueueSettings): string | undefined {
  const groupId = parseId(input, 'MessageGroupId');
  if (groupId === undefined && settings.fifo) throw missingParameter('MessageGroupId');
  return groupId;
}

function parseDeduplicationId(input: Input, body: string, settings: QueueSettings): string | undefined {
  const given = parseId(input, 'MessageDeduplicationId');
  if (!settings.fifo) {
    if (given === undefined) return undefined;
    throw notForThisQueueType('MessageDeduplicationId', given);
  }
  if (given !== undefined) return given;
  if (settings.contentBasedDeduplication) return hash('sha256', body);
  throw new ServiceError(
    'InvalidParameterValue',
    'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly.',
  );
}

function parseId(input: Input, name: string): string | undefined {
  const id = optionalText(input, name);
  if (id !== undefined && !idPattern.test(id)) {
    throw invalidParameter(name, id, 'Must be 1 to 128 alphanumeric or punctuation characters.');
  }
  return id;
}

/** The only system attribute that can be sent is X-Ray's trace header. It does not count for the message's size. */
function parseTraceHeader(value: unknown): string | undefined {
  const { AWSTraceHeader: given, ...others } = asInput(value ?? {}, 'MessageSystemAttributes');
  const [other] = Object.keys(others);
  if (other !== undefined) throw invalidParameter('MessageSystemAttributes', other, 'Must be AWSTraceHeader.');
  if (given === undefined) return undefined;
  const { dataType, stringValue } = parseAttribute('AWSTraceHeader', asInput(given, 'AWSTraceHeader'));
  if (dataType !== 'String') throw invalidParameter('AWSTraceHeader', dataType, 'Its data type must be String.');
  return stringValue;
}

function parseAttributes(value: unknown): MessageAttributes {
  const entries = Object.entries(asInput(value ?? {}, 'MessageAttributes'));
  if (entries.length > maxAttributes) {
    throw new ServiceError(
      'InvalidParameterValue',
      `Number of message attributes [${entries.length}] exceeds the allowed maximum [${maxAttributes}].`,
    );
  }
  return Object.fromEntries(
    entries.map(([name, attribute]) => {
      if (!attributeName.test(name)) {
        throw invalidParameter(
          'MessageAttributes',
          name,
          'The name of an attribute is 1 to 256 of A-Z, a-z, 0-9, _, - and ., without a reserved prefix.',
        );
      }
      return [name, parseAttribute(name, asInput(attribute, name))];
    }),
  );
}

function parseAttribute(name: string, input: Input): MessageAttribute {
  const dataType = requiredText(input, 'DataType');
  if (!attributeType.test(dataType)) {
    throw invalidParameter(name, dataType, 'The type of a message attribute must start with String, Number or Binary.');
  }
  const binary = dataType.startsWith('Binary');
  const value = optionalText(input, binary ? 'BinaryValue' : 'StringValue');
  if (value === undefined || value === '') {
    throw invalidParameter(name, '', `The message attribute must contain a non-empty value of type ${dataType}.`);
  }
  if (binary) return { dataType, binaryValue: value };
  checkText(value);
  if (dataType.startsWith('Number') && !Number.isFinite(Number(value))) {
    throw invalidParameter(name, value, `Can't cast the value of message attribute '${name}' to a number.`);
  }
  return { dataType, stringValue: value };
}

function checkText(text: string): void {
  if (!forbidden.test(text) && text.isWellFormed()) return;
  throw new ServiceError(
    'InvalidMessageContents',
    'Invalid characters found. Valid characters are those of XML 1.0: #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF.',
  );
}

/** What a message counts for against the limits: its body, and the names, types and values of its attributes. */
export function messageBytes(input: Input): number {
  let bytes = Buffer.byteLength(String(input.MessageBody ?? ''));
  for (const [name, attribute] of Object.entries(asInput(input.MessageAttributes ?? {}, 'MessageAttributes'))) {
    const { DataType = '', StringValue = '', BinaryValue = '' } = asInput(attribute, name);
    bytes += Buffer.byteLength(name) + Buffer.byteLength(String(DataType)) + Buffer.byteLength(String(StringValue));
    bytes += Buffer.byteLength(String(BinaryValue), 'base64');
  }
  return bytes;
}
