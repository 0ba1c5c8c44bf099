import assert from 'node:assert/strict';
import { it } from 'node:test';
import { GetQueueAttributesCommand, SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { readAudit, temporaryDirectory, WorkerUnderTest } from '../../support/worker-under-test.ts';
import { Recorder } from './recorder.ts';

/** A delivery stream, and the records that it has taken. */
export type TestStream = { readonly name: string; readonly records: () => readonly Uint8Array[] };

/** An SQS server to run real workers against. */
export type EndToEndServer = {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly sqs: SQSClient;
  /** A new delivery stream, where the server has some. */
  readonly createStream?: () => TestStream;
  createQueue(name: string, attributes?: Record<string, string>): Promise<{ readonly url: string }>;
};

/** What a worker of a test has beside the usual; `audit` in place of it. */
export type WorkerFields = { readonly queue?: object; readonly recipient?: object; readonly audit?: object };

/** What a case works with: a queue, a recipient and an audit directory of its own. */
export class Stage {
  readonly #server: EndToEndServer;
  /** Everything that the case keeps in files. */
  readonly directory: string;
  readonly recorder: Recorder;
  readonly queueUrl: string;
  readonly #workers: WorkerUnderTest[] = [];

  constructor(server: EndToEndServer, directory: string, recorder: Recorder, queueUrl: string) {
    this.#server = server;
    this.directory = directory;
    this.recorder = recorder;
    this.queueUrl = queueUrl;
  }

  get auditDirectory(): string {
    return `${this.directory}/audit`;
  }

  async start(name: string, fields: WorkerFields = {}): Promise<WorkerUnderTest> {
    const { endpoint, region, credentials } = this.#server;
    const manifest = {
      apiVersion: 'courier.dev/v1alpha1',
      kind: 'Courier',
      metadata: { name: 'orders' },
      spec: {
        queue: {
          url: this.queueUrl,
          region,
          endpoint,
          waitTimeSeconds: 1,
          visibilityTimeoutSeconds: 10,
          ...fields.queue,
        },
        recipient: { url: this.recorder.url, ...fields.recipient },
        delivery: { backoff: { initialMilliseconds: 1, maxSeconds: 1 } },
        audit: fields.audit ?? { file: { directory: this.auditDirectory, maxSegmentBytes: 65_536 } },
      },
    };
    const env = { AWS_ACCESS_KEY_ID: credentials.accessKeyId, AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey };
    const worker = await WorkerUnderTest.start(this.directory, name, manifest, env);
    this.#workers.push(worker);
    return worker;
  }

  /** Ends what a test that failed has left running. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.end('SIGKILL')));
  }

  /** Sends messages with the bodies `n0`, `n1`, ..., filled up with spaces; where there are `groups`, to these in turn. */
  async send(
    count: number,
    { groups = 0, bodyBytes = 0 }: { groups?: number; bodyBytes?: number } = {},
  ): Promise<void> {
    for (let first = 0; first < count; first += 10) {
      const entries = Array.from({ length: Math.min(10, count - first) }, (_, index) => ({
        Id: String(index),
        MessageBody: `n${first + index}`.padEnd(bodyBytes),
        ...(groups === 0
          ? {}
          : { MessageGroupId: `g${(first + index) % groups}`, MessageDeduplicationId: `n${first + index}` }),
      }));
      await this.#server.sqs.send(new SendMessageBatchCommand({ QueueUrl: this.queueUrl, Entries: entries }));
    }
  }

  async left(): Promise<number> {
    const names = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
    const command = new GetQueueAttributesCommand({ QueueUrl: this.queueUrl, AttributeNames: [...names] });
    const { Attributes: attributes } = await this.#server.sqs.send(command);
    return names.reduce((sum, name) => sum + Number(attributes?.[name] ?? 0), 0);
  }

  /** Every message reached the recipient, has an audit record, and left the queue; no audit line is torn. */
  async expectAllAccountedFor(count: number): Promise<void> {
    const bodies = Array.from({ length: count }, (_, index) => `n${index}`);
    const { records, unreadable } = await readAudit(this.auditDirectory);
    const audited = new Set(records.map((record) => record.body));
    assert.deepEqual(
      bodies.filter((body) => !this.recorder.bodies.has(body)),
      [],
      'lost on the way to the recipient',
    );
    assert.deepEqual(
      bodies.filter((body) => !audited.has(body)),
      [],
      'without an audit record',
    );
    assert.equal(unreadable, 0, 'unreadable audit lines');
    assert.equal(await this.left(), 0);
  }
}

/** Registers a test with a queue, a recipient and a directory of its own. */
export function stageTest(
  server: () => EndToEndServer,
  sentence: string,
  queueName: string,
  run: (stage: Stage) => Promise<void>,
): void {
  it(sentence, async () => {
    await using directory = await temporaryDirectory();
    await using recorder = await Recorder.start();
    const attributes = { VisibilityTimeout: '5', ...(queueName.endsWith('.fifo') ? { FifoQueue: 'true' } : {}) };
    const { url } = await server().createQueue(queueName, attributes);
    await using stage = new Stage(server(), directory.path, recorder, url);
    await run(stage);
  });
}
