import type { Clock, Timer } from '../api/clock.ts';
import { parseQueueUrl } from '../api/queue-url.ts';
import type { Random } from '../api/random.ts';
import type { WorkerConfig } from '../api/worker-config.ts';
import type { Waiting, WorkerCounters, WorkerState } from '../api/worker-status.ts';
import type { QueuePort, ReceivedMessage } from '../aws/ports.ts';
import { AttemptLog } from './attempt-log.ts';
import { Auditor } from './audit/auditor.ts';
import { auditRecords } from './audit/record.ts';
import type { AuditSink } from './audit/sink.ts';
import { newCounters } from './counters.ts';
import { Deleter } from './deleter.ts';
import { Dispatcher } from './dispatcher.ts';
import { dispositionTable } from './disposition.ts';
import { decideRoom, type GateDecision, prefetchFor } from './gate.ts';
import { Heartbeat } from './heartbeat.ts';
import { Holdings } from './holdings.ts';
import { GroupLanes, type Lanes, StandardLane } from './lanes.ts';
import { judgeLiveness, type Liveness } from './liveness.ts';
import type { WorkerLog } from './log.ts';
import { type Message, takeUp } from './message.ts';
import { newObservations } from './observations.ts';
import { Receiver } from './receiver.ts';
import type { Recipient } from './recipient.ts';
import { Refusals } from './refusals.ts';
import { Releaser } from './releaser.ts';
import { StallWatch } from './stall-watch.ts';
import { describeWaiting } from './waiting.ts';

/** Delivered messages that may wait for their audit record, in multiples of the slots, and at least. */
const auditCapacity = { perSlot: 4, atLeast: 1024 };
/** A receive's own time, beyond the wait that it asks SQS for. */
const receiveMarginMs = 10_000;

