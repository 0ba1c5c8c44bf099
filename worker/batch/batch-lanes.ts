import type { WorkerConfig } from '../../api/worker-config.ts';
import type { Lanes } from '../lanes.ts';
import type { Message } from '../message.ts';
import { TenantTurns } from './tenant-turns.ts';

/** When a batch is sent that is not full. */
export type BatchBounds = {
  readonly maxMessages: number;
  /** Messages of so many bytes make a batch due; the request itself says what fits into it. */
  readonly maxBytes: number;
  /** How long the first message of a batch waits for others, in milliseconds from its receipt. */
  readonly maxAgeMs: number;
};

type Lane = { readonly messages: Message[]; bytes: number };

/**
 * The messages that wait for a batch, and so for each other. On a standard queue they are one lane, in which tenants take
 * turns. On a FIFO queue each group is one: a batch holds messages of one group in their order, and the next of that group waits until it has ended.
 */
export class BatchLanes implements Lanes {
  /** A message that waits for others is about to be sent with them. */
  readonly deferred = 0;
  readonly #bounds: BatchBounds;
  readonly #laneOf: (message: Message) => string;
  /** A closed lane has messages out, and is here while it is empty too. */
  readonly #lanes = new Map<string, Lane>();
  readonly #closed = new Set<string>();
  readonly #fifo: boolean;
  readonly #turns = new TenantTurns();
  /** Parts of batches that were refused as a whole: each goes by itself, and at once. */
  #parts: (readonly Message[])[] = [];

  constructor(fifo: boolean, bounds: BatchBounds) {
    this.#fifo = fifo;
    this.#bounds = bounds;
    this.#laneOf = fifo ? ({ groupId, id }) => groupId ?? id : () => '';
  }

