import type { Clock, Timer } from '../api/clock.ts';
import type { RateShare } from '../api/exchange.ts';
import { parseQueueUrl } from '../api/queue-url.ts';
import type { Random } from '../api/random.ts';
import { fallbackRate, type Rate, rateOf } from '../api/rate-limit.ts';
import type { WorkerConfig } from '../api/worker-config.ts';
import type {
  BreakerStatus,
  ConcurrencyStatus,
  RateLimitStatus,
  Waiting,
  WorkerCounters,
  WorkerState,
} from '../api/worker-status.ts';
import type { QueuePort, ReceivedMessage, SendPort } from '../aws/ports.ts';
import { AttemptLog } from './attempt-log.ts';
import { Auditor } from './audit/auditor.ts';
import { BestEffort } from './audit/best-effort.ts';
import { auditRecords } from './audit/record.ts';
import type { AuditSink } from './audit/sink.ts';
import { BatchDispatcher } from './batch/batch-dispatcher.ts';
import { BatchLanes } from './batch/batch-lanes.ts';
import { BlockedTime } from './blocked-time.ts';
import { newCounters } from './counters.ts';
import { DeadLetters } from './dead-letters/dead-letters.ts';
import { Deleter } from './deleter.ts';
import { Dispatcher, type DispatchOptions } from './dispatcher.ts';
import { dispositionTable } from './disposition.ts';
import { decideRoom, type GateDecision, prefetchFor } from './gate.ts';
import { Heartbeat } from './heartbeat.ts';
import { Holdings } from './holdings.ts';
import { GroupLanes, type Lanes } from './lanes.ts';
import { judgeLiveness, type Liveness } from './liveness.ts';
import type { WorkerLog } from './log.ts';
import { type Message, maxVisibilitySeconds, takeUp } from './message.ts';
import { newObservations } from './observations.ts';
import { RateLimiter } from './rate/rate-limiter.ts';
import { ReceiveAge } from './receive-age.ts';
import { messagesPerReceive, Receiver } from './receiver.ts';
import type { BatchRecipient, Recipient } from './recipient.ts';
import { RecipientLimits } from './recipient-limits/recipient-limits.ts';
import { Refusals } from './refusals.ts';
import { Releaser } from './releaser.ts';
import { SizeEstimate } from './size-estimate.ts';
import { StallWatch } from './stall-watch.ts';
import { StuckGroups } from './stuck-groups.ts';
import { TenantLanes } from './tenant-lanes.ts';
import { undeliverable } from './undeliverable.ts';
import { describeWaiting } from './waiting.ts';

/** Delivered messages that may wait for their audit record, in multiples of the slots, and at least. */
const auditCapacity = { perSlot: 4, atLeast: 1024 };
/**
 * For so long a message that fails alone may do so because the recipient is down. Then it is taken for the cause, and goes its
 * way by its attempts and receives, so that it does not hold up its group until SQS takes it back.
 */
const longestDoubtMs = 3_600_000;
/** Messages that may wait in the worker for their next attempt, in multiples of the slots: they take none meanwhile. */
const waitingPerSlot = 2;
/** A wait that is worth a receive: longer ones are spent in the queue, where they hold up nobody. */
const shortWaitMs = 5_000;
/** How long what was received waits here for a recipient that is down: shorter outages cost no receive. */
const surplusAfterMs = 60_000;
/** A receive's own time, beyond the wait that it asks SQS for. */
const receiveMarginMs = 10_000;

export type PipelineOptions = {
  readonly worker: string;
  readonly spec: WorkerConfig['spec'];
  readonly queue: QueuePort;
  /** Undefined: there is no queue for dead letters. */
  readonly deadLetterQueue: SendPort | undefined;
  readonly recipient: Recipient;
  /** Takes the batches of a Courier that has some: the recipient itself. */
  readonly batchRecipient?: BatchRecipient | undefined;
  /** Whether there is an operator that hands out shares of the rate limit. */
  readonly hasOperator: boolean;
  /** Undefined: nothing is audited. */
  readonly sink: AuditSink | undefined;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: WorkerLog;
};

/**
 * The worker's one loop: consume, post, audit, delete. It wires the stages to each other; each decides for itself.
 * A message moves by callbacks, in groups where there are groups, since a promise for each would cost more than its POST.
 */
