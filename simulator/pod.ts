import { Breaker } from './breaker.ts';
import { IntDeque } from './int-deque.ts';

/** One worker, from its creation to its end. */
export class Pod {
  readonly id: number;
  readonly createdTick: number;
  /** How much longer its requests take than the mean. */
  readonly slowness: number;
  readonly breaker = new Breaker();
  /** Accepted messages whose audit records wait. */
  readonly unaudited = new IntDeque();
  phase: 'starting' | 'ready' | 'leaving' | 'gone' = 'starting';
  readyTick = 0;
  /** When a leaving pod is killed. */
  deadlineTick = 0;
  /** Requests that are open. */
  inFlight = 0;
  /** Slots that wait for a message. */
  offered = 0;
  /** After a 429 it receives nothing before this tick. */
  pausedUntilTick = 0;
  /** When it has the next token of its share of the rate limit. */
  tokenTick = 0;
  /** Its share of the rate limit, in messages per tick; infinite: there is no limit. */
  share: number;
  /** Requests that it lets itself have open. */
  limit: number;

  constructor(id: number, createdTick: number, slowness: number, limits: { slots: number; share: number }) {
    this.id = id;
    this.createdTick = createdTick;
    this.slowness = slowness;
    this.limit = limits.slots;
    this.share = limits.share;
    this.tokenTick = limits.share === 0 ? Number.POSITIVE_INFINITY : 0;
  }

  /** Messages that it holds. */
  get held(): number {
    return this.inFlight + this.unaudited.size;
  }

  /** Requests that it may have open now. */
  allowed(tick: number, slots: number): number {
    if (this.phase !== 'ready' || this.breaker.state === 'open') return 0;
    if (tick < this.pausedUntilTick || tick + 1 <= this.tokenTick) return 0;
    return this.breaker.state === 'probing' ? 1 : Math.min(slots, Math.floor(this.limit));
  }

  /** A message is received. @returns the tick at which the next may be; undefined: now. */
  spendToken(tick: number): number | undefined {
    if (this.share === Number.POSITIVE_INFINITY) return undefined;
    this.tokenTick = Math.max(this.tokenTick, tick) + 1 / this.share;
    return tick + 1 <= this.tokenTick ? Math.floor(this.tokenTick) : undefined;
  }

  /** Its share of the rate limit is another one from now on. @returns the tick at which it may receive. */
  lease(share: number, tick: number): number {
    this.share = share;
    this.tokenTick = Math.min(this.tokenTick, tick + 1 / share);
    return Math.floor(this.tokenTick);
  }
}
