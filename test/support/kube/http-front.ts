import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { MemoryServer } from './memory-server.ts';
import { OpenWatch } from './open-watch.ts';

/** What answers requests, such as a memory server. */
type Answering = Pick<MemoryServer, 'handle'>;

/** A memory server behind a port of 127.0.0.1. */
export type HttpFront = { readonly url: string; readonly server: Server; close(): Promise<void> };

export async function listen(memory: Answering): Promise<HttpFront> {
  const server = createServer((request, response) => {
    answer(memory, request, response).catch((error: unknown) =>
      response.destroy(error instanceof Error ? error : undefined),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    server,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function answer(memory: Answering, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
  const body = Buffer.concat(chunks).toString('utf8');
  const answer = memory.handle({ method: request.method ?? '', path: request.url ?? '', headers, body });
  if (answer === 'hang') return;
  if (typeof answer === 'string') {
    request.socket.resetAndDestroy();
    return;
  }
  response.writeHead(answer.status, answer.headers ?? { 'content-type': 'application/json' });
  if (typeof answer.body === 'string') {
    response.end(answer.body);
    return;
  }
  response.flushHeaders();
  const stream = answer.body;
  const end = () => stream instanceof OpenWatch && stream.end();
  response.once('close', end);
  try {
    for await (const chunk of stream) response.write(chunk);
    response.end();
  } catch {
    request.socket.resetAndDestroy();
  }
}
