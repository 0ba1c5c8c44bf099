import assert from 'node:assert/strict';
import type { BatchResultErrorEntry } from '@aws-sdk/client-sqs';
import { bodies, refuses, type SqsCase } from './sqs-case.ts';

const mebibyte = 1_048_576;
const entry = (Id: string) => ({ Id, MessageBody: Id });
const codes = (failed: readonly BatchResultErrorEntry[] = []) =>
  failed.map(({ Id, Code, SenderFault }) => [Id, Code?.replace(/^AWS\.SimpleQueueService\./, ''), SenderFault]);

/** Batches: their limits, and entries that fail one by one. */
export const batchCases: readonly SqsCase[] = [
  {
    id: 'receive-ten',
    title: 'a receive gets up to ten of the messages of a batch',
    async run(context) {
      const url = await context.queue();
      const Entries = Array.from({ length: 10 }, (_, index) => entry(String(index)));
      const { Successful } = await context.sqs.sendMessageBatch({ QueueUrl: url, Entries });
      assert.equal(Successful?.length, 10);
      assert.deepEqual(
        [...bodies(await context.receive(url))].sort(),
        Entries.map(({ Id }) => Id),
      );
    },
  },
  {
    id: 'send-batch-partial',
    title: 'of a batch of sends, those that are wrong fail alone, as faults of the sender',
    async run(context) {
      const url = await context.queue();
      const Entries = [entry('good'), { Id: 'bad', MessageBody: '\u0000' }];
      const { Successful, Failed } = await context.sqs.sendMessageBatch({ QueueUrl: url, Entries });
      assert.deepEqual(
        Successful?.map(({ Id }) => Id),
        ['good'],
      );
      assert.deepEqual(codes(Failed), [['bad', 'InvalidMessageContents', true]]);
    },
  },
  {
    id: 'delete-batch-partial',
    title: 'of a batch of deletes, one with a bogus handle fails alone',
    async run(context) {
      const url = await context.queue();
      await context.send(url, 'x');
      const { ReceiptHandle } = await context.receiveOne(url);
      const Entries = [
        { Id: 'bad', ReceiptHandle: 'bogus' },
        { Id: 'good', ReceiptHandle },
      ];
      const { Successful, Failed } = await context.sqs.deleteMessageBatch({ QueueUrl: url, Entries });
      assert.deepEqual(
        Successful?.map(({ Id }) => Id),
        ['good'],
      );
      assert.deepEqual(codes(Failed), [['bad', 'ReceiptHandleIsInvalid', true]]);
    },
  },
  {
    id: 'change-batch-partial',
    title: 'of a batch of changes of visibility, one of a message that is not in flight fails alone',
    async run(context) {
      const url = await context.queue();
      await context.send(url, 'one');
      const one = await context.receiveOne(url);
      await context.send(url, 'two');
      const two = await context.receiveOne(url);
      await context.changeVisibility(url, one, 0);
      const Entries = [
        { Id: 'one', ReceiptHandle: one.ReceiptHandle, VisibilityTimeout: 60 },
        { Id: 'two', ReceiptHandle: two.ReceiptHandle, VisibilityTimeout: 60 },
      ];
      const { Successful, Failed } = await context.sqs.changeMessageVisibilityBatch({ QueueUrl: url, Entries });
      assert.deepEqual(
        Successful?.map(({ Id }) => Id),
        ['two'],
      );
      assert.deepEqual(codes(Failed), [['one', 'MessageNotInflight', true]]);
    },
  },
  {
    id: 'batch-empty',
    title: 'a batch without entries is refused',
    async run(context) {
      const url = await context.queue();
      await refuses(context.sqs.sendMessageBatch({ QueueUrl: url, Entries: [] }), 'EmptyBatchRequest');
    },
  },
  {
    id: 'batch-too-many',
    title: 'a batch of eleven entries is refused',
    async run(context) {
      const url = await context.queue();
      const Entries = Array.from({ length: 11 }, (_, index) => entry(String(index)));
      await refuses(context.sqs.sendMessageBatch({ QueueUrl: url, Entries }), 'TooManyEntriesInBatchRequest');
    },
  },
  {
    id: 'batch-ids-distinct',
    title: 'a batch in which two entries have the same id is refused',
    async run(context) {
      const url = await context.queue();
      const Entries = [entry('same'), entry('same')];
      await refuses(context.sqs.sendMessageBatch({ QueueUrl: url, Entries }), 'BatchEntryIdsNotDistinct');
    },
  },
  {
    id: 'batch-id-characters',
    title: 'a batch with an entry whose id has other characters than letters, digits, - and _ is refused',
    async run(context) {
      const url = await context.queue();
      const Entries = [{ Id: 'no spaces', MessageBody: 'x' }];
      await refuses(context.sqs.sendMessageBatch({ QueueUrl: url, Entries }), 'InvalidBatchEntryId');
    },
  },
  {
    id: 'batch-too-long',
    title: 'a batch of more than 1 MiB in all is refused',
    async run(context) {
      const url = await context.queue();
      const half = 'x'.repeat(mebibyte / 2);
      const Entries = [
        { Id: 'a', MessageBody: half },
        { Id: 'b', MessageBody: `${half}y` },
      ];
      await refuses(context.sqs.sendMessageBatch({ QueueUrl: url, Entries }), 'BatchRequestTooLong');
      assert.equal(await context.attribute(url, 'ApproximateNumberOfMessages'), '0');
    },
  },
];