export type PipelineOptions = {
  readonly worker: string;
  readonly spec: WorkerConfig['spec'];
  readonly queue: QueuePort;
  readonly recipient: Recipient;
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
  readonly #lanes: Lanes;
  readonly #receiver: Receiver;
  readonly #dispatcher: Dispatcher;
  readonly #auditor: Auditor | undefined;
  readonly #deleter: Deleter;
  readonly #releaser: Releaser;
  readonly #heartbeat: Heartbeat;
  readonly #stalls: StallWatch;
  readonly #slots: number;
  readonly #emptied = Promise.withResolvers<void>();
  #state: WorkerState = 'Starting';
  #auditBlockedSinceMs: number | undefined;
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
    this.#slots = spec.recipient.concurrency.maxPerReplica;
    this.#lanes = fifo ? new GroupLanes() : new StandardLane();
    this.#deleter = new Deleter({ ...shared, settled: () => this.#advance() });
    this.#releaser = new Releaser({ ...shared, settled: () => this.#advance() });
    this.#heartbeat = new Heartbeat({ ...shared, visibilityTimeoutSeconds });
    this.#stalls = new StallWatch(clock);
    this.#auditor = this.#newAuditor();
    const refusals = new Refusals({
      ...shared,
      lanes: this.#lanes,
      releaser: this.#releaser,
      attempts: this.#attempts,
      backoff: {
        initialMs: spec.delivery.backoff.initialMilliseconds,
        maxMs: spec.delivery.backoff.maxSeconds * 1000,
      },
      pause: (because) => this.#pause(because),
    });
    this.#dispatcher = new Dispatcher({
      ...shared,
      observations: this.observations,
      lanes: this.#lanes,
      recipient,
      slots: this.#slots,
      dispose: dispositionTable(spec.delivery),
      delivered: (message) => this.#delivered(message),
      refused: (message, attempt, disposition) => refusals.refuse(message, attempt, disposition),
      heldBack: (message) => this.#releaser.giveBack(message, 0),
      freed: () => this.#advance(),
    });
    this.#receiver = new Receiver({
      queue,
      fifo,
      visibilityTimeoutSeconds,
      waitTimeSeconds,
      clock,
      random,
      log,
      room: () => this.gate.room,
      largestRoom: this.#slots,
      lingerMs: () => Math.min(250, Math.max(5, 0.05 * (this.#dispatcher.attemptMs ?? 0))),
      received: (messages) => this.#received(messages),
    });
  }

  get state(): WorkerState {
    return this.#state;
  }

  /** Totals up to this moment. */
  get counters(): WorkerCounters {
    this.#noteAuditBlock();
    return this.#counters;
  }

  /** How many more messages may be received now, and what limits them. */
  get gate(): GateDecision {
    const slots = this.#slots;
    return decideRoom({
      slots,
      prefetch: prefetchFor(slots, this.#receiver.latencyMs, this.#dispatcher.attemptMs),
      reserved: this.#receiver.reserved,
      auditCapacity: Math.max(auditCapacity.atLeast, auditCapacity.perSlot * slots),
      ordered: this.#hold !== undefined,
      paused: this.#paused !== undefined,
      holding: this.holdings.counts,
    });
  }

  get waiting(): Waiting {
    return describeWaiting({
      draining: this.#state === 'Draining',
      gate: this.gate,
      paused: this.#paused,
      holding: this.holdings.counts,
      slots: this.#slots,
      openReceives: this.#receiver.open,
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
   * Receives nothing for `seconds`, gives back what was not attempted, and finishes the rest; 0 lifts such an order. When
   * nobody repeats it, it runs out, and the worker receives again.
   */
  hold(seconds: number): void {
    this.#hold?.cancel();
    this.#hold = undefined;
    if (seconds > 0) {
      this.#hold = this.#options.clock.setTimeout(() => this.hold(0), seconds * 1000);
      this.#giveBackWaiting();
    } else {
      this.#advance();
    }
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
    const clean = this.#isEmpty;
    if (clean) await Promise.all([this.#options.recipient.close(), this.#auditor?.close()]);
    this.#state = 'Stopped';
    return clean;
  }

  get #isEmpty(): boolean {
    return this.#receiver.open === 0 && this.holdings.size === 0 && this.#releaser.pending === 0;
  }

  #newAuditor(): Auditor | undefined {
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
      audited: (messages) => this.#audited(messages),
    });
  }

  #received(messages: readonly ReceivedMessage[]): void {
    const { clock, spec } = this.#options;
    const now = { timeMs: clock.now(), monotonicMs: this.#stalls.arrivalMs };
    for (const received of messages) {
      const message = takeUp(received, now, spec.queue.visibilityTimeoutSeconds, this.#attempts.of(received.messageId));
      this.#counters.received++;
      if (message.receiveCount > 1) this.#counters.redelivered++;
      this.holdings.add(message);
      if (!this.#mayAttempt) this.#releaser.giveBack(message, 0);
      else this.#lanes.add(message);
    }
    this.#dispatcher.pump();
  }

  get #mayAttempt(): boolean {
    return this.#state !== 'Draining' && this.#hold === undefined && this.#paused === undefined;
  }

  /** Gives back what was received and not attempted. */
  #giveBackWaiting(): void {
    for (const message of this.#lanes.clear()) this.#releaser.giveBack(message, 0);
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
    if (this.#auditor !== undefined && message.delivery !== undefined) {
      this.#auditor.append(message, message.delivery);
    } else {
      this.#audited([message]);
    }
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
    this.#noteAuditBlock();
    if (this.#state === 'Running') this.#receiver.pump();
    else if (this.#isEmpty) this.#emptied.resolve();
  }

  #noteAuditBlock(): void {
    const nowMs = this.#options.clock.monotonic();
    if (this.#auditBlockedSinceMs !== undefined) {
      this.#counters.auditBlockedSeconds += (nowMs - this.#auditBlockedSinceMs) / 1000;
    }
    this.#auditBlockedSinceMs = this.gate.limitedBy === 'Audit' ? nowMs : undefined;
  }
}
