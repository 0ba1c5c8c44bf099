import type { Holding } from '../api/worker-status.ts';

/** What decides how many messages may be received now. */
export type GateInput = {
  /** Requests to the recipient that may be open at once. */
  readonly slots: number;
  /** Messages that may wait for a slot, so that a slot that falls free need not wait for a receive. */
  readonly prefetch: number;
  /** Messages that wait although slots are free, for the sake of other tenants. */
  readonly deferred: number;
  /** Messages that receives under way may bring. */
  readonly reserved: number;
  /** Delivered messages that may wait for their audit record. */
  readonly auditCapacity: number;
  /** Bytes of messages that may be held besides those that are, and what a message may have at the most. */
  readonly freeBytes: number;
  readonly messageBytes: number;
  /** Messages that may be held to probe a recipient with that is down; undefined: it is not. */
  readonly probes: number | undefined;
  /** Messages that wait behind another of their group, and cannot be probes. Looked at while there are probes alone. */
  readonly blocked: number;
  /** Messages that the rate limit lets be sent now. */
  readonly tokens: number;
  /** Messages of a receive that asks for as many as it can: for fewer tokens, receiving waits. */
  readonly fullReceive: number;
  /** The operator has asked the worker to finish what it holds. */
  readonly ordered: boolean;
  /** The recipient wants no more messages. */
  readonly paused: boolean;
  readonly holding: Holding;
};

export type GateDecision = {
  /** Messages that may be received now, beyond those reserved; never negative. */
  readonly room: number;
  /**
   * What would leave no room even without the receives under way, or too little for a full receive in the case of the rate
   * limit; `Nothing` while it is they who have it.
   */
  readonly limitedBy:
    | 'Nothing'
    | 'Pause'
    | 'Order'
    | 'Recipient'
    | 'Breaker'
    | 'RateLimit'
    | 'Memory'
    | 'Audit'
    | 'Queue';
};

/**
 * Nothing is received that cannot be attempted now: there is room for as many messages as there are free slots and
 * prefetch, but never for one that the rate limit would make wait, nor for one that there is no memory for, nor for one
 * whose audit record would not fit beside those that already wait.
 */
export function decideRoom(input: GateInput): GateDecision {
  if (input.paused) return { room: 0, limitedBy: 'Pause' };
  if (input.ordered) return { room: 0, limitedBy: 'Order' };
  const { reserved, holding } = input;
  const { forSlots, forAudit, forRate, forBytes, forProbes } = rooms(input);
  if (forProbes !== undefined) {
    const least = Math.min(forAudit, forRate, forBytes, forProbes);
    return { room: Math.max(0, least - reserved), limitedBy: 'Breaker' };
  }
  const least = Math.min(forSlots, forAudit, forRate, forBytes);
  const room = Math.max(0, least - reserved);
  if (forRate < Math.min(input.fullReceive, forSlots, forAudit, forBytes)) return { room, limitedBy: 'RateLimit' };
  if (least > 0) return { room, limitedBy: 'Nothing' };
  if (forBytes < Math.min(forSlots, forAudit)) {
    return { room, limitedBy: holding.delivered > attempting(holding) ? 'Audit' : 'Memory' };
  }
  if (forSlots <= forAudit) return { room, limitedBy: 'Recipient' };
  return { room, limitedBy: toDelete(holding) > holding.delivered ? 'Queue' : 'Audit' };
}

/** Messages that there is room for by each limit of its own, those that receives under way may bring included. */
function rooms(input: GateInput) {
  const { slots, prefetch, deferred, probes, blocked, tokens, auditCapacity, holding } = input;
  const attempted = attempting(holding);
  return {
    // No more of those deferred than there are slots: they burn receives for nothing.
    forSlots: slots + prefetch - attempted + Math.min(deferred, slots),
    forAudit: auditCapacity - holding.delivered - toDelete(holding) - holding.waiting - attempted,
    forRate: tokens - holding.received,
    forBytes: roomInMemory(input),
    forProbes: probes === undefined ? undefined : probes - attempted - holding.waiting + blocked,
  };
}

function attempting({ received, posting }: Holding): number {
  return received + posting;
}

function toDelete({ audited, deadLettering, deadLettered }: Holding): number {
  return audited + deadLettering + deadLettered;
}

/** Messages of the size that is expected; one in any case when nothing is held, however large it may be. */
function roomInMemory({ freeBytes, messageBytes, reserved, holding }: GateInput): number {
  const messages = Math.floor(freeBytes / messageBytes);
  if (messages > 0 || reserved > 0) return messages;
  return Object.values(holding).every((count) => count === 0) ? 1 : messages;
}

/**
 * How many messages to hold ready so that slots stay busy while a receive is under way: as many as the slots finish in
 * one and a half receives (Little's law), and never more than there are slots. A slow recipient gets none: a message
 * that waited here for long would have burnt a receive for nothing.
 */
export function prefetchFor(slots: number, receiveMs: number | undefined, attemptMs: number | undefined): number {
  if (receiveMs === undefined || attemptMs === undefined) return 0;
  return Math.min(slots, Math.ceil((1.5 * slots * receiveMs) / Math.max(1, attemptMs)));
}
