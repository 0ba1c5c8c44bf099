import type { RateShare } from '../api/exchange.ts';
import type {
  BreakerStatus,
  ConcurrencyStatus,
  RateLimitStatus,
  Waiting,
  WorkerCounters,
  WorkerState,
} from '../api/worker-status.ts';
import { BlockedTime } from './blocked-time.ts';
import type { GateDecision } from './gate.ts';
import type { Holdings } from './holdings.ts';
import { judgeLiveness, type Liveness } from './liveness.ts';
import type { Observations } from './observations.ts';
import type { PipelineOptions } from './pipeline-options.ts';
import { Stages } from './stages.ts';
import { describeWaiting } from './waiting.ts';

/** A receive's own time, beyond the wait that it asks SQS for. */
const receiveMarginMs = 10_000;

/**
 * The worker's one loop: consume, post, audit, delete. It starts, steers and stops the stages, and says how they fare.
 * A message moves by callbacks, in groups where there are groups, since a promise for each would cost more than its POST.
 */
export class Pipeline {
  readonly #options: PipelineOptions;
  readonly #stages: Stages;
  readonly #blockedTime: BlockedTime;
  readonly #emptied = Promise.withResolvers<void>();

  constructor(options: PipelineOptions) {
    this.#options = options;
    this.#stages = new Stages(options, {
      advance: () => this.#advance(),
      maySend: () => this.#maySend(),
      pause: (because) => this.#pause(because),
    });
    this.#blockedTime = new BlockedTime(this.#stages.counters, options.clock.monotonic());
  }

  get state(): WorkerState {
    return this.#stages.lifecycle.state;
  }

  /** Totals up to this moment. */
  get counters(): WorkerCounters {
    this.#noteBlock();
    return this.#stages.counters;
  }

  get holdings(): Holdings {
    return this.#stages.holdings;
  }

  get observations(): Observations {
    return this.#stages.observations;
  }

  /** How many more messages may be received now, and what limits them. */
  get gate(): GateDecision {
    return this.#stages.room.gate;
  }

  /** Null: there is no limit. */
  get rateLimit(): RateLimitStatus | null {
    return this.#stages.rate.status;
  }

  /** Receives that are open, and may still bring messages. */
  get openReceives(): number {
    return this.#stages.receiver.open;
  }

  get concurrency(): ConcurrencyStatus {
    return this.#stages.limits.concurrency;
  }

  get breaker(): BreakerStatus {
    return this.#stages.limits.breaker;
  }

  /** The longest wait of a message for its first receive, over the last five seconds. */
  get receiveAgeSeconds(): number {
    return this.#stages.receiveAge.at(this.#options.clock.monotonic());
  }

  /** Why audit records cannot be written at this moment; null while they can. */
  get auditFailure(): string | null {
    return this.#stages.trail.failure ?? null;
  }

  get waiting(): Waiting {
    const { lifecycle, holdings, slots, receiver, rate, limits, trail, deleter } = this.#stages;
    return describeWaiting({
      draining: lifecycle.state === 'Draining',
      gate: this.gate,
      paused: lifecycle.paused,
      holding: holdings.counts,
      slots: slots.now,
      heldBytes: holdings.bytes,
      openReceives: receiver.open,
      rateLimit: rate.status,
      breaker: limits.breaker,
      pauseMs: limits.pauseMs,
      receiveFailure: receiver.failure,
      auditFailure: trail.failure,
      deleteFailure: deleter.failure,
    });
  }

  get liveness(): Liveness {
    const { queue, recipient } = this.#options.spec;
    return judgeLiveness({
      nowMs: this.#options.clock.monotonic(),
      state: this.state,
      gate: this.gate,
      lastReceiveEndedMs: this.#stages.receiver.lastEndedMs,
      receiveDeadlineMs: queue.waitTimeSeconds * 1000 + receiveMarginMs,
      oldestPostMs: this.#stages.dispatcher.open.oldestMs,
      postDeadlineMs: (recipient.connectTimeoutSeconds + recipient.timeoutSeconds) * 1000,
    });
  }

  start(): void {
    const { lifecycle, stalls, heartbeat, receiver } = this.#stages;
    lifecycle.enter('Running');
    stalls.start();
    heartbeat.start();
    receiver.pump();
  }

  /**
   * Opens no receives for `seconds`, and finishes what is held and what open receives still bring: given back, it would be
   * received a second time. 0 lifts such an order. When nobody repeats it, it runs out, and the worker receives again.
   */
  hold(seconds: number): void {
    this.#stages.lifecycle.hold(seconds, () => this.#advance());
  }

  /** Takes up a share of the rate limit, or that there is no limit. */
  grant(share: RateShare | null): void {
    this.#stages.rate.grant(share);
  }

  /** Sets the most requests that may be open at a time. What is open above it ends as it would have. */
  setMaxConcurrency(requests: number): void {
    const { limits } = this.#stages;
    if (requests === limits.maxConcurrency) return;
    limits.setMaxConcurrency(requests);
    this.#options.recipient.resize(requests);
    this.#maySend();
  }

  /**
   * Stops: receives no more, gives back what was not attempted, and lets everything else end in the queue's and the
   * audit's books. Open long polls are waited for, since aborting them would lose what SQS hands out meanwhile.
   *
   * @param signal aborts the wait; what is still held then returns to the queue when its visibility ends.
   * @returns whether nothing was left behind.
   */
  async drain(signal: AbortSignal): Promise<boolean> {
    const { lifecycle, receiver, heartbeat, stalls, rate, limits, trail } = this.#stages;
    lifecycle.enter('Draining');
    this.hold(0);
    this.#giveBackWaiting();
    const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    const drained = receiver.stop().then(() => {
      this.#advance();
      return this.#emptied.promise;
    });
    await Promise.race([drained, aborted]);
    for (const stage of [heartbeat, stalls]) stage.stop();
    for (const stage of [rate, limits]) stage.close();
    const clean = this.#isEmpty;
    trail.giveUp();
    if (clean) await Promise.all([this.#options.recipient.close(), trail.close()]);
    lifecycle.enter('Stopped');
    return clean;
  }

  get #isEmpty(): boolean {
    const { receiver, holdings, releaser, trail } = this.#stages;
    return receiver.open === 0 && holdings.size === 0 && releaser.pending === 0 && trail.pending === 0;
  }

  #advance(): void {
    this.#noteBlock();
    if (this.state === 'Running') this.#stages.receiver.pump();
    else if (this.#isEmpty) this.#emptied.resolve();
  }

  #maySend(): void {
    this.#stages.probes.giveBackSurplus();
    this.#stages.dispatcher.pump();
    this.#advance();
  }

  /** What is open ends, and nothing is received for as long as this process lives. */
  #pause(because: string): void {
    if (!this.#stages.lifecycle.pause(because)) return;
    this.#options.log.error('the worker pauses: nothing is received until it is started again', {
      recipient: this.#options.spec.recipient.url,
      because,
    });
    this.#giveBackWaiting();
  }

  /** Gives back what waits for an attempt, be it the first or another. */
  #giveBackWaiting(): void {
    const { refusals, lanes, releaser } = this.#stages;
    refusals.clear();
    for (const message of lanes.clear()) releaser.giveBack(message, 0);
  }

  #noteBlock(): void {
    this.#blockedTime.note(this.gate.limitedBy, this.#options.clock.monotonic());
  }
}
