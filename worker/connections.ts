import { type Dispatcher, Pool } from 'undici';
import type { Clock } from '../api/clock.ts';

/**
 * How long connections are used before new ones replace them: with keep-alive alone, a worker would talk for ever to the
 * recipient's pods that existed when it started, and never to those that came later.
 */
const lifetimeMs = 300_000;

/**
 * Connections to one origin. Now and then a new pool takes the place of the old one, which ends when its last request has.
 * undici's own `clientTtl` would look at the age of every connection at every request, a tenth of the worker's time.
 */
export class Connections {
  readonly #origin: string;
  readonly #clock: Clock;
  readonly #retiring = new Set<Promise<void>>();
  #options: Pool.Options;
  #pool: Pool;
  #openedMs: number;

  /** @param connections the most of them. */
  constructor(origin: string, options: Omit<Pool.Options, 'connections'>, connections: number, clock: Clock) {
    this.#origin = origin;
    this.#options = { ...options, connections };
    this.#clock = clock;
    this.#pool = new Pool(origin, this.#options);
    this.#openedMs = clock.monotonic();
  }

  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void {
    const nowMs = this.#clock.monotonic();
    if (nowMs - this.#openedMs > lifetimeMs) this.#renew(nowMs);
    this.#pool.dispatch(options, handler);
  }

  /** Sets the most connections. */
  resize(connections: number): void {
    this.change({ connections });
  }

  /** Goes on with other options in the place of those; requests that are open end on the connections that they have. */
  change(options: Pool.Options): void {
    this.#options = { ...this.#options, ...options };
    this.#renew(this.#clock.monotonic());
  }

  /** Lets open requests end and closes the connections. */
  async close(): Promise<void> {
    await Promise.all([this.#pool.close(), ...this.#retiring]);
  }

  #renew(nowMs: number): void {
    const closed = this.#pool.close().finally(() => this.#retiring.delete(closed));
    this.#retiring.add(closed);
    this.#pool = new Pool(this.#origin, this.#options);
    this.#openedMs = nowMs;
  }
}
