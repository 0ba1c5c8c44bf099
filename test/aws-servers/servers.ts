import { randomUUID } from 'node:crypto';
import { after, before, describe } from 'node:test';
import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  paginateListQueues,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { elasticMq } from './elasticmq.ts';
import { miniStack } from './ministack.ts';
import type { RunningServer, ServerKind } from './server-kind.ts';

/** Any key will do: neither server verifies signatures. */
const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };

/** A queue made for a test. */
export type TestQueue = { readonly url: string; readonly arn: string };

/** A server that runs while the tests do which {@link forEachServer} has registered. */
export class TestServer {
  readonly name: ServerKind['name'];
  readonly credentials = credentials;
  readonly #kind: ServerKind;
  #running: { server: RunningServer; sqs: SQSClient } | undefined;

  constructor(kind: ServerKind) {
    this.name = kind.name;
    this.#kind = kind;
  }

  get endpoint(): string {
    return this.#started.server.endpoint;
  }

  get region(): string {
    return this.#started.server.region;
  }

  get accountId(): string {
    return this.#started.server.accountId;
  }

  /** A client of the AWS SDK for this server. It repeats nothing: what the server answers is what a test sees. */
  get sqs(): SQSClient {
    return this.#started.sqs;
  }

  async start(): Promise<void> {
    const server = await this.#kind.start();
    const { endpoint, region } = server;
    this.#running = { server, sqs: new SQSClient({ endpoint, region, credentials, maxAttempts: 1 }) };
  }

  async stop(): Promise<void> {
    this.#running?.sqs.destroy();
    await this.#running?.server.stop();
    this.#running = undefined;
  }

  /**
   * Makes a queue of a name of its own.
   * @param name what the name begins with; ends in `.fifo` for a FIFO queue.
   * @param attributes as SQS writes them, `{ VisibilityTimeout: '1' }`.
   */
  async createQueue(name: string, attributes: Record<string, string> = {}): Promise<TestQueue> {
    const fifo = name.endsWith('.fifo');
    const unique = `${name.replace(/\.fifo$/, '')}-${randomUUID()}${fifo ? '.fifo' : ''}`;
    const kind = fifo ? { FifoQueue: 'true' } : {};
    const created = await this.sqs.send(
      new CreateQueueCommand({ QueueName: unique, Attributes: { ...kind, ...attributes } }),
    );
    const url = created.QueueUrl ?? '';
    const look = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['QueueArn'] });
    return { url, arn: (await this.sqs.send(look)).Attributes?.QueueArn ?? '' };
  }

  /** Deletes all queues. */
  async reset(): Promise<void> {
    for await (const { QueueUrls } of paginateListQueues({ client: this.sqs }, {})) {
      for (const QueueUrl of QueueUrls ?? []) await this.sqs.send(new DeleteQueueCommand({ QueueUrl }));
    }
  }

  get #started() {
    if (this.#running === undefined) throw new Error(`${this.name} runs only while its tests do`);
    return this.#running;
  }
}

/**
 * Registers `tests` once for each server that this project did not write. A server is installed and started before the
 * first of its tests and stopped after the last; where this machine cannot run it, its tests are skipped and say what to
 * install. `server` has an endpoint only inside of tests and hooks.
 * @param kinds which servers; default: all.
 */
export function forEachServer(
  tests: (server: TestServer) => void,
  kinds: readonly ServerKind[] = [elasticMq, miniStack],
): void {
  for (const kind of kinds) {
    const missing = kind.missing();
    describe(kind.name, missing === undefined ? {} : { skip: missing }, () => {
      const server = new TestServer(kind);
      before(() => server.start());
      after(() => server.stop());
      tests(server);
    });
  }
}
