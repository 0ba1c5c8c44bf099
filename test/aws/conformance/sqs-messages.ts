import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { refuses, type SqsCase } from './sqs-case.ts';

const attributes = {
  'trace.id': { DataType: 'String', StringValue: '4bf92f35' },
  'trace.flags': { DataType: 'Number.int', StringValue: '1' },
  blob: { DataType: 'Binary', BinaryValue: Uint8Array.of(0, 1, 254, 255) },
};
const traceHeader = {
  AWSTraceHeader: { DataType: 'String', StringValue: 'Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1' },
} as const;
const timestamp = { DataType: 'Number', StringValue: '1493147359900' };
const mebibyte = 1_048_576;
const none = { MessageSystemAttributeNames: [], MessageAttributeNames: [] };

/** What a message is, what comes back of it, and which messages are refused. */
export const messageCases: readonly SqsCase[] = [
  {
    id: 'body-comes-back',
    title: 'a message comes back with its id, its body and the MD5 of the body in UTF-8',
    async run(context) {
      const url = await context.queue();
      const body = '{"name":"Zoë","tab":"\t","smile":"😀"}\r\n';
      const MessageId = await context.send(url, body);
      const message = await context.receiveOne(url);
      assert.deepEqual([message.MessageId, message.Body], [MessageId, body]);
      assert.equal(message.MD5OfBody, createHash('md5').update(body).digest('hex'));
    },
  },
  {
    id: 'attributes-md5',
    title: 'a send answers the MD5 of the message attributes, by name, type and value',
    async run(context) {
      const url = await context.queue();
      const MessageAttributes = { timestamp };
      const one = await context.sqs.sendMessage({ QueueUrl: url, MessageBody: 'x', MessageAttributes });
      assert.equal(one.MD5OfMessageAttributes, '235c5c510d26fb653d073faed50ae77c');
      const three = await context.sqs.sendMessage({ QueueUrl: url, MessageBody: 'x', MessageAttributes: attributes });
      assert.equal(three.MD5OfMessageAttributes, 'd4424d5114f85d7911a43e8d1ca8f830');
    },
  },
  {
    id: 'trace-header-md5',
    title: 'a send answers the MD5 of the system attributes apart',
    async run(context) {
      const url = await context.queue();
      const message = { QueueUrl: url, MessageBody: 'x', MessageSystemAttributes: traceHeader };
      const { MD5OfMessageSystemAttributes } = await context.sqs.sendMessage(message);
      assert.equal(MD5OfMessageSystemAttributes, '5f48eef650c1d0207456969c85af2fdd');
    },
  },
  {
    id: 'no-attributes-unasked',
    title: 'a receive that asks for no attributes gets none',
    async run(context) {
      const url = await context.queue();
      await context.send(url, 'x', { MessageAttributes: attributes });
      const message = await context.receiveOne(url, none);
      assert.equal(message.MessageAttributes, undefined);
      assert.equal(message.MD5OfMessageAttributes, undefined);
      assert.deepEqual(message.Attributes, {});
    },
  },
  {
    id: 'system-attributes',
    title: 'a receive that asks for all system attributes learns when and how often the message was sent and received',
    async run(context) {
      const url = await context.queue();
      await context.send(url, 'x');
      const { Attributes } = await context.receiveOne(url);
      assert.ok(Attributes.SenderId);
      assert.equal(Attributes.ApproximateReceiveCount, '1');
      assert.match(Attributes.SentTimestamp ?? '', /^\d{13}$/);
      assert.ok(Number(Attributes.ApproximateFirstReceiveTimestamp) >= Number(Attributes.SentTimestamp));
    },
  },
  {
    id: 'system-attributes-by-name',
    title: 'a receive gets the system attributes that it names and no others',
    async run(context) {
      const url = await context.queue();
      await context.send(url, 'x');
      const message = await context.receiveOne(url, { MessageSystemAttributeNames: ['ApproximateReceiveCount'] });
      assert.deepEqual(message.Attributes, { ApproximateReceiveCount: '1' });
    },
  },
  {
    id: 'attribute-names-deprecated',
    title: 'the older parameter AttributeNames asks for system attributes, too',
    async run(context) {
      const url = await context.queue();
      await context.send(url, 'x');
      const message = await context.receiveOne(url, { ...none, AttributeNames: ['All'] });
      assert.equal(message.Attributes.ApproximateReceiveCount, '1');
    },
  },
  {
    id: 'attributes-come-back',
    title: 'texts, numbers and bytes in attributes come back as they were sent',
    async run(context) {
      const url = await context.queue();
      await context.send(url, 'x', { MessageAttributes: attributes });
      const message = await context.receiveOne(url);
      assert.equal(message.MD5OfMessageAttributes, 'd4424d5114f85d7911a43e8d1ca8f830');
      assert.deepEqual(Object.keys(message.MessageAttributes ?? {}).sort(), Object.keys(attributes).sort());
      assert.equal(message.MessageAttributes?.['trace.flags']?.DataType, 'Number.int');
      assert.deepEqual([...(message.MessageAttributes?.blob?.BinaryValue ?? [])], [0, 1, 254, 255]);
    },
  },
  {
    id: 'attribute-by-name',
    title: 'a receive gets the message attributes that it names, and their MD5',
    async run(context) {
      const url = await context.queue();
      await context.send(url, 'x', { MessageAttributes: { ...attributes, timestamp } });
      const message = await context.receiveOne(url, { MessageAttributeNames: ['timestamp', 'absent'] });
      assert.deepEqual(Object.keys(message.MessageAttributes ?? {}), ['timestamp']);
      assert.equal(message.MD5OfMessageAttributes, '235c5c510d26fb653d073faed50ae77c');
    },
  },
  {
    id: 'attribute-by-prefix',
    title: 'a receive may ask for message attributes by prefix',
    async run(context) {
      const url = await context.queue();
      await context.send(url, 'x', { MessageAttributes: attributes });
      const message = await context.receiveOne(url, { MessageAttributeNames: ['trace.*'] });
      assert.deepEqual(Object.keys(message.MessageAttributes ?? {}).sort(), ['trace.flags', 'trace.id']);
    },
  },
  {
    id: 'trace-header-comes-back',
    title: 'the trace header comes back as a system attribute',
    async run(context) {
      const url = await context.queue();
      await context.send(url, 'x', { MessageSystemAttributes: traceHeader });
      const { Attributes } = await context.receiveOne(url);
      assert.equal(Attributes.AWSTraceHeader, traceHeader.AWSTraceHeader.StringValue);
    },
  },
  {
    id: 'group-on-standard-queue',
    title: 'a message of a standard queue may have a group, which comes back',
    async run(context) {
      const url = await context.queue();
      await context.send(url, 'x', { MessageGroupId: 'tenant-1' });
      assert.equal((await context.receiveOne(url)).Attributes.MessageGroupId, 'tenant-1');
    },
  },
  {
    id: 'largest-message',
    title: 'a message of 1 MiB is taken, body and attributes together, and one byte more is refused',
    async run(context) {
      const url = await context.queue();
      const MessageAttributes = { a: { DataType: 'String', StringValue: 'b' } };
      const bytes = 'a'.length + 'String'.length + 'b'.length;
      await context.send(url, 'x'.repeat(mebibyte - bytes), { MessageAttributes });
      const oversize = context.send(url, 'x'.repeat(mebibyte - bytes + 1), { MessageAttributes });
      await refuses(oversize, 'InvalidParameterValue');
    },
  },
  {
    id: 'queue-maximum-message-size',
    title: "a message longer than the queue's maximum is refused",
    async run(context) {
      const url = await context.queue({ MaximumMessageSize: '1024' });
      await refuses(context.send(url, 'é'.repeat(513)), 'InvalidParameterValue');
    },
  },
  {
    id: 'empty-body-refused',
    title: 'an empty body is refused',
    async run(context) {
      const url = await context.queue();
      await refuses(context.send(url, ''), 'MissingParameter', 'MissingRequiredParameter', 'InvalidParameterValue');
    },
  },
  {
    id: 'illegal-character-refused',
    title: 'a body with a character that XML does not allow is refused',
    async run(context) {
      const url = await context.queue();
      await refuses(context.send(url, 'bell \u0007'), 'InvalidMessageContents');
      await refuses(context.send(url, 'not a character \uFFFE'), 'InvalidMessageContents');
    },
  },
  {
    id: 'too-many-attributes-refused',
    title: 'an eleventh message attribute is refused',
    async run(context) {
      const url = await context.queue();
      const eleven = Array.from({ length: 11 }, (_, index) => [`a${index}`, timestamp] as const);
      await refuses(context.send(url, 'x', { MessageAttributes: Object.fromEntries(eleven) }), 'InvalidParameterValue');
    },
  },
];
