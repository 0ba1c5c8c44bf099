import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { AwsSubject } from '../../aws/errors.ts';
import type { EntryFailure } from '../../aws/ports.ts';
import { toAwsError } from '../../aws/sdk-errors.ts';
import type { SendBatch } from './sender.ts';
import type { SendPlan, TestMessage } from './test-message.ts';

/**
 * Sends batches to `queue` through the AWS SDK.
 * @throws AwsError when a call fails as a whole; the SDK has then tried three times.
 */
export function sqsSendBatch(
  client: SQSClient,
  queue: AwsSubject,
  { runId, attributes }: SendPlan,
  fifo: boolean,
): SendBatch {
  const messageAttributes = Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name, { DataType: 'String', StringValue: value }]),
  );
  const entry = (message: TestMessage, index: number) => ({
    Id: String(index),
    MessageBody: message.body,
    MessageAttributes: messageAttributes,
    ...(message.groupId !== undefined && { MessageGroupId: message.groupId }),
    ...(fifo && { MessageDeduplicationId: `${runId}-${message.sequence}` }),
  });
  return async (messages) => {
    const command = new SendMessageBatchCommand({ QueueUrl: queue.name, Entries: messages.map(entry) });
    try {
      const answer = await client.send(command);
      const outcomes = new Map<string, string | EntryFailure>();
      for (const { Id = '', MessageId = '' } of answer.Successful ?? []) outcomes.set(Id, MessageId);
      for (const { Id = '', Code = 'Unknown', Message = Code, SenderFault = false } of answer.Failed ?? []) {
        outcomes.set(Id, { code: Code, message: Message, senderFault: SenderFault });
      }
      return messages.map((_, index) => outcomes.get(String(index)));
    } catch (error) {
      throw toAwsError(error, queue);
    }
  };
}
