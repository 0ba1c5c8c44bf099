import { isDeepStrictEqual } from 'node:util';
import { type Cluster, KubeConfig } from '@kubernetes/client-node';
import type { Clock } from './clock.ts';

/** What a connection to the API server needs for TLS. */
export type TlsOptions = {
  readonly ca?: string | Buffer;
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
};

/** Headers that say who asks, and the TLS options for the connection. */
export type Credentials = { readonly headers: Readonly<Record<string, string>>; readonly tls: TlsOptions };

/** Files may have changed after this long; client-go looks for new tokens and certificates as often. */
const refreshAfterMs = 30_000;

/**
 * Authentication by a kubeconfig, with the mechanisms of `@kubernetes/client-node`: tokens and certificates, inline or in
 * files, exec plug-ins, OIDC. Files are read again every half minute, since tokens and certificates are rotated in
 * place; while they cannot be read, the last ones stay in use.
 */
export class CredentialSource {
  #kubeConfig: KubeConfig;
  readonly #clock: Clock;
  #current: Credentials | undefined;
  #readAtMs = Number.NEGATIVE_INFINITY;
  #reading: Promise<Credentials> | undefined;

  constructor(kubeConfig: KubeConfig, clock: Clock) {
    this.#kubeConfig = kubeConfig;
    this.#clock = clock;
  }

  /** The cluster of the current context. @throws Error when the kubeconfig names none. */
  get cluster(): Cluster {
    const cluster = this.#kubeConfig.getCurrentCluster();
    if (cluster === null) {
      throw new Error(`the kubeconfig has no cluster for its context "${this.#kubeConfig.currentContext}"`);
    }
    return cluster;
  }

  /** The present credentials. @throws Error when there are none yet and they cannot be read. */
  async get(): Promise<Credentials> {
    if (this.#current !== undefined && this.#clock.monotonic() - this.#readAtMs < refreshAfterMs) return this.#current;
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    });
    return await this.#reading;
  }

  /** Makes the next {@link get} read the files again: the server could not be reached with what they held. */
  expire(): void {
    this.#readAtMs = Number.NEGATIVE_INFINITY;
  }

  /** The server refused the credentials: also forgets tokens that client-node keeps. */
  reject(): void {
    const { clusters, users, contexts, currentContext } = this.#kubeConfig;
    this.#kubeConfig = new KubeConfig();
    this.#kubeConfig.loadFromOptions({ clusters, users, contexts, currentContext });
    this.expire();
  }

  async #read(): Promise<Credentials> {
    const previous = this.#current;
    this.#readAtMs = this.#clock.monotonic();
    try {
      const next = await credentialsOf(this.#kubeConfig);
      // The same object for the same TLS options: the pool of connections goes by it.
      const tls = previous !== undefined && isDeepStrictEqual(previous.tls, next.tls) ? previous.tls : next.tls;
      this.#current = { headers: next.headers, tls };
      return this.#current;
    } catch (error) {
      this.expire();
      if (previous === undefined) throw error;
      return previous;
    }
  }
}

async function credentialsOf(kubeConfig: KubeConfig): Promise<Credentials> {
  const options: Parameters<KubeConfig['applyToHTTPSOptions']>[0] = {};
  await kubeConfig.applyToHTTPSOptions(options);
  const { ca, cert, key, servername, rejectUnauthorized } = options;
  return {
    headers: headersOf(options.headers, options.auth),
    tls: {
      ...(isPem(ca) && { ca }),
      ...(isPem(cert) && { cert }),
      ...(isPem(key) && { key }),
      ...(servername !== undefined && { servername }),
      ...(rejectUnauthorized !== undefined && { rejectUnauthorized }),
    },
  };
}

function headersOf(headers: unknown, basic: string | null | undefined): Record<string, string> {
  const entries = Object.entries(headers ?? {}).map(([name, value]): [string, string] => [name, String(value).trim()]);
  if (typeof basic === 'string') {
    entries.push(['Authorization', `Basic ${Buffer.from(basic).toString('base64')}`]);
  }
  return Object.fromEntries(entries);
}

function isPem(value: unknown): value is string | Buffer {
  return typeof value === 'string' || Buffer.isBuffer(value);
}
