import { randomUUID } from 'node:crypto';
import type { Clock, Timer } from '../api/clock.ts';
import type { Random } from '../api/random.ts';
import { AwsError } from '../aws/errors.ts';
import { describeAwsFailure } from '../aws/explain.ts';
import type { QueuePort, ReceivedMessage } from '../aws/ports.ts';
import { Average } from './average.ts';
import { backoffMs } from './backoff.ts';
import type { WorkerLog } from './log.ts';

/** SQS hands out ten messages a receive at most. */
export const messagesPerReceive = 10;
/** Above this many receives at once one core is busy with other things. Source: bench/, receives at 8 ms each. */
const maxReceives = 32;
/** After failed receives: quick at first, since most failures are short; never silent for long. */
const failureBackoff = { initialMs: 250, maxMs: 30_000 };

export type ReceiverOptions = {
  readonly queue: QueuePort;
  readonly fifo: boolean;
  readonly visibilityTimeoutSeconds: number;
  readonly waitTimeSeconds: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: WorkerLog;
  /** How many messages may be received now, beyond those that receives under way may bring. */
  readonly room: () => number;
  /** Messages that can be held at once when nothing is: receives of fewer than ten are full for a small worker. */
  readonly largestRoom: () => number;
  /** How long a receive may wait for more room, so that it can ask for ten, in milliseconds. */
  readonly lingerMs: () => number;
  readonly received: (messages: readonly ReceivedMessage[]) => void;
};

/**
 * Keeps long polls open: one on an idle queue, more while they come back full, never for more messages than there is
 * room for. An open poll is never aborted, since SQS would hide what it hands out until its visibility ends.
 */
export class Receiver {
  readonly #options: ReceiverOptions;
  readonly #latency = new Average(0.2);
  #open = 0;
  #target = 1;
  #reserved = 0;
  #stopped = false;
  /** Set while receives pause because they fail. */
  #backoff: Timer | undefined;
  /** Set while a receive waits for room for ten. */
  #linger: Timer | undefined;
  #lingered = false;
  #failures = 0;
  #failure: string | undefined;
  #lastEndedMs: number;
  /** FIFO: what receives that broke off must repeat to be given the same messages again. */
  readonly #brokenOff: { readonly attemptId: string; readonly maxMessages: number }[] = [];
  readonly #closed = Promise.withResolvers<void>();

  constructor(options: ReceiverOptions) {
    this.#options = options;
    this.#lastEndedMs = options.clock.monotonic();
  }

  /** Messages that the open receives may bring. */
  get reserved(): number {
    return this.#reserved;
  }

  /** Open receives. */
  get open(): number {
    return this.#open;
  }

  /** Mean duration of receives that found as many messages as they asked for, in milliseconds. */
  get latencyMs(): number | undefined {
    return this.#latency.value;
  }

  /** Why the last receive failed, as a sentence; undefined when it succeeded. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /**
   * Monotonic milliseconds at which a receive last came back, with or without messages or success; or at which there was
   * room for one again, after a time in which none was open.
   */
  get lastEndedMs(): number {
    return this.#lastEndedMs;
  }

  /** Opens as many receives as there is use and room for. Called whenever room may have grown. */
  pump(): void {
    if (this.#backoff !== undefined) return;
    const worthwhile = Math.min(messagesPerReceive, this.#options.largestRoom());
    while (!this.#stopped && this.#open < this.#target) {
      const room = Math.min(messagesPerReceive, this.#options.room());
      if (room < 1) return;
      if (this.#open === 0 && this.#linger === undefined) this.#lastEndedMs = this.#options.clock.monotonic();
      if (room < worthwhile && !this.#lingered) {
        this.#linger ??= this.#options.clock.setTimeout(this.#lingerEnded, this.#options.lingerMs());
        return;
      }
      this.#cancelLinger();
      void this.#receive(room);
    }
  }

  /** Opens no more receives, and resolves when the open ones have come back. */
  stop(): Promise<void> {
    this.#stopped = true;
    this.#backoff?.cancel();
    this.#cancelLinger();
    if (this.#open === 0) this.#closed.resolve();
    return this.#closed.promise;
  }

  readonly #lingerEnded = () => {
    this.#linger = undefined;
    this.#lingered = true;
    this.pump();
    this.#lingered = false;
  };

  #cancelLinger(): void {
    this.#linger?.cancel();
    this.#linger = undefined;
    this.#lingered = false;
  }

  async #receive(room: number): Promise<void> {
    const { queue, fifo, clock, visibilityTimeoutSeconds, waitTimeSeconds } = this.#options;
    const repeated = this.#brokenOff.shift();
    const maxMessages = Math.min(room, repeated?.maxMessages ?? room);
    const attemptId = fifo ? (repeated?.attemptId ?? randomUUID()) : undefined;
    this.#open++;
    this.#reserved += maxMessages;
    const startedMs = clock.monotonic();
    let messages: readonly ReceivedMessage[] | undefined;
    try {
      messages = await queue.receive({
        maxMessages,
        waitTimeSeconds,
        visibilityTimeoutSeconds,
        ...(attemptId === undefined ? {} : { attemptId }),
      });
    } catch (error) {
      if (attemptId !== undefined && isUnanswered(error)) this.#brokenOff.push({ attemptId, maxMessages });
      this.#failed(error);
    }
    this.#open--;
    this.#reserved -= maxMessages;
    this.#lastEndedMs = clock.monotonic();
    if (messages !== undefined) this.#succeeded(messages, maxMessages, this.#lastEndedMs - startedMs);
    if (this.#stopped && this.#open === 0) this.#closed.resolve();
    this.pump();
  }

  #succeeded(messages: readonly ReceivedMessage[], asked: number, durationMs: number): void {
    if (this.#failure !== undefined) this.#options.log.info('receiving works again', { failures: this.#failures });
    this.#failures = 0;
    this.#failure = undefined;
    if (messages.length === asked) {
      this.#latency.add(durationMs);
      this.#target = Math.min(maxReceives, this.#target + 1);
    } else if (messages.length === 0) {
      this.#target = 1;
    } else if (messages.length < asked / 2) {
      this.#target = Math.max(1, this.#target - 1);
    }
    if (messages.length > 0) this.#options.received(messages);
  }

  #failed(error: unknown): void {
    const { random, log } = this.#options;
    this.#failures++;
    this.#failure = describeAwsFailure(error).sentence;
    this.#target = 1;
    log.limited('error', 'receive', 'a receive failed', {
      error: this.#failure,
      failures: this.#failures,
    });
    this.#backoff?.cancel();
    this.#backoff = this.#options.clock.setTimeout(
      () => {
        this.#backoff = undefined;
        this.pump();
      },
      backoffMs(this.#failures, failureBackoff, random),
    );
  }
}

function isUnanswered(error: unknown): boolean {
  return error instanceof AwsError && (error.code === 'Network' || error.code === 'Timeout');
}