export class Pipeline {
  readonly #counters = newCounters();
  readonly holdings = new Holdings();
  readonly observations = newObservations();
  readonly #options: PipelineOptions;
  readonly #attempts = new AttemptLog();
  /** FIFO queues alone. */
  readonly #stuck: StuckGroups | undefined;
  readonly #lanes: Lanes;
  readonly #receiver: Receiver;
  readonly #refusals: Refusals;
  readonly #dispatcher: Dispatcher | BatchDispatcher;
  readonly #auditor: Auditor | undefined;
  /** Set where messages do not wait for their records. */
  readonly #bestEffort: BestEffort | undefined;
  readonly #deleter: Deleter;
  readonly #releaser: Releaser;
  readonly #heartbeat: Heartbeat;
  readonly #stalls: StallWatch;
  readonly #rate: RateLimiter;
  readonly #receiveAge = new ReceiveAge();
  readonly #size = new SizeEstimate();
  readonly #limits: RecipientLimits;
  /** The most messages of a request. */
  readonly #perRequest: number;
  readonly #emptied = Promise.withResolvers<void>();
  #state: WorkerState = 'Starting';
  readonly #blockedTime: BlockedTime;
  /** Set while the operator wants nothing to be received; fires when that runs out. */
  #hold: Timer | undefined;
  /** Why nothing is received any more: the recipient's answer, and what says that it means to stop. */
  #paused: string | undefined;

  constructor(options: PipelineOptions) {
    this.#options = options;
    const { spec, queue, recipient, clock, random, log } = options;
    const { visibilityTimeoutSeconds, waitTimeSeconds } = spec.queue;
    const shared = { queue, clock, random, log, holdings: this.holdings, counters: this.#counters };
    const { fifo } = parseQueueUrl(spec.queue.url);
    const maxAgeMs = spec.delivery.maxMessageAgeSeconds * 1000;
    this.#stuck = fifo ? new StuckGroups() : undefined;
    const batchLanes = options.batchRecipient && batchLanesOf(spec, fifo);
    this.#perRequest = batchLanes === undefined ? 1 : (spec.recipient.batch?.maxMessages ?? 1);
    const lanes = fifo ? new GroupLanes() : new TenantLanes(() => this.#limits.limit);
    this.#lanes = batchLanes ?? lanes;
    this.#deleter = new Deleter({ ...shared, settled: () => this.#advance() });
    this.#releaser = new Releaser({ ...shared, settled: () => this.#advance() });
    this.#heartbeat = new Heartbeat({ ...shared, visibilityTimeoutSeconds });
    this.#stalls = new StallWatch(clock);
    const isRequired = spec.audit.policy === 'Required';
    this.#auditor = this.#newAuditor(isRequired);
    if (this.#auditor !== undefined && !isRequired)
      this.#bestEffort = new BestEffort(this.#auditor, this.#counters, log);
    this.#blockedTime = new BlockedTime(this.#counters, clock.monotonic());
    const { maxPerReplica: maxConcurrency, adaptive } = spec.recipient.concurrency;
    this.#limits = new RecipientLimits({ ...shared, maxConcurrency, adaptive, changed: () => this.#maySend() });
    this.#rate = new RateLimiter({
      fallback: fallbackOf(spec),
      hasOperator: options.hasOperator,
      clock,
      refilled: () => this.#maySend(),
    });
    this.#refusals = this.#newRefusals(fifo);
    const dispatch: Omit<DispatchOptions, 'lanes'> = {
      ...shared,
      observations: this.observations,
      limits: this.#limits,
      rate: this.#rate,
      undeliverable: (message) => undeliverable(message, maxAgeMs, clock.now()),
      dispose: dispositionTable(spec.delivery, options.deadLetterQueue !== undefined),
      delivered: (message) => this.#delivered(message),
      refused: (message, attempt, disposition) => this.#refusals.refuse(message, attempt, disposition),
      rejected: (message, cause) => this.#refusals.reject(message, cause),
      heldBack: (message) => this.#releaser.giveBack(message, 0),
      mayKeep: (message) => this.#mayKeep(message),
      freed: () => this.#advance(),
    };
    this.#dispatcher =
      batchLanes === undefined || options.batchRecipient === undefined
        ? new Dispatcher({ ...dispatch, recipient, lanes })
        : new BatchDispatcher({ ...dispatch, recipient: options.batchRecipient, lanes: batchLanes, fifo });
    this.#receiver = new Receiver({
      queue,
      fifo,
      visibilityTimeoutSeconds,
      waitTimeSeconds,
      clock,
      random,
      log,
      room: () => Math.min(this.#largestReceive, this.#roomNow()),
      largestRoom: () => this.#largestRoom,
      lingerMs: () => this.#lingerMs,
      received: (messages) => this.#received(messages),
    });
  }

  get state(): WorkerState {
    return this.#state;
  }

  /** Totals up to this moment. */
  get counters(): WorkerCounters {
    this.#noteBlock();
    return this.#counters;
  }

