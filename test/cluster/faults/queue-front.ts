import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';

/** Answers to GetQueueAttributes, as SQS writes them. */
export type Attributes = Readonly<Record<string, string>>;

/** Stands before an SQS and may say something else of its queues than it does: counters are approximate, and may be absurd. */
export class QueueFront {
  readonly endpoint: string;
  /** What is answered instead of the truth, anew for each look; undefined: the truth. */
  attributes: (() => Attributes) | undefined;
  /** How often a queue was looked at. */
  looks = 0;
  readonly #target: string;

  private constructor(endpoint: string, target: string) {
    this.endpoint = endpoint;
    this.#target = target;
  }

  /** Starts one on a free port of 127.0.0.1, until the test ends. */
  static async start(target: string, test: TestContext): Promise<QueueFront> {
    const server = createServer((request, response) => void front.#serve(request, response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    test.after(() => {
      server.closeAllConnections();
      server.close();
    });
    const front = new QueueFront(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, target);
    return front;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const action = String(request.headers['x-amz-target']);
    const looked = action.endsWith('.GetQueueAttributes');
    if (looked) this.looks++;
    if (looked && this.attributes !== undefined) {
      response.end(JSON.stringify({ Attributes: this.attributes() }));
      return;
    }
    try {
      const headers = { 'x-amz-target': action, 'content-type': 'application/x-amz-json-1.0' };
      const answer = await fetch(this.#target, { method: 'POST', headers, body: Buffer.concat(chunks) });
      response.writeHead(answer.status, Object.fromEntries(answer.headers));
      response.end(await answer.text());
    } catch {
      // What is behind broke the connection, so this one breaks too.
      response.destroy();
    }
  }
}
