import { createHash, timingSafeEqual } from 'node:crypto';
import { type ExchangeOrder, parseExchangeOrder } from '../api/exchange.ts';

/** An answer to a request of the operator. */
export type ExchangeReply = { readonly status: number; readonly body: string };

/**
 * The worker's side of the exchange. It knows the SHA-256 of the token, and not the token: who reads the worker's
 * configuration cannot give it orders.
 */
export class Exchange {
  readonly #tokenHash: Buffer;
  readonly #obey: (order: ExchangeOrder) => unknown;

  /**
   * @param tokenSha256 in hex.
   * @param obey carries an order out and returns what to answer.
   * @throws TypeError when `tokenSha256` is not a SHA-256 in hex.
   */
  constructor(tokenSha256: string, obey: (order: ExchangeOrder) => unknown) {
    if (!/^[0-9a-f]{64}$/.test(tokenSha256)) {
      throw new TypeError('COURIER_EXCHANGE_TOKEN_SHA256 must be a SHA-256 of 64 hexadecimal digits');
    }
    this.#tokenHash = Buffer.from(tokenSha256, 'hex');
    this.#obey = obey;
  }

  /** Answers a POST with its Authorization header and body. */
  answer(authorization: string | undefined, body: string): ExchangeReply {
    if (!this.#isOperator(authorization)) return refusal(401, 'the exchange is for the operator of this Courier');
    let order: ExchangeOrder;
    try {
      order = parseExchangeOrder(JSON.parse(body));
    } catch (error) {
      return refusal(400, error instanceof Error ? error.message : String(error));
    }
    return { status: 200, body: JSON.stringify(this.#obey(order)) };
  }

  /** Compares hashes in constant time: how long it takes says nothing of the token. */
  #isOperator(authorization: string | undefined): boolean {
    const token = /^Bearer (.+)$/.exec(authorization ?? '')?.[1];
    if (token === undefined) return false;
    return timingSafeEqual(createHash('sha256').update(token).digest(), this.#tokenHash);
  }
}

function refusal(status: number, error: string): ExchangeReply {
  return { status, body: JSON.stringify({ error }) };
}
