import type { SQSClient } from '@aws-sdk/client-sqs';
import { isObject, parseJson } from '../api/json.ts';
import { parseQueueUrl } from '../api/queue-url.ts';
import type { AwsSubject } from './errors.ts';
import { toAwsError } from './sdk-errors.ts';

/** How many messages a queue holds, approximately, by what can be done with them. */
export type QueueCounters = {
  /** Can be received now: the backlog. */
  readonly visible: number;
  /** Received and neither deleted nor visible again: at work, in back-off, or lost with their worker until they expire. */
  readonly notVisible: number;
  /** Sent with a delay that has not passed. */
  readonly delayed: number;
};

/** What SQS says of a queue. Null is what this server does not say: servers that are not AWS's leave out some. */
export type QueueAttributes = {
  /** Null unless all three are whole numbers from zero up: a sample of which a part is missing is no sample. */
  readonly counters: QueueCounters | null;
  readonly arn: string | null;
  readonly fifo: boolean;
  readonly visibilityTimeoutSeconds: number | null;
  readonly messageRetentionSeconds: number | null;
  readonly maximumMessageBytes: number | null;
  /** Null without a dead-letter queue. */
  readonly redrivePolicy: RedrivePolicy | null;
};

/** After how many receives SQS moves a message to the dead-letter queue. */
export type RedrivePolicy = {
  readonly maxReceiveCount: number;
  readonly deadLetterTargetArn: string;
};

/**
 * Asks SQS for all attributes of a queue, in one call.
 * @throws AwsError
 */
export async function getQueueAttributes(
  client: SQSClient,
  queue: AwsSubject,
  signal?: AbortSignal,
): Promise<QueueAttributes> {
  const { GetQueueAttributesCommand } = await import('@aws-sdk/client-sqs');
  const command = new GetQueueAttributesCommand({ QueueUrl: queue.name, AttributeNames: ['All'] });
  try {
    const { Attributes } = await client.send(command, signal === undefined ? {} : { abortSignal: signal });
    return readQueueAttributes(queue.name, Attributes ?? {});
  } catch (error) {
    throw toAwsError(error, queue);
  }
}

/** The attributes in an answer to GetQueueAttributes; what is no string is not said. Undefined when it is no such answer. */
export function attributesIn(answer: unknown): Readonly<Record<string, string>> | undefined {
  if (!isObject(answer) || !isObject(answer.Attributes)) return undefined;
  const entries = Object.entries(answer.Attributes);
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

/** Reads the attributes of a queue as SQS writes them: every value a string, or absent. */
export function readQueueAttributes(
  url: string,
  attributes: Readonly<Record<string, string | undefined>>,
): QueueAttributes {
  return {
    counters: readCounters(attributes),
    arn: attributes.QueueArn ?? null,
    fifo: attributes.FifoQueue === 'true' || parseQueueUrl(url).fifo,
    visibilityTimeoutSeconds: readCount(attributes.VisibilityTimeout),
    messageRetentionSeconds: readCount(attributes.MessageRetentionPeriod),
    maximumMessageBytes: readCount(attributes.MaximumMessageSize),
    redrivePolicy: readRedrivePolicy(attributes.RedrivePolicy),
  };
}

function readCounters(attributes: Readonly<Record<string, string | undefined>>): QueueCounters | null {
  const visible = readCount(attributes.ApproximateNumberOfMessages);
  const notVisible = readCount(attributes.ApproximateNumberOfMessagesNotVisible);
  const delayed = readCount(attributes.ApproximateNumberOfMessagesDelayed);
  return visible === null || notVisible === null || delayed === null ? null : { visible, notVisible, delayed };
}

/** A whole number from zero up, or null for anything else. */
function readCount(text: string | undefined): number | null {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : null;
}

function readRedrivePolicy(text: string | undefined): RedrivePolicy | null {
  if (text === undefined || text === '') return null;
  const policy = parseJson(text);
  if (!isObject(policy) || typeof policy.deadLetterTargetArn !== 'string') return null;
  // AWS writes the number as a number or as a string, as the queue's owner did.
  const maxReceiveCount = readCount(String(policy.maxReceiveCount));
  return maxReceiveCount === null ? null : { maxReceiveCount, deadLetterTargetArn: policy.deadLetterTargetArn };
}
