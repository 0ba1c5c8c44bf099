import { isObject } from './json.ts';
import type { Rate } from './rate-limit.ts';

/**
 * What a worker says of itself: the answer to `GET /status`, read by people, by `courier local` and by the operator.
 * Additive changes only: a reader ignores what it does not know.
 */
export type WorkerStatus = {
  readonly courier: string;
  readonly worker: string;
  /** Changes with every start of the process: counters of another boot are not a continuation. */
  readonly bootId: string;
  readonly startedTime: string;
  readonly state: WorkerState;
  readonly waiting: Waiting;
  /** Why audit records cannot be written at this moment, as a sentence; null while they can. */
  readonly auditFailure: string | null;
  /** Receives under way, which may still bring messages. */
  readonly openReceives: number;
  readonly holding: Holding;
  /** Bytes of the messages that are held. */
  readonly heldBytes: number;
  readonly counters: WorkerCounters;
  readonly rates: WorkerRates;
  /** The share of the rate limit; null: there is no limit. */
  readonly rateLimit: RateLimitStatus | null;
  readonly concurrency: ConcurrencyStatus;
  readonly breaker: BreakerStatus;
  /** The longest that a message waited from its send to its first receive, over the last five seconds; 0 without one. */
  readonly receiveAgeSeconds: number;
};

/** The right of a worker to a part of the rate limit, as of now. */
export type RateLimitStatus = Rate & {
  /**
   * - `Lease`: what the operator has handed down.
   * - `Lapsed`: the lease has run out: what it was or the fallback, whichever is less.
   * - `Fallback`: nobody has handed down anything for long.
   * - `None`: nothing yet, since others may still hold all there is.
   */
  readonly basis: 'Lease' | 'Lapsed' | 'Fallback' | 'None';
  /** The grant that it lives by; null: it has had none. */
  readonly shareId: string | null;
  /** How much longer the lease runs, in seconds; 0 when it has run out. */
  readonly remainingSeconds: number;
  /** Messages that may be sent at once now. */
  readonly tokens: number;
};

/** The limit on open requests. */
export type ConcurrencyStatus = {
  /** Requests that may be open at a time now, by what the recipient bears. */
  readonly limit: number;
  /** The most that the Courier allows. */
  readonly max: number;
  /** The limit is still on its first way up: it says nothing of what the recipient bears. */
  readonly ramping: boolean;
};

/** The circuit breaker in front of the recipient. */
export type BreakerStatus = {
  /**
   * - `Closed`: messages are sent.
   * - `Open`: the recipient is down; nothing is received, and one message at a time is sent to see whether it is back.
   * - `Recovering`: it is back, and the limit on requests rises step by step.
   */
  readonly state: 'Closed' | 'Open' | 'Recovering';
  /** One sentence for a person. */
  readonly explanation: string;
  /** What the last attempt failed with, a clause; null while it is closed. Workers of 0.0.9 do not say. */
  readonly failure?: string | null;
};

/**
 * - `Starting`: has not yet seen the queue.
 * - `Running`: receives whenever something can be attempted.
 * - `Draining`: was asked to stop; finishes what it holds and receives nothing more.
 * - `Stopped`: holds nothing any more.
 */
export type WorkerState = 'Starting' | 'Running' | 'Draining' | 'Stopped';

/** What keeps the worker from receiving more at this moment. */
export type Waiting = {
  /**
   * - `Nothing`: receives as fast as it can.
   * - `Messages`: a long poll is open and the queue has nothing.
   * - `Recipient`: every slot is taken by a request that has not been answered yet, or the recipient asked for a pause.
   * - `Audit`: as much is delivered and not yet audited as may be; `explanation` says why.
   * - `Breaker`: the recipient is down; `explanation` says since when and how.
   * - `Memory`: as many bytes of messages are held as may be.
   * - `RateLimit`: the share of the rate limit is used up.
   * - `Queue`: receiving fails; `explanation` says why.
   * - `Drain`: it was asked to stop.
   * - `Pause`: the recipient wants no more messages; `explanation` says what it answered.
   */
  readonly for:
    | 'Nothing'
    | 'Messages'
    | 'Recipient'
    | 'Breaker'
    | 'RateLimit'
    | 'Memory'
    | 'Audit'
    | 'Queue'
    | 'Drain'
    | 'Pause';
  /** One sentence for a person. */
  readonly explanation: string;
};

