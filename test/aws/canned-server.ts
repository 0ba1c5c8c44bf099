import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

export type CannedRequest = {
  readonly target: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
};

type Respond = (request: CannedRequest, response: ServerResponse) => void;

/** An HTTP server whose answers a test writes itself, and what it was asked. */
export type CannedServer = AsyncDisposable & {
  readonly endpoint: string;
  readonly requests: readonly CannedRequest[];
  /** Answers every request from now on. */
  respond: Respond;
};

/** Starts a server on a free port of 127.0.0.1. It answers 500 until a test says otherwise. */
export async function startCannedServer(respond: Respond = json(500, {})): Promise<CannedServer> {
  const requests: CannedRequest[] = [];
  const http = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const target = String(request.headers['x-amz-target']);
    const canned = { target, headers: request.headers, body: Buffer.concat(chunks).toString() };
    requests.push(canned);
    server.respond(canned, response);
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const address = http.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  const server: CannedServer = {
    endpoint: `http://127.0.0.1:${address.port}`,
    requests,
    respond,
    async [Symbol.asyncDispose]() {
      http.closeAllConnections();
      http.close();
      await once(http, 'close');
    },
  };
  return server;
}

/** An answer in JSON. */
export function json(status: number, value: unknown, headers: Record<string, string> = {}): Respond {
  return (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0', ...headers });
    response.end(JSON.stringify(value));
  };
}

/** An answer of any text. */
export function text(status: number, body: string, headers: Record<string, string> = {}): Respond {
  return (_request, response) => {
    response.writeHead(status, headers);
    response.end(body);
  };
}
