import type { DestinationDescription, FirehoseClient } from '@aws-sdk/client-firehose';
import type { AwsSubject } from './errors.ts';
import { toAwsError } from './sdk-errors.ts';

/** What Firehose says of a delivery stream. */
export type StreamDescription = {
  readonly arn: string | null;
  /** `ACTIVE` takes records; `CREATING`, `DELETING`, `SUSPENDED`, ... do not. */
  readonly status: string;
  /** True when the stream itself puts a newline after each record, so that a newline of ours would be a second one. */
  readonly appendsDelimiter: boolean;
};

/**
 * Asks Firehose for a delivery stream. AWS allows five such calls a second for the whole account: once per start, not more.
 * @throws AwsError `ResourceNotFoundException` when there is no such stream.
 */
export async function describeStream(
  client: FirehoseClient,
  stream: AwsSubject,
  signal?: AbortSignal,
): Promise<StreamDescription> {
  const { DescribeDeliveryStreamCommand } = await import('@aws-sdk/client-firehose');
  const command = new DescribeDeliveryStreamCommand({ DeliveryStreamName: stream.name });
  try {
    const answer = await client.send(command, signal === undefined ? {} : { abortSignal: signal });
    const description = answer.DeliveryStreamDescription;
    return {
      arn: description?.DeliveryStreamARN ?? null,
      status: description?.DeliveryStreamStatus ?? 'unknown',
      appendsDelimiter: (description?.Destinations ?? []).some(appendsDelimiter),
    };
  } catch (error) {
    throw toAwsError(error, stream);
  }
}

function appendsDelimiter({ ExtendedS3DestinationDescription: destination }: DestinationDescription): boolean {
  const processing = destination?.ProcessingConfiguration;
  const processors = processing?.Enabled ? (processing.Processors ?? []) : [];
  return processors.some((processor) => processor.Type === 'AppendDelimiterToRecord');
}
