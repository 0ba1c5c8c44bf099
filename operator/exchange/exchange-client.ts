import { Agent } from 'undici';
import { type ExchangeOrder, exchangePath } from '../../api/exchange.ts';
import { isWorkerStatus, type WorkerStatus } from '../../api/worker-status.ts';
import type { Address } from '../fleet/fleet-worker.ts';
import { deliveryMs } from '../leases/holder.ts';

/** A worker answers in milliseconds; one that does not in this time is left out of this round. */
const timeoutMs = deliveryMs;
/** A status is some two kilobytes: more is not one. */
const maxAnswerBytes = 65_536;

/** The operator's side of the exchange: one round trip, an order down and a status up. */
export class ExchangeClient {
  readonly #agent = new Agent({ connect: { timeout: timeoutMs }, connections: 1, maxResponseSize: maxAnswerBytes });

  /**
   * Hands an order to the worker at `host:port` and returns its status.
   * @throws Error when it does not answer in time, refuses the token, or answers with something else.
   */
  async exchange(
    { host, port }: Address,
    token: string,
    order: ExchangeOrder,
    signal: AbortSignal,
  ): Promise<WorkerStatus> {
    const origin = host.includes(':') ? `http://[${host}]:${port}` : `http://${host}:${port}`;
    const { statusCode, body } = await this.#agent.request({
      ...{ origin, path: exchangePath, method: 'POST' },
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify(order),
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    });
    const text = await body.text();
    if (statusCode !== 200) throw new Error(`${origin} answers ${statusCode} to the exchange`);
    const value: unknown = JSON.parse(text);
    if (!isWorkerStatus(value)) throw new Error(`${origin} answers the exchange with something that is not a status`);
    return value;
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }
}
