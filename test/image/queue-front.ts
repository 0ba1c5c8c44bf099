import { createServer, request as forward } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { systemClock } from '../../api/clock.ts';
import { type EmbeddedAws, startEmbeddedAws } from '../../aws/embedded/server.ts';
import { type Recipient, startRecipient } from '../../cli/harness/recipient.ts';
import { acceptingScript } from '../../cli/harness/script.ts';

/** A queue and a recipient for one test, and who asks the queue for messages when. */
export class QueueFront {
  /** The fields of a Courier that uses them. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly #aws: EmbeddedAws;
  readonly #recipient: Recipient;
  readonly #url: string;
  #received = Promise.withResolvers<number>();

  private constructor(aws: EmbeddedAws, recipient: Recipient, proxyUrl: string) {
    this.#aws = aws;
    this.#recipient = recipient;
    this.#url = aws.sqs.createQueue('orders');
    this.fields = {
      'spec.queue': { url: this.#url, region: 'us-east-1', endpoint: proxyUrl, waitTimeSeconds: 1 },
      'spec.recipient.url': recipient.url,
    };
  }

  /** Opens it until the test ends. */
  static async open(test: TestContext): Promise<QueueFront> {
    const aws = await startEmbeddedAws();
    const recipient = await startRecipient({
      ...{ port: 0, script: acceptingScript, clock: systemClock, random: Math.random },
    });
    const proxy = createServer((request, response) => {
      if (request.headers['x-amz-target'] === 'AmazonSQS.ReceiveMessage') front.#received.resolve(performance.now());
      request.pipe(
        forward(aws.endpoint, { method: 'POST', path: request.url, headers: request.headers }, (answer) => {
          response.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(response);
        }).on('error', () => response.destroy()),
      );
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const front = new QueueFront(aws, recipient, `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`);
    test.after(async () => {
      proxy.closeAllConnections();
      proxy.close();
      await recipient.close();
      await aws.close();
    });
    return front;
  }

  get delivered(): number {
    return this.#recipient.accepted.size;
  }

  async send(count: number): Promise<void> {
    for (let n = 0; n < count; n++)
      await this.#aws.sqs.call('SendMessage', { QueueUrl: this.#url, MessageBody: `message ${n}` });
  }

  /** The time, as `performance.now()`, of the next request for messages. */
  nextReceive(): Promise<number> {
    this.#received = Promise.withResolvers();
    return this.#received.promise;
  }
}
