import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a message that was accepted said of itself. */
export type Acceptance = { readonly messageId: string; readonly receiveCount: number };

export type BoundedRecipientOptions = {
  /** 0: a free one. */
  readonly port?: number;
  /** Requests that it works on at a time; others wait in line. */
  readonly parallel: number;
  /** How long it works on one, in milliseconds. */
  readonly serviceMs: number;
};

/** A recipient that does so much and no more: `parallel` requests in `serviceMs`, however many are sent. */
export class BoundedRecipient {
  readonly accepted: Acceptance[] = [];
  readonly #server = createServer();
  readonly #options: BoundedRecipientOptions;
  readonly #line: (() => void)[] = [];
  #working = 0;

  private constructor(options: BoundedRecipientOptions) {
    this.#options = options;
    this.#server.on('request', (request, response) => {
      const { 'courier-message-id': messageId, 'courier-receive-count': receiveCount } = request.headers;
      request.resume();
      this.#line.push(() => this.#work({ messageId: String(messageId), receiveCount: Number(receiveCount) }, response));
      this.#next();
    });
  }

  static async start(options: BoundedRecipientOptions): Promise<BoundedRecipient> {
    const recipient = new BoundedRecipient(options);
    recipient.#server.listen(options.port ?? 0, '127.0.0.1');
    await once(recipient.#server, 'listening');
    return recipient;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #next(): void {
    if (this.#working >= this.#options.parallel) return;
    const work = this.#line.shift();
    if (work === undefined) return;
    this.#working++;
    setTimeout(() => {
      this.#working--;
      work();
      this.#next();
    }, this.#options.serviceMs);
  }

  #work(acceptance: Acceptance, response: ServerResponse): void {
    // Who has hung up while it stood in line was not served.
    if (response.destroyed) return;
    this.accepted.push(acceptance);
    response.writeHead(204).end();
  }
}
