import { parseQueueUrl } from '../../api/queue-url.ts';
import { attributesIn, type QueueAttributes, readQueueAttributes } from '../../aws/queue-attributes.ts';
import { CommandError, exitCodes } from '../exit-codes.ts';
import { readText, unreadable } from '../text-file.ts';

/** What is known of queues without asking SQS, by the queue's ARN. */
export type QueueFacts = { of(queueUrl: string): QueueAttributes | undefined };

/**
 * Reads what `aws sqs get-queue-attributes --attribute-names All` has printed, one file a queue.
 * @throws CommandError for a file that is something else.
 */
export async function readQueueFacts(files: readonly string[]): Promise<QueueFacts> {
  const read = new Map(await Promise.all(files.map(readFacts)));
  return {
    of(queueUrl) {
      const { accountId, name } = parseQueueUrl(queueUrl);
      const attributes = read.get(`${accountId}:${name}`);
      return attributes === undefined ? undefined : readQueueAttributes(queueUrl, attributes);
    },
  };
}

type Attributes = Readonly<Record<string, string>>;

async function readFacts(file: string): Promise<readonly [string, Attributes]> {
  const attributes = attributesIn(await parse(file));
  // arn:aws:sqs:eu-west-1:123456789012:orders
  const queue = attributes?.QueueArn?.split(':').slice(4).join(':');
  if (attributes !== undefined && queue !== undefined) return [queue, attributes];
  throw new CommandError(
    exitCodes.wrong,
    `${file} does not hold the attributes of a queue: write the output of ` +
      '`aws sqs get-queue-attributes --queue-url URL --attribute-names All` to it.',
  );
}

async function parse(file: string): Promise<unknown> {
  const text = await readText(file);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw unreadable(file, error);
  }
}
