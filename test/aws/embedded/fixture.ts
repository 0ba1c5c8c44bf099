import assert from 'node:assert/strict';
import { ServiceError } from '../../../aws/embedded/errors.ts';
import { EmbeddedSqs, type EmbeddedSqsOptions } from '../../../aws/embedded/sqs.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

/** A message as ReceiveMessage answers it. */
export type Received = {
  readonly MessageId: string;
  readonly ReceiptHandle: string;
  readonly Body: string;
  readonly Attributes: Readonly<Record<string, string>>;
};

/** An embedded SQS in virtual time, and short words for its calls. */
export class Fixture {
  readonly clock = new VirtualClock();
  readonly sqs: EmbeddedSqs;

  constructor(options: Partial<EmbeddedSqsOptions> = {}) {
    this.sqs = new EmbeddedSqs({ clock: this.clock, random: Math.random, ...options });
  }

  /** Sends a message and says its id; on a FIFO queue the body is its deduplication id. */
  async send(url: string, body: string, more: object = {}): Promise<string> {
    const fifo = url.endsWith('.fifo') ? { MessageGroupId: 'g', MessageDeduplicationId: body } : {};
    const answer = await this.sqs.call('SendMessage', { QueueUrl: url, MessageBody: body, ...fifo, ...more });
    return (answer as { MessageId: string }).MessageId;
  }

  /** Receives up to ten messages, without waiting unless told to. */
  async receive(url: string, more: object = {}, signal?: AbortSignal): Promise<readonly Received[]> {
    const input = {
      ...{ QueueUrl: url, MaxNumberOfMessages: 10, MessageSystemAttributeNames: ['All'] },
      ...more,
    };
    const answer = await this.sqs.call('ReceiveMessage', input, signal === undefined ? {} : { signal });
    return (answer as { Messages?: readonly Received[] }).Messages ?? [];
  }

  /** Receives one message that must be there. */
  async receiveOne(url: string, more: object = {}): Promise<Received> {
    const [message] = await this.receive(url, { MaxNumberOfMessages: 1, ...more });
    assert.ok(message, 'there is no message');
    return message;
  }

  async delete(url: string, { ReceiptHandle }: Received): Promise<void> {
    await this.sqs.call('DeleteMessage', { QueueUrl: url, ReceiptHandle });
  }

  async changeVisibility(url: string, { ReceiptHandle }: Received, seconds: number): Promise<void> {
    await this.sqs.call('ChangeMessageVisibility', { QueueUrl: url, ReceiptHandle, VisibilityTimeout: seconds });
  }

  /** Available, in flight, delayed. */
  async counts(url: string): Promise<readonly number[]> {
    const attributes = await this.attributes(url);
    const { ApproximateNumberOfMessages: available, ApproximateNumberOfMessagesNotVisible: inFlight } = attributes;
    return [available, inFlight, attributes.ApproximateNumberOfMessagesDelayed].map(Number);
  }

  async attributes(url: string): Promise<Readonly<Record<string, string>>> {
    const answer = await this.sqs.call('GetQueueAttributes', { QueueUrl: url, AttributeNames: ['All'] });
    return (answer as { Attributes: Record<string, string> }).Attributes;
  }

  /** The attributes that make `deadLetters` the dead-letter queue of another one. */
  async redriveTo(deadLetters: string, maxReceiveCount: number): Promise<Readonly<Record<string, string>>> {
    const { QueueArn: deadLetterTargetArn } = await this.attributes(deadLetters);
    return { RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount }) };
  }
}

export function bodies(messages: readonly Received[]): readonly string[] {
  return messages.map(({ Body }) => Body);
}

/** Expects a call to fail with an error of the service that has this code. */
export async function refuses(call: Promise<unknown>, code: string, message?: RegExp): Promise<void> {
  await assert.rejects(call, (error) => {
    assert.ok(error instanceof ServiceError, `expected ${code}, got ${error}`);
    assert.equal(error.code, code);
    if (message !== undefined) assert.match(error.message, message);
    return true;
  });
}
