import type { Dispatcher } from 'undici';
import type { Clock } from '../api/clock.ts';
import type { WorkerConfig } from '../api/worker-config.ts';
import type { Connections } from './connections.ts';
import { Exchange, OpenExchanges } from './http-exchange.ts';
import type { Message } from './message.ts';
import type { Attempt, Recipient } from './recipient.ts';
import type { AccessTokens } from './wire/access-tokens.ts';
import type { EncodeMessage, WireRequest } from './wire/encoder.ts';

/** What requests are made of, and what carries them. */
export type Wire = {
  readonly encode: EncodeMessage;
  readonly connections: Connections;
  /** Undefined: requests carry no token of OAuth2. */
  readonly tokens: AccessTokens | undefined;
};

/** Posts messages, each in a request of its own. */
export class HttpRecipient implements Recipient {
  readonly #wire: Wire;
  readonly #request: Pick<Dispatcher.DispatchOptions, 'path' | 'method'>;
  readonly #clock: Clock;
  readonly #open: OpenExchanges;

  constructor({ recipient }: WorkerConfig['spec'], wire: Wire, clock: Clock) {
    const url = new URL(recipient.url);
    this.#wire = wire;
    this.#clock = clock;
    this.#open = new OpenExchanges(clock, recipient.timeoutSeconds * 1000);
    this.#request = { path: url.pathname + url.search, method: recipient.method };
  }

  post(message: Message, ended: (attempt: Attempt) => void): void {
    const { encode, tokens } = this.#wire;
    if (tokens === undefined) this.#send(encode(message), ended);
    else this.#postWithToken(tokens, message, ended);
  }

  resize(connections: number): void {
    this.#wire.connections.resize(connections);
  }

  async close(): Promise<void> {
    const { connections, tokens } = this.#wire;
    tokens?.close();
    await connections.close();
    this.#open.close();
  }

  #postWithToken(tokens: AccessTokens, message: Message, ended: (attempt: Attempt) => void): void {
    const send = (token: string) => {
      const request = this.#wire.encode(message);
      request.headers.push('authorization', `Bearer ${token}`);
      this.#send(request, (attempt) => {
        if (attempt.status === 401) tokens.refused(token);
        ended(attempt);
      });
    };
    const token = tokens.take();
    if (token !== undefined) {
      send(token);
      return;
    }
    const startedMs = this.#clock.monotonic();
    tokens.whenKnown((known, failure) => {
      if (known !== undefined) send(known);
      else ended({ error: 'Authentication', detail: failure, durationMs: this.#clock.monotonic() - startedMs });
    });
  }

  #send({ headers, body }: WireRequest, ended: (attempt: Attempt) => void): void {
    const exchange = new Exchange(this.#clock, this.#open, ended);
    this.#wire.connections.dispatch({ ...this.#request, headers, body }, exchange);
  }
}
