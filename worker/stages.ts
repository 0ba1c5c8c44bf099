import { parseQueueUrl } from '../api/queue-url.ts';
import { fallbackRate, rateOf } from '../api/rate-limit.ts';
import { AttemptLog } from './attempt-log.ts';
import { AuditTrail } from './audit/audit-trail.ts';
import { BatchDispatcher, type BatchDispatcherOptions } from './batch/batch-dispatcher.ts';
import { batchLanesOf } from './batch/batch-lanes.ts';
import { Completion } from './completion.ts';
import { newCounters } from './counters.ts';
import { DeadLetters } from './dead-letters/dead-letters.ts';
import { Deleter } from './deleter.ts';
import { Dispatcher } from './dispatcher.ts';
import { dispositionTable } from './disposition.ts';
import { Heartbeat } from './heartbeat.ts';
import { Holdings } from './holdings.ts';
import { Intake } from './intake.ts';
import { GroupLanes, type Lanes } from './lanes.ts';
import { Lifecycle } from './lifecycle.ts';
import { newObservations } from './observations.ts';
import type { PipelineOptions } from './pipeline-options.ts';
import { ProbeStock } from './probe-stock.ts';
import { RateLimiter } from './rate/rate-limiter.ts';
import { ReceiveAge } from './receive-age.ts';
import { Receiver } from './receiver.ts';
import { RecipientLimits } from './recipient-limits/recipient-limits.ts';
import { Refusals } from './refusals.ts';
import { Releaser } from './releaser.ts';
import { Room } from './room.ts';
import { SizeEstimate } from './size-estimate.ts';
import { Slots } from './slots.ts';
import { StallWatch } from './stall-watch.ts';
import { StuckGroups } from './stuck-groups.ts';
import { TenantLanes } from './tenant-lanes.ts';
import { undeliverable } from './undeliverable.ts';

/** Messages that may wait in the worker for their next attempt, in multiples of the slots: they take none meanwhile. */
const waitingPerSlot = 2;

/** What stages tell the pipeline that they belong to. */
export type StageSignals = {
  /** Something has moved: there may be room to receive, or nothing left to wait for. */
  readonly advance: () => void;
  /** Time has passed that something waited for: what is here may be sent, and more received. */
  readonly maySend: () => void;
  /** The recipient wants no more. */
  readonly pause: (because: string) => void;
};

/** The stages that a message goes through, and what they share. It wires them to each other; each decides for itself. */
export class Stages {
  readonly counters = newCounters();
  readonly holdings = new Holdings();
  readonly observations = newObservations();
  readonly receiveAge = new ReceiveAge();
  readonly lifecycle: Lifecycle;
  readonly stalls: StallWatch;
  readonly limits: RecipientLimits;
  readonly rate: RateLimiter;
  readonly slots: Slots;
  readonly lanes: Lanes;
  readonly releaser: Releaser;
  readonly deleter: Deleter;
  readonly heartbeat: Heartbeat;
  readonly trail: AuditTrail;
  readonly refusals: Refusals;
  readonly probes: ProbeStock;
  readonly dispatcher: Dispatcher | BatchDispatcher;
  readonly receiver: Receiver;
  readonly room: Room;
  readonly #options: PipelineOptions;
  readonly #signals: StageSignals;
  readonly #fifo: boolean;
  readonly #attempts = new AttemptLog();
  readonly #size = new SizeEstimate();
  readonly #stuck: StuckGroups | undefined;
  readonly #completion: Completion;
  readonly #intake: Intake;

