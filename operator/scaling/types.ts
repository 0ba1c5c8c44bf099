import type { LimitedBy, Reason } from './reasons.ts';

/**
 * The contract of the scaling engine: plain data in, plain data out. Whoever drives it (the operator, `courier local`,
 * a simulator) speaks these types and nothing else.
 */

/** What the Courier's author asked for. */
export type Policy = {
  readonly minReplicas: number;
  readonly maxReplicas: number;
  /** Requests that one replica may have open at the same time. */
  readonly slotsPerReplica: number;
  /** A backlog is to be gone within this many seconds. Default 60. */
  readonly drainTargetSeconds?: number;
  /** Messages per replica while no rate has been measured. Default 500. */
  readonly targetMessagesPerReplica?: number;
  /** Seconds without work after which the fleet returns to `minReplicas`. Default 300. */
  readonly idleAfterSeconds?: number;
  /** Most replicas that one decision adds. Default 0: no limit. */
  readonly maxScaleOutStep?: number;
  /** A fleet of zero wakes when more than this many messages are visible. Default 0. */
  readonly activationMessages?: number;
  /** Ceiling on attempts per second over the whole fleet, retries included; null or absent: none. */
  readonly rateLimitPerSecond?: number | null;
  /** Seconds that a stopped replica gets to finish what it holds. Default 30. */
  readonly graceSeconds?: number;
  /** Replicas to fall back to while the queue cannot be read; null or absent: hold. */
  readonly fallbackReplicas?: number | null;
};

/** What was seen at one moment. */
export type Observation = {
  /** Monotonic. */
  readonly timeSeconds: number;
  /** `desired` is the last decision in force; none of the three counts replicas that are leaving. */
  readonly replicas: { readonly desired: number; readonly ready: number; readonly starting: number };
  /** Null when the queue could not be read, or not in time. */
  readonly queue: QueueCounts | null;
  /** Null when too few replicas reported. */
  readonly workers: Workers | null;
  /** Mean seconds from a replica's creation to its readiness. */
  readonly startupSeconds?: number | null;
  /** Messages per second and busy replica, as measured before a restart of whoever asks. */
  readonly lastReplicaRate?: number | null;
};

/** The queue's own approximate counters. */
export type QueueCounts = {
  /** Receivable now: the only backlog. */
  readonly visible: number;
  /** Received and not deleted, also by replicas that are long dead. */
  readonly notVisible: number;
  /** Sent with a delay that has not passed. */
  readonly delayed: number;
};

/** What the replicas say together. Cumulative down to `auditBlockedSeconds`; the rest as of now. */
export type Workers = {
  /** Messages accepted by the recipient. */
  readonly delivered: number;
  /** Attempts that ended in 5xx, a timeout or no connection. */
  readonly failed: number;
  /** Attempts answered with 429. */
  readonly throttled: number;
  /** Messages deleted or dead-lettered; absent: as many as `delivered`. */
  readonly settled?: number;
  /** Seconds that slots were taken, over all slots and attempts. */
  readonly busySlotSeconds: number;
  /** The part of `busySlotSeconds` that ended in acceptance. */
  readonly deliveredSlotSeconds: number;
  /** Seconds in which replicas received nothing because the audit was behind. */
  readonly auditBlockedSeconds?: number;
  /** Messages held. */
  readonly inFlight: number;
  /** Replicas that hold any message. */
  readonly busyReplicas: number;
  /** Share of ready replicas whose circuit breaker is open, 0 to 1. */
  readonly breakersOpen: number;
  /** Age of the oldest message at its first receive; 0: none. */
  readonly receiveAgeSeconds: number;
  /** Mean messages per request. Default 1. */
  readonly messagesPerRequest?: number;
};

/** The number of replicas, and why. */
export type Decision = {
  readonly replicas: number;
  /** The rule that fixed the number. */
  readonly reason: Reason;
  /** What must change for more throughput. */
  readonly limitedBy: LimitedBy;
  /** One sentence with the numbers. */
  readonly explanation: string;
  /**
   * The figures behind the sentence, null where unknown. Per second: `lambda` (arrivals) and `mu` (deliveries of a busy
   * replica). Messages: `B` (backlog) and `Bp` (backlog when the ordered replicas are ready, in `S` seconds). Replicas:
   * `keepUp` (for the arrivals), `drain` (for the backlog, in time), `wanted` (before any cap) and `cap`. Shares: `f` and
   * `h` (of attempts failed, throttled) and `occ` (of slots occupied). `guard`: the kind of guard in force.
   */
  readonly inputs: Readonly<Record<string, number | string | null>>;
  /** To be handed to the next decision. Plain JSON, at most 8 KB. */
  readonly state: State;
};

/** What one decision leaves to the next: plain JSON, at most 8 KB, which nobody but the engine needs to understand. */
export type State = Readonly<Record<string, unknown>>;
