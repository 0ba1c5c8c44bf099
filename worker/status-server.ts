import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';
import { environment } from '../api/environment.ts';
import { exchangePath } from '../api/exchange.ts';
import type { WorkerStatus } from '../api/worker-status.ts';
import type { Exchange } from './exchange.ts';
import type { Liveness } from './liveness.ts';

export type StatusServerOptions = {
  /** `host:port`; port 0 takes a free one. `[::]:8080` for IPv6. */
  readonly listen: string;
  readonly liveness: () => Liveness;
  readonly status: () => WorkerStatus;
  readonly metrics: Registry;
  /** The operator's way to this worker; undefined where there is no operator. */
  readonly exchange: Exchange | undefined;
};

/** The worker's status API: `/livez`, `/readyz`, `/metrics`, `/status`, and the exchange with the operator. */
export class StatusServer {
  readonly #server: Server;
  readonly port: number;

  private constructor(server: Server) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
  }

  /** @throws Error with a sentence, when the address is none or cannot be listened on. */
  static async start(options: StatusServerOptions): Promise<StatusServer> {
    const { host, port } = parseListen(options.listen);
    const server = createServer((request, response) => {
      route(request, response, options).catch((error: unknown) => {
        response.destroy(error instanceof Error ? error : new Error(String(error)));
      });
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error) => reject(new Error(unusable(options.listen, error.message), { cause: error })));
      server.listen(port, host, resolve);
    });
    return new StatusServer(server);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** An order is a few dozen bytes. */
const maxOrderBytes = 16_384;

async function route(request: IncomingMessage, response: ServerResponse, options: StatusServerOptions): Promise<void> {
  const { method = '', url = '' } = request;
  if (method !== 'POST' || url !== exchangePath || options.exchange === undefined) {
    return await answer(method, url, response, options);
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxOrderBytes) return text(response, 413, `an order has at most ${maxOrderBytes} bytes`);
    chunks.push(chunk);
  }
  if (await hasHungUp(request)) return;
  const { status, body } = options.exchange.answer(request.headers.authorization, Buffer.concat(chunks).toString());
  send(response, status, 'application/json', body);
}

/**
 * Whether the sender of a request has given up. Then an order is late, since this process stood still meanwhile, and its
 * sender counts on nobody having got it. The end of a connection is read in the round of the event loop after the last data.
 */
async function hasHungUp({ socket }: IncomingMessage): Promise<boolean> {
  for (let round = 0; round < 2; round++) await new Promise((resolve) => setImmediate(resolve));
  return socket.destroyed || socket.writableEnded;
}

async function answer(
  method: string,
  url: string,
  response: ServerResponse,
  options: StatusServerOptions,
): Promise<void> {
  if (method !== 'GET' && method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD');
    return text(response, 405, `${method} is not allowed here: use GET`);
  }
  switch (url.split('?')[0]) {
    case '/livez': {
      const { alive, explanation } = options.liveness();
      return text(response, alive ? 200 : 503, explanation);
    }
    case '/readyz': {
      const { state, waiting } = options.status();
      return text(response, state === 'Running' ? 200 : 503, `${state}: ${waiting.explanation}`);
    }
    case '/metrics':
      return send(response, 200, options.metrics.contentType, await options.metrics.metrics());
    case '/status':
      return send(response, 200, 'application/json', `${JSON.stringify(options.status(), null, 2)}\n`);
    default:
      return text(response, 404, 'there are /livez, /readyz, /metrics and /status');
  }
}

function text(response: ServerResponse, status: number, sentence: string): void {
  send(response, status, 'text/plain; charset=utf-8', `${sentence}\n`);
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) }).end(body);
}

/** @throws TypeError when `listen` is not `host:port`. */
function parseListen(listen: string): { host: string; port: number } {
  const match = /^(\[[0-9a-fA-F:.]+\]|[^:]*):(\d{1,5})$/.exec(listen);
  const port = Number(match?.[2]);
  if (match === null || port > 65_535) {
    throw new TypeError(unusable(listen, 'it is not an address'));
  }
  return { host: (match[1] ?? '').replace(/^\[|\]$/g, ''), port };
}

function unusable(listen: string, why: string): string {
  return `${environment.listen} ${listen} cannot be listened on (${why}): write host:port, such as 0.0.0.0:8080`;
}
