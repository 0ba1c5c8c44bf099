import { Attempt } from './attempt.ts';
import type { Clock } from './clock.ts';
import { errorOfStatus } from './errors.ts';
import type { ClientMetrics } from './metrics.ts';
import type { Access, WriteGuard } from './requests.ts';
import type { HttpMethod, Transport, TransportResponse } from './transport.ts';

/** One call to the API server. */
export type Call = {
  readonly access: Access;
  readonly method: HttpMethod;
  /** Path and query. */
  readonly path: string;
  readonly contentType?: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly timeoutMs: number;
};

export type CallerOptions = {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly metrics: ClientMetrics;
  readonly guard: WriteGuard | undefined;
  /** Sees every request that is about to leave. */
  readonly recorder: ((access: Access) => void) | undefined;
};

/** Makes calls: deadline, permission to write, count and time, and one class of error for all that can go wrong. */
export class Caller {
  readonly #options: CallerOptions;

  constructor(options: CallerOptions) {
    this.#options = options;
  }

  /** A caller over the same connections that asks `guard` before every write. */
  guarded(guard: WriteGuard): Caller {
    return new Caller({ ...this.#options, guard });
  }

  /** The JSON body of a successful answer. @throws KubeError */
  async json(call: Call, signal: AbortSignal | undefined): Promise<unknown> {
    using attempt = new Attempt(call.access, { ...this.#options, timeoutMs: call.timeoutMs }, signal);
    const startMs = this.#options.clock.monotonic();
    try {
      const response = await this.#send(call, attempt);
      return JSON.parse(await textOf(response.body));
    } catch (error) {
      throw attempt.explain(error);
    } finally {
      this.#observe(call, startMs);
    }
  }

  /**
   * The lines of a successful answer as they arrive. `call.timeoutMs` bounds the wait for its head, `lifetimeMs` the
   * whole. Leaving the loop ends the request. @throws KubeError
   */
  async *lines(call: Call, lifetimeMs: number, signal: AbortSignal | undefined): AsyncGenerator<string, void, void> {
    using attempt = new Attempt(call.access, { ...this.#options, timeoutMs: call.timeoutMs }, signal);
    const startMs = this.#options.clock.monotonic();
    try {
      const response = await this.#send(call, attempt);
      this.#observe(call, startMs);
      attempt.deadline.extend(lifetimeMs);
      yield* linesOf(response.body);
    } catch (error) {
      throw attempt.explain(error);
    }
  }

  async #send(call: Call, attempt: Attempt): Promise<TransportResponse> {
    const { transport, metrics, recorder } = this.#options;
    let code = '<error>';
    try {
      const response = await transport.send({
        method: call.method,
        path: call.path,
        headers: call.contentType === undefined ? {} : { 'content-type': call.contentType },
        ...(call.body !== undefined && { body: JSON.stringify(call.body) }),
        beforeSend: () => {
          attempt.beforeSend();
          recorder?.(call.access);
        },
        signal: attempt.deadline.signal,
      });
      code = String(response.status);
      if (response.status < 300) return response;
      const text = await textOf(response.body);
      throw errorOfStatus(attempt.operation, response.status, jsonOrText(text), response.retryAfter);
    } finally {
      metrics.request(code, call.method, transport.host);
    }
  }

  #observe({ method }: Call, startMs: number): void {
    const { metrics, transport, clock } = this.#options;
    metrics.duration((clock.monotonic() - startMs) / 1000, method, transport.host);
  }
}

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/** @throws SyntaxError when the stream ends within a line. */
async function* linesOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, void> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    const parts = decoder.decode(chunk, { stream: true }).split('\n');
    parts[0] = rest + (parts[0] ?? '');
    rest = parts.pop() ?? '';
    for (const line of parts) {
      if (line !== '') yield line;
    }
  }
  if (rest !== '') throw new SyntaxError(`the stream ended within a line, after ${rest.length} characters`);
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
