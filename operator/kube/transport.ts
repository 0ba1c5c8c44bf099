import type { KubeConfig } from '@kubernetes/client-node';
import { Agent, type Dispatcher, ProxyAgent } from 'undici';
import type { Clock } from './clock.ts';
import { CredentialSource, type Credentials, type TlsOptions } from './credentials.ts';

export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** A request to the API server; the transport adds what says who asks. */
export type TransportRequest = {
  readonly method: HttpMethod;
  /** Path and query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Called in the same turn of the event loop as the request leaves; what it throws keeps the request from leaving. */
  readonly beforeSend: () => void;
  readonly signal: AbortSignal;
};

/** The head of an answer, and its body as it arrives. */
export type TransportResponse = {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly body: AsyncIterable<Uint8Array>;
};

/** Carries requests to an API server. A test may hand in one that needs no network. */
export interface Transport {
  /** Host and port of the server, as metrics name it. */
  readonly host: string;
  /** Rejects with whatever the network reports, or with what `beforeSend` throws. */
  send(request: TransportRequest): Promise<TransportResponse>;
  /** Ends every connection. */
  close(): Promise<void>;
}

export type TransportOptions = {
  /** What the server's audit log and its metrics show of this client. */
  readonly userAgent: string;
  readonly clock: Clock;
  /** Connections at most, watches included; default 32. */
  readonly connections?: number;
};

/**
 * One pool of HTTP/1.1 connections to the cluster of a kubeconfig's current context. HTTP/1.1 gives every watch a
 * connection of its own, which fails on its own. New certificates make a new pool; the old one ends when its requests
 * have. Timeouts are the caller's: only connecting is bounded here.
 */
export class PooledTransport implements Transport {
  readonly host: string;
  readonly #origin: string;
  readonly #prefix: string;
  readonly #credentials: CredentialSource;
  readonly #kubeConfig: KubeConfig;
  readonly #options: TransportOptions;
  #pool: { readonly tls: TlsOptions; readonly dispatcher: Dispatcher } | undefined;
  readonly #open = new Set<Dispatcher>();

  /** @throws Error when the kubeconfig names no cluster or an unusable URL. */
  constructor(kubeConfig: KubeConfig, options: TransportOptions) {
    this.#kubeConfig = kubeConfig;
    this.#options = options;
    this.#credentials = new CredentialSource(kubeConfig, options.clock);
    const url = new URL(this.#credentials.cluster.server);
    this.host = url.host;
    this.#origin = url.origin;
    this.#prefix = url.pathname.replace(/\/$/, '');
  }

  async send(request: TransportRequest): Promise<TransportResponse> {
    const response = await this.#sendOnce(request);
    if (response.status !== 401) return response;
    this.#credentials.reject();
    for await (const _ of response.body) {
      // Read to its end, so that the connection can be used again.
    }
    return await this.#sendOnce(request);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#open].map((dispatcher) => dispatcher.destroy()));
  }

  async #sendOnce({ method, path, headers, body, beforeSend, signal }: TransportRequest): Promise<TransportResponse> {
    const credentials = await this.#credentials.get();
    const dispatcher = this.#dispatcher(credentials);
    signal.throwIfAborted();
    beforeSend();
    try {
      const response = await dispatcher.request({
        origin: this.#origin,
        path: this.#prefix + path,
        method,
        headers: {
          accept: 'application/json',
          'user-agent': this.#options.userAgent,
          ...credentials.headers,
          ...headers,
        },
        body: body ?? null,
        signal,
      });
      const retryAfter = response.headers['retry-after'];
      return {
        status: response.statusCode,
        retryAfter: typeof retryAfter === 'string' ? retryAfter : undefined,
        body: response.body,
      };
    } catch (error) {
      // The server may have another certificate by now, or another authority may have signed it.
      this.#credentials.expire();
      throw error;
    }
  }

  #dispatcher({ tls }: Credentials): Dispatcher {
    if (this.#pool?.tls === tls) return this.#pool.dispatcher;
    const former = this.#pool?.dispatcher;
    const dispatcher = this.#connect(tls);
    this.#pool = { tls, dispatcher };
    this.#open.add(dispatcher);
    former?.close(() => this.#open.delete(former));
    return dispatcher;
  }

  #connect(tls: TlsOptions): Dispatcher {
    const options = this.#kubeConfig.createDispatcherOptions(this.#credentials.cluster, { ...tls });
    const pool = {
      allowH2: false,
      pipelining: 1,
      connections: this.#options.connections ?? 32,
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: 10_000,
    };
    // Keep-alive probes find a dead peer; no watch is judged by its silence.
    const connect = { timeout: 10_000, keepAlive: true, keepAliveInitialDelay: 30_000 };
    if (options.type === 'socks')
      throw new Error('SOCKS proxies are not supported: use an HTTP proxy in the kubeconfig');
    if (options.type === 'proxy')
      return new ProxyAgent({ ...pool, uri: options.uri, requestTls: { ...connect, ...tls } });
    return new Agent({ ...pool, connect: { ...connect, ...tls } });
  }
}