  /** How many more messages may be received now, and what limits them. */
  get gate(): GateDecision {
    const slots = this.#limits.pauseMs > 0 ? 0 : this.#limits.limit * this.#perRequest;
    const probes = this.#limits.probesToHold;
    return decideRoom({
      slots,
      prefetch: prefetchFor(slots, this.#receiver.latencyMs, this.#dispatcher.attemptMs),
      deferred: this.#lanes.deferred,
      reserved: this.#receiver.reserved,
      freeBytes: this.#options.spec.worker.maxHeldBytes - this.holdings.bytes,
      messageBytes: this.#size.bytes,
      probes,
      blocked: probes === undefined ? 0 : this.#lanes.blocked,
      tokens: this.#rate.tokens,
      // One even where a share allows none: what the worker waits for then is the next share.
      fullReceive: Math.max(1, Math.min(messagesPerReceive, this.#largestRoom)),
      auditCapacity: Math.max(auditCapacity.atLeast, auditCapacity.perSlot * this.#mostAttempted),
      ordered: this.#hold !== undefined,
      paused: this.#paused !== undefined,
      holding: this.holdings.counts,
    });
  }

  /** Null: there is no limit. */
  get rateLimit(): RateLimitStatus | null {
    return this.#rate.status;
  }

  /** Receives that are open, and may still bring messages. */
  get openReceives(): number {
    return this.#receiver.open;
  }

  get concurrency(): ConcurrencyStatus {
    return this.#limits.concurrency;
  }

  get breaker(): BreakerStatus {
    return this.#limits.breaker;
  }

  /** The longest wait of a message for its first receive, over the last five seconds. */
  get receiveAgeSeconds(): number {
    return this.#receiveAge.at(this.#options.clock.monotonic());
  }

  /** Why audit records cannot be written at this moment; null while they can. */
  get auditFailure(): string | null {
    return this.#auditor?.failure ?? null;
  }

  get waiting(): Waiting {
    return describeWaiting({
      draining: this.#state === 'Draining',
      gate: this.gate,
      paused: this.#paused,
      holding: this.holdings.counts,
      slots: this.#limits.limit * this.#perRequest,
      heldBytes: this.holdings.bytes,
      openReceives: this.#receiver.open,
      rateLimit: this.#rate.status,
      breaker: this.#limits.breaker,
      pauseMs: this.#limits.pauseMs,
      receiveFailure: this.#receiver.failure,
      auditFailure: this.#auditor?.failure,
    });
  }

  get liveness(): Liveness {
    const { queue, recipient } = this.#options.spec;
    return judgeLiveness({
      nowMs: this.#options.clock.monotonic(),
      state: this.#state,
      gate: this.gate,
      lastReceiveEndedMs: this.#receiver.lastEndedMs,
      receiveDeadlineMs: queue.waitTimeSeconds * 1000 + receiveMarginMs,
      oldestPostMs: this.#dispatcher.oldestPostMs,
      postDeadlineMs: (recipient.connectTimeoutSeconds + recipient.timeoutSeconds) * 1000,
    });
  }

  start(): void {
    this.#state = 'Running';
    this.#stalls.start();
    this.#heartbeat.start();
    this.#receiver.pump();
  }

  /**
   * Opens no receives for `seconds`, and finishes what is held and what open receives still bring: given back, it would be
   * received a second time. 0 lifts such an order. When nobody repeats it, it runs out, and the worker receives again.
   */
  hold(seconds: number): void {
    this.#hold?.cancel();
    this.#hold = undefined;
    if (seconds > 0) {
      this.#hold = this.#options.clock.setTimeout(() => this.hold(0), seconds * 1000);
    } else {
      this.#advance();
    }
  }

  /** Takes up a share of the rate limit, or that there is no limit. */
  grant(share: RateShare | null): void {
    this.#rate.grant(share);
  }

  /** Sets the most requests that may be open at a time. What is open above it ends as it would have. */
  setMaxConcurrency(requests: number): void {
    if (requests === this.#limits.maxConcurrency) return;
    this.#limits.setMaxConcurrency(requests);
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
    this.hold(0);
    this.#state = 'Draining';
    this.#giveBackWaiting();
    const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    const drained = this.#receiver.stop().then(() => {
      this.#advance();
      return this.#emptied.promise;
    });
    await Promise.race([drained, aborted]);
    this.#heartbeat.stop();
    this.#stalls.stop();
    this.#rate.close();
    this.#limits.close();
    const clean = this.#isEmpty;
    if (this.#bestEffort !== undefined) this.#counters.auditDropped += this.#auditor?.pending ?? 0;
    if (clean) await Promise.all([this.#options.recipient.close(), this.#auditor?.close()]);
    this.#state = 'Stopped';
    return clean;
  }

  get #isEmpty(): boolean {
    return (
      this.#receiver.open === 0 && this.holdings.size === 0 && this.#releaser.pending === 0 && !this.#auditor?.pending
    );
  }

  #newAuditor(isRequired: boolean): Auditor | undefined {
    const { worker, spec, sink, clock, random, log } = this.#options;
    if (sink === undefined) return undefined;
    const context = { worker, queueUrl: spec.queue.url, recipientUrl: spec.recipient.url };
    return new Auditor({
      sink,
      record: auditRecords(context, spec.audit, sink.limits.maxRecordBytes),
      counters: this.#counters,
      clock,
      random,
      log,
      audited: (messages) => (isRequired ? this.#audited(messages) : this.#advance()),
    });
  }

  #newRefusals(fifo: boolean): Refusals {
    const { spec, clock, random, log } = this.#options;
    const { maxAttempts, backoff } = spec.delivery;
    return new Refusals({
      ...{ clock, random, log, holdings: this.holdings, lanes: this.#lanes, releaser: this.#releaser },
      ...{ attempts: this.#attempts, stuck: this.#stuck, deadLetters: this.#newDeadLetters(fifo), maxAttempts },
      backoff: { initialMs: backoff.initialMilliseconds, maxMs: backoff.maxSeconds * 1000 },
      mayAttempt: () => this.#mayAttempt,
      longestWaitMs: longestWaitMs(fifo, maxAttempts),
      waitingCapacity: () => waitingPerSlot * this.#mostAttempted,
      due: () => this.#maySend(),
      pause: (because) => this.#pause(because),
    });
  }

  #newDeadLetters(fifo: boolean): DeadLetters | undefined {
    const { worker, spec, deadLetterQueue, clock, random, log } = this.#options;
    if (deadLetterQueue === undefined) return undefined;
    return new DeadLetters({
      queue: deadLetterQueue,
      fifo,
      context: { queueUrl: spec.queue.url, recipientUrl: spec.recipient.url, worker },
      ...{ holdings: this.holdings, counters: this.#counters, clock, random, log },
      copied: (message) => this.#deadLettered(message),
      failed: (message) => {
        this.#refusals.takeBack(message);
        this.#advance();
      },
    });
  }

  #received(messages: readonly ReceivedMessage[]): void {
    const { clock, spec } = this.#options;
    const now = { timeMs: clock.now(), monotonicMs: this.#stalls.arrivalMs };
    // While the recipient is down, what has not failed yet tells more than what has.
    const failed = this.#limits.openForMs > 0 ? this.#lanes.clear() : [];
    for (const received of messages) {
      const message = takeUp(received, now, spec.queue.visibilityTimeoutSeconds, this.#attempts.of(received.messageId));
      this.#counters.received++;
      if (message.receiveCount > 1) {
        this.#counters.redelivered++;
        this.#stuck?.note(message.groupId, 0, now.monotonicMs);
      }
      if (this.#deleter.isDelivered(message.id)) this.#counters.duplicates++;
      this.#receiveAge.add(message, now.timeMs, now.monotonicMs);
      this.holdings.add(message);
      this.#size.add(message.bytes);
      if (!this.#mayAttempt) this.#releaser.giveBack(message, 0);
      else this.#lanes.add(message);
    }
    for (const message of failed) this.#lanes.add(message);
    this.#limits.received();
    this.#dispatcher.pump();
  }

  get #mayAttempt(): boolean {
    return this.#state !== 'Draining' && this.#paused === undefined;
  }

  /** A message that may be the cause itself is kept to probe with as long as a worker holds back, and has attempts left. */
  #mayKeep(message: Message): boolean {
    if (!this.#mayAttempt) return false;
    const { isInDoubt, openForMs } = this.#limits;
    return !isInDoubt || (openForMs < longestDoubtMs && !this.#refusals.isLastAttempt(message));
  }

  /** Gives back what waits for an attempt, be it the first or another. */
  #giveBackWaiting(): void {
    this.#refusals.clear();
    for (const message of this.#lanes.clear()) this.#releaser.giveBack(message, 0);
  }

  /** While the recipient is down for long, gives back what is not needed to probe it: others may have more luck. */
  #giveBackSurplus(): void {
    const { openForMs, probesToHold } = this.#limits;
    if (openForMs < surplusAfterMs || probesToHold === undefined) return;
    if (this.holdings.counts.received <= probesToHold) return;
    for (const [index, message] of this.#lanes.clear().entries()) {
      if (index < probesToHold) this.#lanes.add(message);
      else this.#releaser.giveBack(message, 0);
    }
  }

  /** The recipient wants no more: what is open ends, and nothing is received for as long as this process lives. */
  #pause(because: string): void {
    if (this.#paused !== undefined) return;
    this.#paused = because;
    this.#options.log.error('the worker pauses: nothing is received until it is started again', {
      recipient: this.#options.spec.recipient.url,
      because,
    });
    this.#giveBackWaiting();
  }

  #delivered(message: Message): void {
    this.#attempts.forget(message.id);
    this.#stuck?.forget(message.groupId);
    const { delivery } = message;
    if (delivery !== undefined && this.#bestEffort === undefined && this.#auditor !== undefined) {
      this.#auditor.append(message, delivery);
      return;
    }
    if (delivery !== undefined) this.#bestEffort?.append(message, delivery);
    this.#audited([message]);
  }

  /** Its copy is safe, so the next of its group may go. */
  #deadLettered(message: Message): void {
    this.#attempts.forget(message.id);
    this.#stuck?.forget(message.groupId);
    this.#lanes.advance(message);
    this.#deleter.delete(message);
    this.#dispatcher.pump();
    this.#advance();
  }

  #audited(messages: readonly Message[]): void {
    for (const message of messages) {
      this.holdings.move(message, 'audited');
      this.#deleter.delete(message);
    }
    this.#advance();
  }

  /** Something has moved: there may be room to receive, or nothing left to wait for. */
  #advance(): void {
    this.#noteBlock();
    if (this.#state === 'Running') this.#receiver.pump();
    else if (this.#isEmpty) this.#emptied.resolve();
  }

  /** The most that is asked for in a receive: one, while SQS would hand out messages that must not be attempted. */
  get #largestReceive(): number {
    return this.#stuck?.any(this.#options.clock.monotonic()) ? 1 : messagesPerReceive;
  }

  /** Messages that could be received if nothing were held and all tokens there. */
  get #largestRoom(): number {
    return Math.min(this.#largestReceive, this.#limits.limit * this.#perRequest, Math.floor(this.#rate.burst));
  }

  /** Messages that may be attempted at a time when the recipient bears all that it is allowed. */
  get #mostAttempted(): number {
    return this.#limits.maxConcurrency * this.#perRequest;
  }

  /** Room for messages; when it is the rate limit that leaves none, it is asked for again once that has changed. */
  #roomNow(): number {
    const { room, limitedBy } = this.gate;
    if (room < 1 && limitedBy === 'RateLimit') {
      this.#rate.awaitTokens(this.holdings.counts.received + this.#receiver.reserved + 1);
    }
    return room;
  }

  /** Time has passed that something waited for: what is here may be sent, and more received. */
  #maySend(): void {
    this.#giveBackSurplus();
    this.#dispatcher.pump();
    this.#advance();
  }

