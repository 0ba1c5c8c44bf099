import type { Transport, TransportRequest, TransportResponse } from '../../../operator/kube/transport.ts';
import type { MemoryServer } from './memory-server.ts';
import { OpenWatch } from './open-watch.ts';

/** Brings requests to a memory server without a network, so that everything happens in virtual time. */
export class MemoryTransport implements Transport {
  readonly host = 'memory';
  readonly #server: MemoryServer;
  /** Whether nothing gets through. */
  partitioned = false;
  /** Waited for after the server has answered, before the client knows. */
  delay: () => Promise<void> = () => Promise.resolve();

  constructor(server: MemoryServer) {
    this.#server = server;
  }

  async send({ method, path, headers, body = '', beforeSend, signal }: TransportRequest): Promise<TransportResponse> {
    signal.throwIfAborted();
    beforeSend();
    if (this.partitioned) throw broken();
    const answer = this.#server.handle({ method, path, headers, body });
    await this.delay();
    signal.throwIfAborted();
    if (answer === 'hang') return await aborted(signal);
    if (typeof answer === 'string') throw broken();
    return {
      status: answer.status,
      retryAfter: answer.headers?.['retry-after'],
      body: untilAborted(typeof answer.body === 'string' ? [Buffer.from(answer.body)] : answer.body, signal),
    };
  }

  async close(): Promise<void> {}
}

async function* untilAborted(body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, signal: AbortSignal) {
  const chunks = Symbol.asyncIterator in body ? body[Symbol.asyncIterator]() : body[Symbol.iterator]();
  const cut = aborted(signal);
  // Who reads to the end never looks at it.
  cut.catch(() => {});
  try {
    for (;;) {
      const next = await Promise.race([chunks.next(), cut]);
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    if (signal.aborted && body instanceof OpenWatch) body.reset();
    else await chunks.return?.();
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

function broken(): Error {
  return Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
}