/** How many messages the worker holds, by state. */
export type Holding = {
  /** Received, waiting for a slot. */
  readonly received: number;
  /** Sent to the recipient, not yet answered. */
  readonly posting: number;
  /** Refused and soon to be tried again, and what must not overtake it in its message group. */
  readonly waiting: number;
  /** Accepted by the recipient, audit record not yet durable. */
  readonly delivered: number;
  /** Audit record durable, not yet deleted from the queue. */
  readonly audited: number;
  /** Not to be attempted any more, not yet copied to the queue for dead letters. */
  readonly deadLettering: number;
  /** Copied to the queue for dead letters, not yet deleted from its own. */
  readonly deadLettered: number;
};

/** Totals since the process started; they never fall. */
export type WorkerCounters = {
  readonly received: number;
  /** Received with an ApproximateReceiveCount above 1. */
  readonly redelivered: number;
  /** Received again after this worker had delivered them and could not delete them in time. */
  readonly duplicates: number;
  /** Messages sent, each time counted. */
  readonly attempts: number;
  /** Requests that they were sent in. */
  readonly requests: number;
  /** Messages that the recipient accepted. */
  readonly delivered: number;
  /** Attempts that ended in anything but acceptance or 429. */
  readonly failed: number;
  /** Attempts answered with 429. */
  readonly throttled: number;
  /** Audit records made durable. */
  readonly audited: number;
  /** Attempts to write audit records that failed; their records are tried again. */
  readonly auditFailures: number;
  /** Audit records given up: of deliveries under `audit.policy: BestEffort` alone. */
  readonly auditDropped: number;
  readonly deleted: number;
  /** Deletes that came after the receipt handle had expired: these messages will be delivered again. */
  readonly deletedLate: number;
  /** Given back to the queue after a failed attempt, with a delay. */
  readonly released: number;
  /** Copied to the queue for dead letters. */
  readonly deadLettered: number;
  /** Attempts to copy a message there that failed; they are made again, or the message goes back to its queue. */
  readonly deadLetterFailures: number;
  /** Given back, or left to expire, without an attempt: their receive count rose for nothing. */
  readonly unattempted: number;
  /** Delivered messages whose audit did not succeed before SQS's 12 hours ended: these will be delivered again. */
  readonly auditForcedRedeliveries: number;
  /** Seconds that slots were taken, over all slots. */
  readonly busySlotSeconds: number;
  /** The part of `busySlotSeconds` that ended in acceptance. */
  readonly deliveredSlotSeconds: number;
  /** Seconds in which nothing was received because of the audit. */
  readonly auditBlockedSeconds: number;
  /** Seconds in which nothing was received because the share of the rate limit was used up. */
  readonly rateLimitedSeconds: number;
  /** How often the circuit breaker has opened. */
  readonly breakerOpenings: number;
  /** Messages sent while it was open, to see whether the recipient is back. */
  readonly probes: number;
};

/** Averages over the last ten seconds. */
export type WorkerRates = {
  readonly receivedPerSecond: number;
  readonly deliveredPerSecond: number;
  readonly failedPerSecond: number;
  /** Mean duration of an attempt in milliseconds; null without one. */
  readonly attemptMilliseconds: number | null;
  /** Messages a second that it would send if there were no rate limit, by what it sends and how often the limit stops it. */
  readonly demandPerSecond: number;
  /** Mean messages a request; 1 without one. */
  readonly messagesPerRequest: number;
};

/** Checks what is counted with; a worker of another version may say more. */
export function isWorkerStatus(value: unknown): value is WorkerStatus {
  return (
    isObject(value) &&
    typeof value.bootId === 'string' &&
    typeof value.startedTime === 'string' &&
    isObject(value.waiting) &&
    [value.holding, value.counters].every(
      (numbers) => isObject(numbers) && Object.values(numbers).every(Number.isFinite),
    ) &&
    isObject(value.rates) &&
    isObject(value.concurrency) &&
    isObject(value.breaker)
  );
}
