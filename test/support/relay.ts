import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Pool } from 'undici';

/** What a server has answered. */
export type Answer = { readonly status: number; readonly contentType: string; readonly body: string };

/** Something that listens on a port of its own in front of a server. */
export type Relay = {
  /** `http://127.0.0.1:<port>` */
  readonly endpoint: string;
  close(): Promise<void>;
};

/**
 * Starts a proxy in front of an AWS server on a free port of 127.0.0.1.
 * @param handle decides about a request: `target` is its X-Amz-Target, `send` has the server answer a body. 'cut' breaks the
 * connection without an answer.
 */
export async function startRelay(
  server: string,
  handle: (target: string, body: string, send: (body: string) => Promise<Answer>) => Promise<Answer | 'cut'>,
): Promise<Relay> {
  const upstream = new Pool(server);
  const listener = createServer((request, response) => {
    const target = String(request.headers['x-amz-target']);
    readBody(request)
      .then((body) => handle(target, body, (sent) => forward(upstream, request, sent)))
      .then((answer) => {
        if (answer === 'cut') request.socket.destroy();
        else reply(response, answer);
      })
      // Whoever hung up, or a server that is gone: the client sees a broken connection.
      .catch(() => request.socket.destroy());
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    async close() {
      listener.closeAllConnections();
      listener.close();
      await once(listener, 'close');
      await upstream.destroy();
    },
  };
}

async function forward(upstream: Pool, { method = 'POST', url = '/', headers }: IncomingMessage, body: string) {
  // The connection's own headers are not passed on, and a changed body has another length.
  const { host: _host, connection: _connection, 'content-length': _length, ...rest } = headers;
  const answer = await upstream.request({ method, path: url, headers: rest, body });
  const contentType = String(answer.headers['content-type'] ?? '');
  return { status: answer.statusCode, contentType, body: await answer.body.text() };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

function reply(response: ServerResponse, { status, contentType, body }: Answer): void {
  response.writeHead(status, { 'content-type': contentType });
  response.end(body);
}
