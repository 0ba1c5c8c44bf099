import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request that was accepted. */
export type Delivered = { readonly headers: IncomingHttpHeaders; readonly body: string };

/** An HTTP recipient that remembers what it accepted. */
export class Recorder {
  readonly accepted: Delivered[] = [];
  requests = 0;
  /** How each request is answered. */
  answer: (request: number) => { status: number; headers?: Record<string, string>; afterMs?: number } = () => ({
    status: 200,
  });
  /** Called with each request when it is complete, and again with how it is about to be answered. */
  watch: ((request: Delivered, answered: number | undefined) => void) | undefined;
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
    const delivered = { headers: request.headers, body: Buffer.concat(chunks).toString() };
    this.watch?.(delivered, undefined);
    if (afterMs > 0) await new Promise((resolve) => setTimeout(resolve, afterMs));
    if (status < 300) this.accepted.push(delivered);
    this.watch?.(delivered, status);
    response.writeHead(status, headers).end();
  }
}
