import type { Clock } from '../api/clock.ts';
import { decideRoom, type GateDecision, prefetchFor } from './gate.ts';
import type { Holdings } from './holdings.ts';
import type { Lanes } from './lanes.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { OpenRequests } from './open-requests.ts';
import type { RateLimiter } from './rate/rate-limiter.ts';
import { messagesPerReceive, type Receiver } from './receiver.ts';
import type { RecipientLimits } from './recipient-limits/recipient-limits.ts';
import type { SizeEstimate } from './size-estimate.ts';
import type { Slots } from './slots.ts';
import type { StuckGroups } from './stuck-groups.ts';

/** Delivered messages that may wait for their audit record, in multiples of the slots, and at least. */
const auditCapacity = { perSlot: 4, atLeast: 1024 };

export type RoomOptions = {
  readonly maxHeldBytes: number;
  readonly holdings: Holdings;
  readonly size: SizeEstimate;
  readonly slots: Slots;
  readonly limits: RecipientLimits;
  readonly rate: RateLimiter;
  readonly lanes: Lanes;
  /** FIFO queues alone. */
  readonly stuck: StuckGroups | undefined;
  readonly lifecycle: Lifecycle;
  readonly receiver: Pick<Receiver, 'latencyMs' | 'reserved'>;
  readonly dispatcher: { readonly open: Pick<OpenRequests, 'meanMs'> };
  readonly clock: Clock;
};

/** The room for further messages, as the stages leave it. It gathers what the gate decides by. */
export class Room {
  readonly #options: RoomOptions;

  constructor(options: RoomOptions) {
    this.#options = options;
  }

  /** How many more messages may be received now, and what limits them. */
  get gate(): GateDecision {
    const { maxHeldBytes, holdings, size, slots, limits, rate, lanes, lifecycle, receiver, dispatcher } = this.#options;
    const free = limits.pauseMs > 0 ? 0 : slots.now;
    const probes = limits.probesToHold;
    return decideRoom({
      slots: free,
      prefetch: prefetchFor(free, receiver.latencyMs, dispatcher.open.meanMs),
      deferred: lanes.deferred,
      reserved: receiver.reserved,
      freeBytes: maxHeldBytes - holdings.bytes,
      messageBytes: size.bytes,
      probes,
      blocked: probes === undefined ? 0 : lanes.blocked,
      tokens: rate.tokens,
      // One even where a share allows none: what the worker waits for then is the next share.
      fullReceive: Math.max(1, Math.min(messagesPerReceive, this.largest)),
      auditCapacity: Math.max(auditCapacity.atLeast, auditCapacity.perSlot * slots.most),
      ordered: lifecycle.isHeld,
      paused: lifecycle.paused !== undefined,
      holding: holdings.counts,
    });
  }

  /** Messages that could be received if nothing were held and all tokens there. */
  get largest(): number {
    return Math.min(this.#largestReceive, this.#options.slots.now, Math.floor(this.#options.rate.burst));
  }

  /**
   * Messages for a receive that begins now. When it is the rate limit that leaves no room, it is asked for again once that has
   * changed.
   */
  forReceive(): number {
    const { holdings, rate, receiver } = this.#options;
    const { room, limitedBy } = this.gate;
    if (room < 1 && limitedBy === 'RateLimit') rate.awaitTokens(holdings.counts.received + receiver.reserved + 1);
    return Math.min(this.#largestReceive, room);
  }

  /**
   * How long a receive may wait for room for ten, in milliseconds. Where the rate limit is what makes it wait, up to a
   * second: a receive for each token would cost ten times as much.
   */
  get lingerMs(): number {
    const forSlots = Math.min(250, Math.max(5, 0.05 * (this.#options.dispatcher.open.meanMs ?? 0)));
    const forRate = this.#options.rate.msUntil(Math.min(messagesPerReceive, this.largest));
    return Math.max(forSlots, Math.min(1000, forRate));
  }

  /** The most that is asked for in a receive: one, while SQS would hand out messages that must not be attempted. */
  get #largestReceive(): number {
    return this.#options.stuck?.any(this.#options.clock.monotonic()) ? 1 : messagesPerReceive;
  }
}
