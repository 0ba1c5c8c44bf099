import { Agent, type Dispatcher } from 'undici';
import type { Connection } from './connection.ts';

/** The parameters of a request, such as `fieldSelector`. */
export type Query = Readonly<Record<string, string>>;

/** A change of an object, which comes as it is after the change. */
export type WatchEvent<T> = { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: T };

/** What a list answers. */
export type List<T> = { readonly metadata: { readonly resourceVersion: string }; readonly items: readonly T[] };

/** Thrown when the API server refuses: `reason` is that of its Status, such as `NotFound` or `Conflict`. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly reason: string;

  constructor(request: string, status: number, answer: string) {
    const { reason = '', message = answer } = parseStatus(answer);
    super(`${request} answered ${status} ${reason}: ${message}`);
    this.status = status;
    this.reason = reason;
  }
}

/**
 * A plain client of the Kubernetes API for tests and for the kubelet: JSON in, JSON out, nothing repeated. It shares no
 * code with the operator, which it helps to judge. Types are the caller's word: the API server validates what it stores.
 */
export class ApiClient {
  readonly connection: Connection;
  readonly #agent: Agent;

  constructor(connection: Connection) {
    this.connection = connection;
    // Over HTTP/2, undici 8 throws outside of any request when it is destroyed while a watch has just been aborted.
    this.#agent = new Agent({ connect: { ca: connection.ca }, allowH2: false, headersTimeout: 40_000, bodyTimeout: 0 });
  }

  /** @throws ApiError when the server refuses. */
  get<T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> {
    return this.#json('GET', path, { query, signal });
  }

  /** Undefined where there is none. @throws ApiError when the server refuses. */
  async find<T>(path: string, signal?: AbortSignal): Promise<T | undefined> {
    try {
      return await this.get<T>(path, undefined, signal);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  /** For what is not JSON, such as `/readyz`. */
  async text(path: string, signal?: AbortSignal): Promise<string> {
    const answer = await this.#send('GET', path, { signal });
    return answer.body.text();
  }

  /** @throws ApiError when the server refuses. */
  create<T>(path: string, body: object, signal?: AbortSignal): Promise<T> {
    return this.#json('POST', path, { body, signal });
  }

  /** @param kind `merge`, `strategic-merge` or `apply`; the last needs a `fieldManager` in `query`. */
  patch<T>(path: string, kind: PatchKind, body: object, query?: Query, signal?: AbortSignal): Promise<T> {
    return this.#json('PATCH', path, { body, query, contentType: patchTypes[kind], signal });
  }

  /** @param options DeleteOptions: `gracePeriodSeconds`, `preconditions`, `propagationPolicy`. */
  delete<T>(path: string, options: object = {}, signal?: AbortSignal): Promise<T> {
    return this.#json('DELETE', path, { body: { apiVersion: 'v1', kind: 'DeleteOptions', ...options }, signal });
  }

  /** Yields what changes after `query.resourceVersion` until the server ends the watch or `signal` aborts. */
  async *watch<T>(path: string, query: Query, signal: AbortSignal): AsyncGenerator<WatchEvent<T>> {
    const answer = await this.#send('GET', path, { query: { ...query, watch: 'true' }, signal });
    for await (const line of lines(answer.body)) {
      const event: WatchEvent<T> | { type: 'ERROR'; object: { code: number } } = JSON.parse(line);
      if (event.type === 'ERROR') throw new ApiError(`WATCH ${path}`, event.object.code, JSON.stringify(event.object));
      yield event;
    }
  }

  /** Ends all connections, open watches included. */
  close(): Promise<void> {
    return this.#agent.destroy();
  }

  async #json<T>(method: Dispatcher.HttpMethod, path: string, request: Request): Promise<T> {
    const answer = await this.#send(method, path, request);
    const body: unknown = await answer.body.json();
    return body as T;
  }

  async #send(method: Dispatcher.HttpMethod, path: string, request: Request): Promise<Dispatcher.ResponseData> {
    const { body, query, contentType = 'application/json', signal } = request;
    const answer = await this.#agent.request({
      origin: this.connection.server,
      path: query === undefined ? path : `${path}?${new URLSearchParams(query)}`,
      method,
      headers: { authorization: `Bearer ${this.connection.token}`, 'content-type': contentType },
      body: body === undefined ? null : JSON.stringify(body),
      signal: signal ?? null,
    });
    if (answer.statusCode < 300) return answer;
    throw new ApiError(`${method} ${path}`, answer.statusCode, await answer.body.text());
  }
}

/** How a patch is meant. */
export type PatchKind = keyof typeof patchTypes;

type Request = {
  readonly body?: object;
  readonly query?: Query | undefined;
  readonly contentType?: string;
  readonly signal?: AbortSignal | undefined;
};

const patchTypes = {
  merge: 'application/merge-patch+json',
  'strategic-merge': 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
} as const;

/** Whether `error` says that the object is not there. */
export function isNotFound(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404;
}

async function* lines(body: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let begun = '';
  for await (const chunk of body) {
    const pieces = (begun + decoder.decode(chunk, { stream: true })).split('\n');
    begun = pieces.pop() ?? '';
    yield* pieces;
  }
}

function parseStatus(answer: string): { readonly reason?: string; readonly message?: string } {
  try {
    return JSON.parse(answer);
  } catch {
    return {};
  }
}
