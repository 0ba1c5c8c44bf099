import type { BreakerStatus, Holding, RateLimitStatus, Waiting } from '../api/worker-status.ts';
import type { GateDecision } from './gate.ts';

/** What the sentence about waiting is made from. */
export type WaitingInput = {
  readonly draining: boolean;
  readonly gate: GateDecision;
  /** Why nothing more is received until the worker is started again. */
  readonly paused: string | undefined;
  readonly holding: Holding;
  readonly slots: number;
  /** Bytes of all messages that are held. */
  readonly heldBytes: number;
  readonly openReceives: number;
  readonly rateLimit: RateLimitStatus | null;
  readonly breaker: BreakerStatus;
  /** How much longer the recipient asks for a pause, in milliseconds. */
  readonly pauseMs: number;
  /** Why the last receive failed. */
  readonly receiveFailure: string | undefined;
  /** Why the last audit write failed. */
  readonly auditFailure: string | undefined;
  /** Why the last delete failed. */
  readonly deleteFailure: string | undefined;
};

/** Says what keeps the worker from receiving more at this moment, and why. */
export function describeWaiting(input: WaitingInput): Waiting {
  const { draining, gate, paused, holding, slots, openReceives, rateLimit, breaker, pauseMs, heldBytes } = input;
  const { receiveFailure, auditFailure, deleteFailure } = input;
  const held = Object.values(holding).reduce((sum, count) => sum + count, 0);
  if (draining) return { for: 'Drain', explanation: `asked to stop: ${held} messages are still held` };
  // A pause lasts, and no receive will come that could succeed.
  if (receiveFailure !== undefined && paused === undefined) return { for: 'Queue', explanation: receiveFailure };
  switch (gate.limitedBy) {
    case 'Pause':
      return {
        for: 'Pause',
        explanation: `${paused}, so nothing is received until the worker is started again, which a change of the Courier does`,
      };
    case 'Order':
      return { for: 'Drain', explanation: `the operator asked it to finish: ${held} messages are still held` };
    case 'Audit':
      return {
        for: 'Audit',
        explanation: `${holding.delivered} delivered messages wait for their audit record, as many as may be${because(auditFailure)}`,
      };
    case 'Queue':
      return {
        for: 'Queue',
        explanation: `${holding.audited} audited messages wait to be deleted and ${holding.deadLettering + holding.deadLettered} to be moved to the queue for dead letters, as many as may be${because(deleteFailure)}`,
      };
    case 'Memory':
      return {
        for: 'Memory',
        explanation: `${Math.round(heldBytes / 1_048_576)} MiB of messages are held, as many as may be`,
      };
    case 'Breaker':
      return { for: 'Breaker', explanation: breaker.explanation };
    case 'RateLimit':
      return { for: 'RateLimit', explanation: describeRate(rateLimit) };
    case 'Recipient':
      return {
        for: 'Recipient',
        explanation:
          breaker.state === 'Recovering' ? breaker.explanation : describeSlots(holding.posting, slots, pauseMs),
      };
    case 'Nothing':
      return openReceives > 0 && held === 0
        ? { for: 'Messages', explanation: 'a long poll is open and the queue has no messages' }
        : { for: 'Nothing', explanation: `receiving; ${holding.posting} of ${slots} slots are taken` };
  }
}

function because(failure: string | undefined): string {
  return failure === undefined ? '' : `: ${failure}`;
}

function describeSlots(posting: number, slots: number, pauseMs: number): string {
  return pauseMs > 0
    ? `the recipient answers 429 too often: nothing is sent for ${(pauseMs / 1000).toFixed(1)} s`
    : `${posting} of ${slots} slots wait for the recipient's answer`;
}

function describeRate(limit: RateLimitStatus | null): string {
  if (limit === null) return 'the rate limit leaves no room';
  if (limit.basis === 'None') return 'others may still hold all of the rate limit; this worker has no share of it yet';
  const rate = `${Number(limit.messagesPerSecond.toPrecision(3))} messages a second`;
  return limit.basis === 'Lease'
    ? `its share of the rate limit, ${rate}, is used up`
    : `its share of the rate limit, ${rate} while no operator hands out more, is used up`;
}
