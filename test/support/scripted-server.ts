import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer, type Socket } from 'node:net';

/** A request as it came. */
export type SeenRequest = {
  readonly method: string;
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Answers it. */
  readonly response: ServerResponse;
};

/** An HTTP server whose answers a test writes itself; what was asked of it, and over how many connections. */
export class ScriptedServer implements AsyncDisposable {
  readonly requests: SeenRequest[] = [];
  connections = 0;
  mostOpenConnections = 0;
  /** Called with each request once its body is complete. It ends with 200 until a test says otherwise. */
  respond: (request: SeenRequest) => void = ({ response }) => response.end();
  readonly #server = createHttpServer((request, response) => void this.#take(request, response));
  #openConnections = 0;
  #awaited: (() => void)[] = [];

  private constructor() {
    this.#server.on('connection', (socket) => {
      this.connections++;
      this.mostOpenConnections = Math.max(this.mostOpenConnections, ++this.#openConnections);
      socket.on('close', () => this.#openConnections--);
    });
  }

  static async start(): Promise<ScriptedServer> {
    const server = new ScriptedServer();
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    return server;
  }

  /** `http://127.0.0.1:<port>`, without a path. */
  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Resolves with request number `count`, the first being 1, once it is complete. */
  async request(count = 1): Promise<SeenRequest> {
    for (;;) {
      const request = this.requests[count - 1];
      if (request !== undefined) return request;
      await new Promise<void>((resolve) => this.#awaited.push(resolve));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { rawHeaders, method = '', url = '' } = request;
    const headers: Record<string, string> = {};
    for (let at = 0; at < rawHeaders.length; at += 2) {
      headers[String(rawHeaders[at]).toLowerCase()] = String(rawHeaders[at + 1]);
    }
    const seen = { method, path: url, headers, body: Buffer.concat(chunks), response };
    this.requests.push(seen);
    for (const resolve of this.#awaited.splice(0)) resolve();
    this.respond(seen);
  }
}

/** A TCP server that does with each connection what a test says, and ends them all with it. */
export async function startRawServer(
  take: (socket: Socket) => void,
): Promise<AsyncDisposable & { readonly host: string }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    // A test breaks connections on purpose.
    socket.on('error', () => {});
    take(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
