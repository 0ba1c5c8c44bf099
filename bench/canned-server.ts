import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

/** Answers one request; what it returns later it writes to `socket` itself, by {@link answer}. */
export type Respond = (head: string, body: Buffer, socket: Socket) => void;

/** A server of HTTP/1.1 that does as little as it can, so that the process that is measured never waits for it. */
export async function startCannedServer(respond: Respond): Promise<AsyncDisposable & { readonly port: number }> {
  const server = createServer({ noDelay: true }, (socket) => serve(socket, respond));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.close();
      await once(server, 'close');
    },
  };
}

/** A whole answer with a JSON body. */
export function answer(body: Buffer | string): Buffer {
  const head = `HTTP/1.1 200 OK\r\ncontent-type: application/x-amz-json-1.0\r\ncontent-length: ${Buffer.byteLength(body)}`;
  const requestId = 'x-amzn-requestid: 00000000-0000-0000-0000-000000000000';
  return Buffer.concat([Buffer.from(`${head}\r\n${requestId}\r\n\r\n`), Buffer.from(body)]);
}

function serve(socket: Socket, respond: Respond): void {
  let chunks: Buffer[] = [];
  let size = 0;
  /** Bytes without which there is nothing to do. */
  let expected = 1;
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    size += chunk.length;
    while (size >= expected) {
      const [first = chunk] = chunks;
      const received = chunks.length === 1 ? first : Buffer.concat(chunks, size);
      const headBytes = received.indexOf('\r\n\r\n');
      const head = received.toString('latin1', 0, Math.max(0, headBytes));
      const end = headBytes < 0 ? size + 1 : headBytes + 4 + contentLength(head);
      chunks = [received];
      expected = end;
      if (size < end) return;
      respond(head, received.subarray(headBytes + 4, end), socket);
      size -= end;
      chunks = size === 0 ? [] : [received.subarray(end)];
      expected = 1;
    }
  });
}

function contentLength(head: string): number {
  return Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
}
