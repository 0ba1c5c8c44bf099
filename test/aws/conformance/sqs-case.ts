import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import {
  type Message,
  type QueueAttributeName,
  type ReceiveMessageCommandInput,
  type SendMessageCommandInput,
  SQS,
  SQSServiceException,
} from '@aws-sdk/client-sqs';
import type { ConformanceCase, ServerUnderTest } from './server-under-test.ts';

export type SqsCase = ConformanceCase<SqsContext>;

const clients = new Map<string, SQS>();

/** What a case about SQS works with: a client, and queues of its own. */
export class SqsContext {
  readonly sqs: SQS;
  readonly #id: string;

  constructor({ endpoint, region, credentials }: ServerUnderTest, id: string) {
    let client = clients.get(endpoint);
    if (client === undefined) {
      const requestHandler = { httpAgent: { maxSockets: 500 } };
      client = new SQS({ endpoint, region, credentials, maxAttempts: 1, requestHandler });
      clients.set(endpoint, client);
    }
    this.sqs = client;
    this.#id = id;
  }

  /** Makes a standard queue and says its URL. */
  async queue(attributes: Record<string, string> = {}): Promise<string> {
    const { QueueUrl } = await this.sqs.createQueue({ QueueName: this.freshName(), Attributes: attributes });
    assert.ok(QueueUrl);
    return QueueUrl;
  }

  /** Makes a FIFO queue, whose deduplication is based on content unless the attributes say otherwise. */
  async fifoQueue(attributes: Record<string, string> = {}): Promise<string> {
    const { QueueUrl } = await this.sqs.createQueue({
      QueueName: `${this.freshName()}.fifo`,
      Attributes: { FifoQueue: 'true', ContentBasedDeduplication: 'true', ...attributes },
    });
    assert.ok(QueueUrl);
    return QueueUrl;
  }

  /** A queue name that nobody has used. */
  freshName(): string {
    return `${this.#id.slice(0, 50)}-${randomUUID().slice(0, 8)}`;
  }

  async arnOf(url: string): Promise<string> {
    return this.attribute(url, 'QueueArn');
  }

  /** One attribute of a queue; the empty string where it has none. */
  async attribute(url: string, name: QueueAttributeName): Promise<string> {
    const { Attributes } = await this.sqs.getQueueAttributes({ QueueUrl: url, AttributeNames: ['All'] });
    return Attributes?.[name] ?? '';
  }

  /** Sends one message and says its id. */
  async send(url: string, body: string, more: Partial<SendMessageCommandInput> = {}): Promise<string> {
    const { MessageId } = await this.sqs.sendMessage({ QueueUrl: url, MessageBody: body, ...more });
    assert.ok(MessageId);
    return MessageId;
  }

  /** Receives up to ten messages, with all attributes, waiting for a second when there is none. */
  async receive(url: string, more: Partial<ReceiveMessageCommandInput> = {}): Promise<readonly Message[]> {
    const { Messages = [] } = await this.sqs.receiveMessage({
      QueueUrl: url,
      MaxNumberOfMessages: 10,
      WaitTimeSeconds: 1,
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
      ...more,
    });
    return Messages;
  }

  /** Receives one message, which must come within 10 seconds. */
  async receiveOne(url: string, more: Partial<ReceiveMessageCommandInput> = {}): Promise<ReceivedMessage> {
    const [message] = await this.receive(url, { MaxNumberOfMessages: 1, WaitTimeSeconds: 10, ...more });
    assert.ok(message, 'no message came within 10 seconds');
    return received(message);
  }

  async delete(url: string, ...messages: readonly Message[]): Promise<void> {
    for (const { ReceiptHandle } of messages) await this.sqs.deleteMessage({ QueueUrl: url, ReceiptHandle });
  }

  async changeVisibility(url: string, message: Message, seconds: number): Promise<void> {
    const { ReceiptHandle } = message;
    await this.sqs.changeMessageVisibility({ QueueUrl: url, ReceiptHandle, VisibilityTimeout: seconds });
  }
}

/** A message whose receive asked for all of its attributes. */
export type ReceivedMessage = Message & { readonly Attributes: Readonly<Record<string, string | undefined>> };

function received(message: Message): ReceivedMessage {
  return { ...message, Attributes: message.Attributes ?? {} };
}

/** The bodies of messages, in order. */
export function bodies(messages: readonly Message[]): readonly (string | undefined)[] {
  return messages.map(({ Body }) => Body);
}

/**
 * Expects a call to fail with an error of SQS that has one of these names. Common errors end in `Exception` in one
 * protocol and not in the other: here they do not.
 */
export async function refuses(call: Promise<unknown>, ...names: readonly string[]): Promise<void> {
  const error: unknown = await call.then(
    () => undefined,
    (failure: unknown) => failure,
  );
  assert.ok(error instanceof SQSServiceException, `expected ${names.join(' or ')}, got ${error ?? 'an answer'}`);
  assert.ok(names.includes(error.name.replace(/Exception$/, '')), `expected ${names.join(' or ')}, got ${error}`);
}

/** Closes the connections of all clients. */
export function closeClients(): void {
  for (const client of clients.values()) client.destroy();
  clients.clear();
}
