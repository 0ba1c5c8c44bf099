import type { Clock, Timer } from '../../api/clock.ts';
import type { Random } from '../../api/random.ts';
import { backoffMs } from '../backoff.ts';
import type { Counters } from '../counters.ts';
import type { WorkerLog } from '../log.ts';
import type { Delivery, Message } from '../message.ts';
import type { AuditSink, SinkOutcome } from './sink.ts';

/** A throttled stream is the normal state at scale: ask again soon, and seldom while nothing at all succeeds. */
const retryBackoff = { initialMs: 200, maxMs: 5_000 };

type Entry = {
  readonly message: Message;
  readonly line: string;
  readonly bytes: number;
  /** Lines of the same message that are not durable yet; undefined for the only one. */
  readonly parts: { left: number } | undefined;
};

export type AuditorOptions = {
  readonly sink: AuditSink;
  /** The record of a message: one line, or several where one would be larger than the sink's records. */
  readonly record: (message: Message, delivery: Delivery) => string;
  readonly counters: Counters;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: WorkerLog;
  /** Called with messages whose records are durable. */
  readonly audited: (messages: readonly Message[]) => void;
};

/**
 * Makes audit records durable by group commit: many deliveries, one write. A record that fails is written again until
 * it succeeds; its message is neither posted again nor deleted meanwhile.
 */
export class Auditor {
  readonly #options: AuditorOptions;
  #waiting: Entry[] = [];
  #waitingBytes = 0;
  #pending = 0;
  #pendingBytes = 0;
  #writes = 0;
  #failures = 0;
  #failure: string | undefined;
  /** The most records of a write now: fewer after failures, since a disk may have room for some and not for all. */
  #mostRecords = Number.POSITIVE_INFINITY;
  /** Runs while records wait for others to share their write with. */
  #linger: Timer | undefined;
  /** They have waited long enough, be it for others or for a write to end. */
  #lingered = false;
  /** Runs while nothing is written since a write has failed. */
  #pause: Timer | undefined;

  constructor(options: AuditorOptions) {
    this.#options = options;
  }

  /** Why the last write failed, as a sentence; undefined when it succeeded. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** Messages whose record is not durable yet. */
  get pending(): number {
    return this.#pending;
  }

  /** The bytes of their records. */
  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  /** Takes a message that the recipient has accepted. */
  append(message: Message, delivery: Delivery): void {
    const line = this.#options.record(message, delivery);
    const bytes = Buffer.byteLength(line);
    this.#pending++;
    this.#pendingBytes += bytes;
    if (bytes <= this.#options.sink.limits.maxRecordBytes) this.#add({ message, line, bytes, parts: undefined });
    else this.#addParts(message, line.split(/(?<=\n)/));
    this.#pump();
  }

  #addParts(message: Message, lines: readonly string[]): void {
    const parts = { left: lines.length };
    for (const line of lines) this.#add({ message, line, bytes: Buffer.byteLength(line), parts });
  }

  #add(entry: Entry): void {
    this.#waiting.push(entry);
    this.#waitingBytes += entry.bytes;
  }

  close(): Promise<void> {
    this.#linger?.cancel();
    this.#pause?.cancel();
    return this.#options.sink.close();
  }

  #pump(): void {
    const { maxParallel, maxRecords, maxBytes, lingerMs } = this.#options.sink.limits;
    while (this.#pause === undefined && this.#waiting.length > 0 && this.#writes < maxParallel) {
      const full = this.#waiting.length >= maxRecords || this.#waitingBytes >= maxBytes;
      if (!full && !this.#lingered) break;
      void this.#write(this.#takeBatch());
    }
    if (this.#waiting.length === 0) this.#endLinger();
    else if (!this.#lingered) this.#linger ??= this.#options.clock.setTimeout(this.#lingerEnded, lingerMs);
  }

  readonly #lingerEnded = () => {
    this.#linger = undefined;
    this.#lingered = true;
    this.#pump();
  };

  #endLinger(): void {
    this.#linger?.cancel();
    this.#linger = undefined;
    this.#lingered = false;
  }

  #takeBatch(): readonly Entry[] {
    const { maxRecords, maxBytes } = this.#options.sink.limits;
    let count = 0;
    let bytes = 0;
    for (const entry of this.#waiting) {
      if (count > 0 && (count >= Math.min(maxRecords, this.#mostRecords) || bytes + entry.bytes > maxBytes)) break;
      count++;
      bytes += entry.bytes;
    }
    this.#waitingBytes -= bytes;
    return this.#waiting.splice(0, count);
  }

  async #write(entries: readonly Entry[]): Promise<void> {
    this.#writes++;
    let outcome: SinkOutcome;
    try {
      outcome = await this.#options.sink.write(entries.map((entry) => entry.line));
    } catch (error) {
      outcome = new Array<string>(entries.length).fill(error instanceof Error ? error.message : String(error));
    }
    this.#writes--;
    const durable = entries.filter((_, index) => outcome[index] === undefined);
    const failed = entries.filter((_, index) => outcome[index] !== undefined);
    this.#settle(durable);
    if (failed.length > 0)
      this.#retry(failed, durable.length > 0, outcome.find((reason) => reason !== undefined) ?? '');
    else this.#recovered();
    this.#pump();
  }

  #settle(durable: readonly Entry[]): void {
    const audited: Message[] = [];
    for (const { message, bytes, parts } of durable) {
      this.#pendingBytes -= bytes;
      if (parts === undefined || --parts.left === 0) audited.push(message);
    }
    if (audited.length === 0) return;
    this.#pending -= audited.length;
    this.#options.counters.audited += audited.length;
    this.#options.audited(audited);
  }

  #retry(failed: readonly Entry[], someSucceeded: boolean, reason: string): void {
    const { counters, clock, random, log } = this.#options;
    counters.auditFailures++;
    this.#failures = someSucceeded ? 1 : this.#failures + 1;
    if (!someSucceeded) this.#mostRecords = Math.ceil(failed.length / 2);
    this.#failure = reason;
    log.limited('error', 'audit', 'audit records could not be written and are tried again', {
      error: reason,
      records: failed.length,
    });
    this.#waiting.unshift(...failed);
    for (const entry of failed) this.#waitingBytes += entry.bytes;
    this.#pause?.cancel();
    this.#pause = clock.setTimeout(
      () => {
        this.#pause = undefined;
        this.#pump();
      },
      backoffMs(this.#failures, retryBackoff, random),
    );
  }

  #recovered(): void {
    if (this.#failure !== undefined) this.#options.log.info('audit records are written again');
    this.#mostRecords *= 2;
    this.#failures = 0;
    this.#failure = undefined;
  }
}
