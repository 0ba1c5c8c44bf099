import type { ApiClient } from '../api-client.ts';
import type { ConfigMap, Secret } from './objects.ts';

/** Reads what pods refer to. */
export interface ObjectReader {
  /** Undefined when there is none. */
  configMap(namespace: string, name: string): Promise<ConfigMap | undefined>;
  /** Undefined when there is none. */
  secret(namespace: string, name: string): Promise<Secret | undefined>;
}

/** Asks the API server each time. */
export class DirectReader implements ObjectReader {
  readonly #client: ApiClient;

  constructor(client: ApiClient) {
    this.#client = client;
  }

  configMap(namespace: string, name: string): Promise<ConfigMap | undefined> {
    return this.#client.find(`/api/v1/namespaces/${namespace}/configmaps/${name}`);
  }

  secret(namespace: string, name: string): Promise<Secret | undefined> {
    return this.#client.find(`/api/v1/namespaces/${namespace}/secrets/${name}`);
  }
}

type Answer<T> = { readonly askedAtMs: number; readonly object: Promise<T | undefined> };

/** Asks once for all pods that refer to the same object, and again when the answer is older than `maxAgeMs`. */
export class SharedReader implements ObjectReader {
  readonly #reader: ObjectReader;
  readonly #maxAgeMs: number;
  readonly #configMaps = new Map<string, Answer<ConfigMap>>();
  readonly #secrets = new Map<string, Answer<Secret>>();

  constructor(reader: ObjectReader, maxAgeMs: number) {
    this.#reader = reader;
    this.#maxAgeMs = maxAgeMs;
  }

  configMap(namespace: string, name: string): Promise<ConfigMap | undefined> {
    return this.#recent(this.#configMaps, `${namespace}/${name}`, () => this.#reader.configMap(namespace, name));
  }

  secret(namespace: string, name: string): Promise<Secret | undefined> {
    return this.#recent(this.#secrets, `${namespace}/${name}`, () => this.#reader.secret(namespace, name));
  }

  #recent<T>(answers: Map<string, Answer<T>>, key: string, ask: () => Promise<T | undefined>): Promise<T | undefined> {
    const known = answers.get(key);
    if (known !== undefined && performance.now() - known.askedAtMs < this.#maxAgeMs) return known.object;
    const object = ask();
    answers.set(key, { askedAtMs: performance.now(), object });
    return object;
  }
}
