import type { Dispatcher } from 'undici';
import type { Clock } from '../api/clock.ts';
import type { WorkerConfig } from '../api/worker-config.ts';
import type { Connections } from './connections.ts';
import { HttpBatch, type Send } from './http-batch.ts';
import { type Answer, Exchange, OpenExchanges } from './http-exchange.ts';
import type { Message } from './message.ts';
import type { Attempt, BatchRecipient, BatchRequest, Recipient } from './recipient.ts';
import type { AccessTokens } from './wire/access-tokens.ts';
import type { BatchEncoder } from './wire/batch-encoder.ts';
import type { EncodeMessage, WireRequest } from './wire/encoder.ts';

/** What requests are made of, and what carries them. */
export type Wire = {
  readonly encode: EncodeMessage;
  /** Undefined: each message has a request of its own. */
  readonly batches: BatchEncoder | undefined;
  readonly connections: Connections;
  /** Undefined: requests carry no token of OAuth2. */
  readonly tokens: AccessTokens | undefined;
};

/** Posts messages, each in a request of its own or several in one. */
export class HttpRecipient implements Recipient, BatchRecipient {
  readonly #wire: Wire;
  readonly #request: Pick<Dispatcher.DispatchOptions, 'path' | 'method'>;
  readonly #clock: Clock;
  readonly #open: OpenExchanges;
  /** Whether somebody is to be told when there is an access token. */
  #isAwaited = false;

  constructor({ recipient }: WorkerConfig['spec'], wire: Wire, clock: Clock) {
    const url = new URL(recipient.url);
    this.#wire = wire;
    this.#clock = clock;
    this.#open = new OpenExchanges(clock, recipient.timeoutSeconds * 1000);
    this.#request = { path: url.pathname + url.search, method: recipient.method };
  }

  isReady(ready: () => void): boolean {
    const { tokens } = this.#wire;
    if (tokens === undefined || tokens.take() !== undefined || !tokens.isAsking) return true;
    if (!this.#isAwaited) {
      this.#isAwaited = true;
      tokens.whenKnown(() => {
        this.#isAwaited = false;
        ready();
      });
    }
    return false;
  }

  post(message: Message, ended: (attempt: Attempt) => void): void {
    const { encode, tokens } = this.#wire;
    if (tokens === undefined) this.#send(encode(message), ended);
    else this.#sendWithToken(tokens, () => encode(message), ended);
  }

  /** @throws TypeError when the Courier sends one message a request. */
  begin(): BatchRequest {
    const { batches } = this.#wire;
    if (batches === undefined) throw new TypeError('there are no batches without recipient.batch');
    return new HttpBatch(batches, this.#sendBatch);
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

  readonly #sendBatch: Send = (encode, ended, answer) => {
    const { tokens } = this.#wire;
    if (tokens === undefined) this.#send(encode(), ended, answer);
    else this.#sendWithToken(tokens, encode, ended, answer);
  };

  #sendWithToken(
    tokens: AccessTokens,
    encode: () => WireRequest,
    ended: (attempt: Attempt) => void,
    answer?: Answer,
  ): void {
    const send = (token: string) => {
      const request = encode();
      request.headers.push('authorization', `Bearer ${token}`);
      const refusable = (attempt: Attempt) => {
        const isTokensFault = attempt.status === 401 && tokens.refused(token);
        ended(isTokensFault ? withoutToken(tokenRefused, attempt.durationMs) : attempt);
      };
      this.#send(request, refusable, answer);
    };
    const token = tokens.take();
    if (token !== undefined) {
      send(token);
      return;
    }
    const startedMs = this.#clock.monotonic();
    tokens.whenKnown((known, failure) => {
      if (known !== undefined) send(known);
      else ended(withoutToken(failure, this.#clock.monotonic() - startedMs));
    });
  }

  #send({ headers, body }: WireRequest, ended: (attempt: Attempt) => void, answer?: Answer): void {
    const exchange = new Exchange(this.#clock, this.#open, ended, answer);
    this.#wire.connections.dispatch({ ...this.#request, headers, body }, exchange);
  }
}

/** A message must not pay for a token that its issuer has revoked: other statuses of 4xx may end in the queue for dead letters. */
const tokenRefused = 'the recipient answered 401, and another token is asked for';

function withoutToken(detail: string, durationMs: number): Attempt {
  return { error: 'Authentication', detail, durationMs };
}
