import type { KubeObject } from '../../../operator/kube/objects.ts';

/** One watch that a client holds open, and what a test can do to it. */
export class OpenWatch implements AsyncIterable<Uint8Array> {
  readonly resource: string;
  readonly query: URLSearchParams;
  readonly matches: (object: KubeObject) => boolean;
  readonly #chunks: Uint8Array[] = [];
  #state: 'open' | 'ended' | 'reset' = 'open';
  #frozen = false;
  #garbles = false;
  #wake: (() => void) | undefined;
  #closed: () => void = () => {};

  constructor(resource: string, query: URLSearchParams, matches: (object: KubeObject) => boolean) {
    this.resource = resource;
    this.query = query;
    this.matches = matches;
  }

  onClose(callback: () => void): void {
    this.#closed = callback;
  }

  send(event: unknown): void {
    this.raw(this.#garbles ? '{"type":"ADDED"?\n' : `${JSON.stringify(event)}\n`);
    this.#garbles = false;
  }

  /** Sends bytes that need not be events. */
  raw(text: string): void {
    if (this.#state !== 'open') return;
    this.#chunks.push(Buffer.from(text));
    this.#wake?.();
  }

  bookmark(resourceVersion: string): void {
    this.send({ type: 'BOOKMARK', object: { metadata: { resourceVersion } } });
  }

  /** Sends the next event as something that nobody can read. */
  garbleNext(): void {
    this.#garbles = true;
  }

  /** Holds back what is sent from now on. */
  freeze(): void {
    this.#frozen = true;
  }

  thaw(): void {
    this.#frozen = false;
    this.#wake?.();
  }

  /** Ends the answer as the server does when the time is up. */
  end(): void {
    this.#finish('ended');
  }

  /** Breaks the connection. */
  reset(): void {
    this.#finish('reset');
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, void> {
    try {
      for (;;) {
        const chunk = this.#frozen ? undefined : this.#chunks.shift();
        if (chunk !== undefined) yield chunk;
        else if (this.#state === 'reset') throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
        else if (this.#state === 'ended' && !this.#frozen) return;
        else await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } finally {
      this.#finish('ended');
    }
  }

  #finish(state: 'ended' | 'reset'): void {
    if (this.#state !== 'open') return;
    this.#state = state;
    this.#closed();
    this.#wake?.();
  }
}
