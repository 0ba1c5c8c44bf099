import assert from 'node:assert/strict';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { it } from 'node:test';
import {
  GetQueueAttributesCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { eventually, readAudit, temporaryDirectory, WorkerUnderTest } from '../../support/worker-under-test.ts';

/** An SQS server to run real workers against. */
export type EndToEndServer = {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly sqs: SQSClient;
  createQueue(name: string, attributes?: Record<string, string>): Promise<{ readonly url: string }>;
};

type Delivered = { readonly headers: IncomingHttpHeaders; readonly body: string };

/** An HTTP recipient that remembers what it accepted. */
class Recorder {
  readonly accepted: Delivered[] = [];
  requests = 0;
  /** How each request is answered. */
  answer: (request: number) => { status: number; headers?: Record<string, string>; afterMs?: number } = () => ({
    status: 200,
  });
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      this.#handle(request, response).catch(() => request.destroy());
    });
  }

  static async start(): Promise<Recorder> {
    const recorder = new Recorder();
    await new Promise<void>((resolve) => recorder.#server.listen(0, '127.0.0.1', resolve));
    return recorder;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/events?source=courier`;
  }

  /** Bodies that were accepted, without repetitions. */
  get bodies(): ReadonlySet<string> {
    return new Set(this.accepted.map((delivered) => delivered.body));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { status, headers = {}, afterMs = 0 } = this.answer(++this.requests);
    if (afterMs > 0) await new Promise((resolve) => setTimeout(resolve, afterMs));
    if (status < 300) this.accepted.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
    response.writeHead(status, headers).end();
  }
}

/** What a case works with: a queue, a recipient and an audit directory of its own. */
class Stage {
  readonly #server: EndToEndServer;
  readonly #directory: string;
  readonly recorder: Recorder;
  readonly queueUrl: string;

  constructor(server: EndToEndServer, directory: string, recorder: Recorder, queueUrl: string) {
    this.#server = server;
    this.#directory = directory;
    this.recorder = recorder;
    this.queueUrl = queueUrl;
  }

  get auditDirectory(): string {
    return `${this.#directory}/audit`;
  }

  start(name: string, fields: { queue?: object; recipient?: object; audit?: object } = {}): Promise<WorkerUnderTest> {
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
        audit: { file: { directory: this.auditDirectory, maxSegmentBytes: 65_536, ...fields.audit } },
      },
    };
    const env = { AWS_ACCESS_KEY_ID: credentials.accessKeyId, AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey };
    return WorkerUnderTest.start(this.#directory, name, manifest, env);
  }

  /** Sends messages with the bodies `<prefix>0`, `<prefix>1`, ... */
  async send(count: number, { prefix = 'n', groups = 0 }: { prefix?: string; groups?: number } = {}): Promise<void> {
    for (let first = 0; first < count; first += 10) {
      const entries = Array.from({ length: Math.min(10, count - first) }, (_, index) => ({
        Id: String(index),
        MessageBody: `${prefix}${first + index}`,
        ...(groups === 0
          ? {}
          : { MessageGroupId: `g${(first + index) % groups}`, MessageDeduplicationId: `${prefix}${first + index}` }),
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
  async expectAllAccountedFor(count: number, prefix = 'n'): Promise<void> {
    const bodies = Array.from({ length: count }, (_, index) => `${prefix}${index}`);
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

/**
 * Registers tests of real worker processes against an SQS server, whichever it is.
 * @param messages how many the tests under load send.
 */
export function workerEndToEnd(server: () => EndToEndServer, messages: number): void {
  const stageTest = (sentence: string, queueName: string, run: (stage: Stage) => Promise<void>) => {
    it(sentence, async () => {
      await using directory = await temporaryDirectory();
      await using recorder = await Recorder.start();
      const attributes = { VisibilityTimeout: '5', ...(queueName.endsWith('.fifo') ? { FifoQueue: 'true' } : {}) };
      const { url } = await server().createQueue(queueName, attributes);
      await run(new Stage(server(), directory.path, recorder, url));
    });
  };

  stageTest('delivers, audits and deletes a backlog, and stops with exit code 0', 'backlog', async (stage) => {
    await stage.send(messages);
    const worker = await stage.start('w0');
    await eventually(async () => (await worker.status()).counters.deleted >= messages, 'everything deleted');
    assert.equal((await worker.get('/livez')).status, 200);
    assert.equal((await worker.get('/readyz')).status, 200);
    assert.match(
      (await worker.get('/metrics')).body,
      new RegExp(`^courier_worker_messages_deleted_total ${messages}$`, 'm'),
    );
    assert.equal(await worker.end('SIGTERM'), 0, worker.log);
    await stage.expectAllAccountedFor(messages);
    assert.equal(stage.recorder.accepted.length, messages, 'each was delivered once');
  });

  stageTest('hands over body and attributes unchanged', 'attributes', async (stage) => {
    const body = '{"text":"grüße, 世界 🎉 & <tags>","empty":""}';
    await server().sqs.send(
      new SendMessageCommand({
        QueueUrl: stage.queueUrl,
        MessageBody: body,
        MessageAttributes: {
          tenant: { DataType: 'String', StringValue: 'größe=100%' },
          priority: { DataType: 'Number', StringValue: '7' },
        },
      }),
    );
    const worker = await stage.start('w0', {
      recipient: { contentType: 'application/vnd.orders+json', headers: [{ name: 'x-tenant', value: 'shop' }] },
    });
    await eventually(() => stage.recorder.accepted.length === 1, 'the message delivered');
    assert.equal(await worker.end('SIGTERM'), 0, worker.log);
    const [delivered] = stage.recorder.accepted;
    assert.equal(delivered?.body, body);
    const { headers } = delivered;
    assert.equal(headers['content-type'], 'application/vnd.orders+json');
    assert.equal(headers['x-tenant'], 'shop');
    assert.equal(headers['courier-attribute-tenant'], 'gr%C3%B6%C3%9Fe=100%25');
    assert.equal(headers['courier-attribute-priority'], '7');
    assert.equal(headers['courier-attempt'], '1');
    assert.equal(headers['courier-receive-count'], '1');
    assert.equal(headers['courier-queue'], stage.queueUrl);
    assert.match(String(headers['courier-sent-time']), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    const { records } = await readAudit(stage.auditDirectory);
    assert.equal(records[0]?.messageId, headers['courier-message-id']);
    assert.equal(records[0]?.body, body);
  });

  stageTest('retries what the recipient refuses until it accepts', 'refusals', async (stage) => {
    stage.recorder.answer = (request) =>
      request % 3 === 0
        ? { status: 503 }
        : request % 7 === 0
          ? { status: 429, headers: { 'retry-after': '1' } }
          : { status: 202 };
    await stage.send(200);
    const worker = await stage.start('w0');
    await eventually(async () => (await worker.status()).counters.deleted >= 200, 'everything deleted');
    const { counters } = await worker.status();
    assert.equal(await worker.end('SIGTERM'), 0, worker.log);
    assert.ok(counters.failed > 0 && counters.throttled > 0);
    await stage.expectAllAccountedFor(200);
  });

  stageTest('loses nothing when a worker is killed under load', 'kills', async (stage) => {
    stage.recorder.answer = () => ({ status: 200, afterMs: 5 });
    await stage.send(messages);
    for (const share of [0.2, 0.5]) {
      const doomed = await stage.start('w0');
      await eventually(() => stage.recorder.accepted.length > share * messages, `${share} delivered`);
      assert.equal(await doomed.end('SIGKILL'), 'SIGKILL');
    }
    const worker = await stage.start('w0');
    await eventually(async () => (await stage.left()) === 0, 'the queue empty');
    assert.equal(await worker.end('SIGTERM'), 0, worker.log);
    await stage.expectAllAccountedFor(messages);
  });

  stageTest(
    'stops under load without losing anything, and gives back what it did not attempt',
    'stop',
    async (stage) => {
      stage.recorder.answer = () => ({ status: 200, afterMs: 50 });
      await stage.send(messages);
      const first = await stage.start('w0', { queue: { visibilityTimeoutSeconds: 600 } });
      await eventually(() => stage.recorder.accepted.length > 100, 'a hundred delivered');
      assert.equal(await first.end('SIGTERM'), 0, first.log);
      // With a visibility of ten minutes, what the first worker had kept would not come back while this one runs.
      const second = await stage.start('w1');
      await eventually(async () => (await stage.left()) === 0, 'the queue empty');
      assert.equal(await second.end('SIGTERM'), 0, second.log);
      await stage.expectAllAccountedFor(messages);
      assert.equal(stage.recorder.accepted.length, messages, 'each was delivered once');
    },
  );

  stageTest('keeps the order of each group of a FIFO queue', 'ordered.fifo', async (stage) => {
    stage.recorder.answer = (request) => ({ status: request % 11 === 0 ? 503 : 200, afterMs: 2 });
    await stage.send(150, { groups: 5 });
    const worker = await stage.start('w0');
    await eventually(async () => (await worker.status()).counters.deleted >= 150, 'everything deleted');
    assert.equal(await worker.end('SIGTERM'), 0, worker.log);
    const groups = Map.groupBy(stage.recorder.accepted, ({ headers }) => String(headers['courier-group-id']));
    assert.equal(groups.size, 5);
    for (const deliveries of groups.values()) {
      const order = deliveries.map(({ body }) => Number(body.slice(1)));
      assert.deepEqual(
        order,
        order.toSorted((a, b) => a - b),
      );
    }
    await stage.expectAllAccountedFor(150);
  });
}