  constructor(options: PipelineOptions, signals: StageSignals) {
    this.#options = options;
    this.#signals = signals;
    const { spec, clock } = options;
    this.#fifo = parseQueueUrl(spec.queue.url).fifo;
    this.#stuck = this.#fifo ? new StuckGroups() : undefined;
    this.lifecycle = new Lifecycle(clock);
    this.stalls = new StallWatch(clock);
    this.limits = this.#newLimits();
    this.rate = this.#newRate();
    const batchLanes = options.batchRecipient && batchLanesOf(spec.recipient, this.#fifo);
    const messageLanes = this.#fifo ? new GroupLanes() : new TenantLanes(() => this.limits.limit);
    this.lanes = batchLanes ?? messageLanes;
    this.slots = new Slots(this.limits, batchLanes === undefined ? 1 : (spec.recipient.batch?.maxMessages ?? 1));
    this.deleter = new Deleter({ ...this.#shared, settled: signals.advance });
    this.releaser = new Releaser({ ...this.#shared, attempts: this.#attempts, settled: signals.advance });
    const { visibilityTimeoutSeconds } = spec.queue;
    this.heartbeat = new Heartbeat({ ...this.#shared, visibilityTimeoutSeconds });
    this.trail = this.#newTrail();
    this.#completion = this.#newCompletion();
    this.refusals = this.#newRefusals();
    this.probes = new ProbeStock(this);
    this.dispatcher =
      batchLanes === undefined || options.batchRecipient === undefined
        ? new Dispatcher({ ...this.#dispatch, recipient: options.recipient, lanes: messageLanes })
        : new BatchDispatcher({ ...this.#dispatch, recipient: options.batchRecipient, lanes: batchLanes });
    this.receiver = this.#newReceiver();
    this.room = this.#newRoom();
    this.#intake = this.#newIntake();
  }

  /** What nearly every stage needs. */
  get #shared() {
    const { queue, clock, random, log } = this.#options;
    return { queue, clock, random, log, holdings: this.holdings, counters: this.counters };
  }

  #newLimits(): RecipientLimits {
    const { maxPerReplica: maxConcurrency, adaptive } = this.#options.spec.recipient.concurrency;
    return new RecipientLimits({ ...this.#shared, maxConcurrency, adaptive, changed: this.#signals.maySend });
  }

  #newRate(): RateLimiter {
    const { spec, hasOperator, clock } = this.#options;
    const { rateLimit } = spec.recipient;
    const fallback = rateLimit === undefined ? undefined : fallbackRate(rateOf(rateLimit), spec.scaling.maxReplicas);
    return new RateLimiter({ fallback, hasOperator, clock, refilled: this.#signals.maySend });
  }

  #newTrail(): AuditTrail {
    const { worker, spec, sink } = this.#options;
    return new AuditTrail({
      ...{ ...this.#shared, worker, spec, sink },
      audited: (messages) => this.#completion.audited(messages),
      written: this.#signals.advance,
    });
  }

  #newCompletion(): Completion {
    const { holdings, lanes, deleter, trail } = this;
    return new Completion({
      ...{ holdings, lanes, deleter, trail, attempts: this.#attempts, stuck: this.#stuck },
      moved: this.#signals.advance,
      opened: () => this.dispatcher.pump(),
    });
  }

  #newRefusals(): Refusals {
    const { lanes, releaser } = this;
    const { maxAttempts, backoff } = this.#options.spec.delivery;
    return new Refusals({
      ...{ ...this.#shared, lanes, releaser, attempts: this.#attempts, stuck: this.#stuck },
      ...{ deadLetters: this.#newDeadLetters(), maxAttempts, fifo: this.#fifo },
      backoff: { initialMs: backoff.initialMilliseconds, maxMs: backoff.maxSeconds * 1000 },
      mayAttempt: () => this.lifecycle.mayAttempt,
      waitingCapacity: () => waitingPerSlot * this.slots.most,
      due: this.#signals.maySend,
      pause: this.#signals.pause,
    });
  }

  #newDeadLetters(): DeadLetters | undefined {
    const { worker, spec, deadLetterQueue } = this.#options;
    if (deadLetterQueue === undefined) return undefined;
    return new DeadLetters({
      ...{ ...this.#shared, queue: deadLetterQueue, fifo: this.#fifo },
      context: { queueUrl: spec.queue.url, recipientUrl: spec.recipient.url, worker },
      copied: (message) => this.#completion.deadLettered(message),
      failed: (message) => {
        this.refusals.takeBack(message);
        this.#signals.advance();
      },
    });
  }

  get #dispatch(): Omit<BatchDispatcherOptions, 'lanes' | 'recipient'> {
    const { observations, limits, rate, refusals, probes } = this;
    const { spec, deadLetterQueue, clock } = this.#options;
    const maxAgeMs = spec.delivery.maxMessageAgeSeconds * 1000;
    return {
      ...{ ...this.#shared, observations, limits, rate, fifo: this.#fifo },
      undeliverable: (message) => undeliverable(message, maxAgeMs, clock.now()),
      dispose: dispositionTable(spec.delivery, deadLetterQueue !== undefined),
      delivered: (message) => this.#completion.delivered(message),
      refused: (message, attempt, disposition) => refusals.refuse(message, attempt, disposition),
      rejected: (message, cause) => refusals.reject(message, cause),
      heldBack: (message) => this.releaser.giveBack(message, 0),
      mayKeep: (message) => probes.mayKeep(message),
      freed: this.#signals.advance,
    };
  }

  #newReceiver(): Receiver {
    const { visibilityTimeoutSeconds, waitTimeSeconds } = this.#options.spec.queue;
    return new Receiver({
      ...{ ...this.#shared, fifo: this.#fifo, visibilityTimeoutSeconds, waitTimeSeconds },
      room: () => this.room.forReceive(),
      largestRoom: () => this.room.largest,
      lingerMs: () => this.room.lingerMs,
      received: (messages) => this.#intake.take(messages),
    });
  }

  #newRoom(): Room {
    const { limits, rate, slots, lanes, lifecycle, receiver, dispatcher } = this;
    const { maxHeldBytes } = this.#options.spec.worker;
    return new Room({
      ...{ ...this.#shared, limits, rate, slots, lanes, lifecycle, receiver, dispatcher },
      ...{ maxHeldBytes, size: this.#size, stuck: this.#stuck },
    });
  }

  #newIntake(): Intake {
    const { lifecycle, lanes, releaser, limits, receiveAge, stalls, deleter } = this;
    const { visibilityTimeoutSeconds } = this.#options.spec.queue;
    return new Intake({
      ...{ ...this.#shared, lifecycle, lanes, releaser, limits, receiveAge, stalls, deleter },
      ...{ visibilityTimeoutSeconds, attempts: this.#attempts, size: this.#size, stuck: this.#stuck },
      taken: () => this.dispatcher.pump(),
    });
  }
}