  /**
   * How long a receive may wait for room for ten, in milliseconds. Where the rate limit is what makes it wait, up to a
   * second: a receive for each token would cost ten times as much.
   */
  get #lingerMs(): number {
    const forSlots = Math.min(250, Math.max(5, 0.05 * (this.#dispatcher.attemptMs ?? 0)));
    const forRate = this.#rate.msUntil(Math.min(messagesPerReceive, this.#largestRoom));
    return Math.max(forSlots, Math.min(1000, forRate));
  }

  #noteBlock(): void {
    this.#blockedTime.note(this.gate.limitedBy, this.#options.clock.monotonic());
  }
}

/** Undefined: each message has a request of its own. */
function batchLanesOf({ recipient }: WorkerConfig['spec'], fifo: boolean): BatchLanes | undefined {
  if (recipient.batch === undefined) return undefined;
  const { maxMessages, maxBytes, maxAgeMilliseconds } = recipient.batch;
  return new BatchLanes(fifo, { maxMessages, maxBytes, maxAgeMs: maxAgeMilliseconds });
}

function fallbackOf({ recipient, scaling }: WorkerConfig['spec']): Rate | undefined {
  return recipient.rateLimit === undefined ? undefined : fallbackRate(rateOf(recipient.rateLimit), scaling.maxReplicas);
}

/**
 * How long a retry may wait in the worker. On a FIFO queue SQS hands out the messages behind a released one with it again,
 * and their receive counts rise for nothing: where the attempts are counted here, and end in the queue for dead letters, a
 * message waits here for as long as SQS lets it be held.
 */
function longestWaitMs(fifo: boolean, maxAttempts: number): number {
  return fifo && maxAttempts > 0 ? maxVisibilitySeconds * 1000 : shortWaitMs;
}