  get blocked(): number {
    if (!this.#fifo) return 0;
    let blocked = 0;
    for (const [key, { messages }] of this.#lanes) {
      blocked += this.#closed.has(key) ? messages.length : Math.max(0, messages.length - 1);
    }
    return blocked;
  }

  wouldWait(message: Message): boolean {
    const key = this.#laneOf(message);
    return this.#fifo && (this.#lanes.has(key) || this.#closed.has(key));
  }

  add(message: Message): void {
    const lane = this.#lane(this.#laneOf(message));
    if (this.#fifo) lane.messages.push(message);
    else lane.messages.splice(this.#turns.place(lane.messages, message), 0, message);
    lane.bytes += message.bytes;
  }

  /**
   * The messages of a batch that is due: it is full, or its first message has waited long enough. They leave the lane, which
   * on a FIFO queue stays closed until {@link advance}, {@link fail} or {@link retry}.
   *
   * @param atMost so many of them.
   * @param fits asked in order, up to the first that does not fit, which stays; the first of a batch always fits.
   */
  takeBatch(atMost: number, nowMs: number, fits: (message: Message) => boolean): readonly Message[] | undefined {
    const part = this.#parts.shift();
    if (part !== undefined) return this.#takePart(part, atMost, fits);
    for (const [key, lane] of this.#lanes) {
      if (this.#closed.has(key) || !this.#isDue(lane, nowMs)) continue;
      const batch = lane.messages.splice(0, fitting(lane.messages, Math.min(atMost, this.#bounds.maxMessages), fits));
      for (const { bytes } of batch) lane.bytes -= bytes;
      this.#turns.took(batch);
      if (this.#fifo) this.#closed.add(key);
      else if (lane.messages.length === 0) this.#lanes.delete(key);
      return batch;
    }
    return undefined;
  }

  /** When the next batch is due by its age, in monotonic milliseconds; infinite when none waits. */
  get nextDueMs(): number {
    let dueMs = Number.POSITIVE_INFINITY;
    for (const [key, lane] of this.#lanes)
      if (!this.#closed.has(key)) dueMs = Math.min(dueMs, oldestMs(lane) + this.#bounds.maxAgeMs);
    return dueMs;
  }

  /**
   * Takes back the halves of a batch that the recipient refused as a whole, since one message of it may be the reason. On a
   * FIFO queue the second half waits in its lane for the first.
   */
  split(batch: readonly Message[]): void {
    const middle = Math.ceil(batch.length / 2);
    this.#parts.push(batch.slice(0, middle));
    if (this.#fifo) this.putBack(batch.slice(middle));
    else this.#parts.push(batch.slice(middle));
  }

  /** Puts messages that {@link takeBatch} gave out back at the head of their lane, in their order; that stays as it is. */
  putBack(messages: readonly Message[]): void {
    const [head] = messages;
    if (head === undefined) return;
    const lane = this.#lane(this.#laneOf(head));
    lane.messages.unshift(...messages);
    for (const { bytes } of messages) lane.bytes += bytes;
  }

  advance(message: Message): void {
    this.#open(this.#laneOf(message));
  }

  fail(message: Message): readonly Message[] {
    if (!this.#fifo) return [];
    const key = this.#laneOf(message);
    const successors = this.#lanes.get(key)?.messages ?? [];
    this.#lanes.delete(key);
    this.#closed.delete(key);
    return successors;
  }

  successors(message: Message): readonly Message[] {
    return this.#fifo ? (this.#lanes.get(this.#laneOf(message))?.messages ?? []) : [];
  }

  retry(message: Message): void {
    this.putBack([message]);
    this.#open(this.#laneOf(message));
  }

  clear(): readonly Message[] {
    const rest = [...this.#parts.flat(), ...[...this.#lanes.values()].flatMap(({ messages }) => messages)];
    if (this.#fifo)
      for (const part of this.#parts) if (part[0] !== undefined) this.#closed.delete(this.#laneOf(part[0]));
    this.#parts = [];
    this.#lanes.clear();
    return rest;
  }

  /** As much of a part as may go now. The rest of it is a part of its own, and on a FIFO queue waits in its lane. */
  #takePart(part: readonly Message[], atMost: number, fits: (message: Message) => boolean): readonly Message[] {
    const count = fitting(part, atMost, fits);
    const rest = part.slice(count);
    if (this.#fifo) this.putBack(rest);
    else if (rest.length > 0) this.#parts.unshift(rest);
    return part.slice(0, count);
  }

  #isDue(lane: Lane, nowMs: number): boolean {
    const { maxMessages, maxBytes, maxAgeMs } = this.#bounds;
    if (lane.messages.length === 0) return false;
    if (lane.messages.length >= maxMessages || lane.bytes >= maxBytes) return true;
    return nowMs - oldestMs(lane) >= maxAgeMs;
  }

  #lane(key: string): Lane {
    const known = this.#lanes.get(key);
    if (known !== undefined) return known;
    const lane = { messages: [], bytes: 0 };
    this.#lanes.set(key, lane);
    return lane;
  }

  #open(key: string): void {
    this.#closed.delete(key);
    if (this.#lanes.get(key)?.messages.length === 0) this.#lanes.delete(key);
  }
}

/** When the oldest message of a lane was received, wherever it stands; infinite for none. */
function oldestMs({ messages }: Lane): number {
  return messages.reduce((oldest, { receivedMs }) => Math.min(oldest, receivedMs), Number.POSITIVE_INFINITY);
}

/** How many of the first messages fit, `atMost` at the most. */
function fitting(messages: readonly Message[], atMost: number, fits: (message: Message) => boolean): number {
  const rejected = messages.slice(0, atMost).findIndex((message) => !fits(message));
  return rejected === -1 ? Math.min(atMost, messages.length) : rejected;
}

/** The lanes of a Courier; undefined: each message has a request of its own. */
export function batchLanesOf({ batch }: WorkerConfig['spec']['recipient'], fifo: boolean): BatchLanes | undefined {
  if (batch === undefined) return undefined;
  const { maxMessages, maxBytes, maxAgeMilliseconds } = batch;
  return new BatchLanes(fifo, { maxMessages, maxBytes, maxAgeMs: maxAgeMilliseconds });
}
