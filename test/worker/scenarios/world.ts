import { pino } from 'pino';
import type { Random } from '../../../api/random.ts';
import { fallbackRate, type Rate } from '../../../api/rate-limit.ts';
import { inProcessQueue } from '../../../aws/embedded/in-process.ts';
import { EmbeddedSqs } from '../../../aws/embedded/sqs.ts';
import { WorkerLog } from '../../../worker/log.ts';
import { Pipeline } from '../../../worker/pipeline.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { seeded, workerConfigOf } from '../virtual-worker.ts';
import { Allowance } from './allowance.ts';
import { FaultyQueue } from './faulty-queue.ts';
import { FaultyRecipient } from './faulty-recipient.ts';
import { FaultySink } from './faulty-sink.ts';
import { Ledger } from './ledger.ts';
import { Life } from './life.ts';
import type { Grant, Order, Scenario, Stop } from './scenario.ts';
import { ReceiveWatch } from './watch.ts';

/** A worker's byte budget: the default of the CRD, and the least that it allows, which large bodies are tried with. */
const heldBytes = { ample: 67_108_864, least: 1_048_576 };
/** How long it takes until a dead worker is replaced. */
const restartMs = 1_000;

/** The spec of the Courier that a scenario is about. */
function configOf(scenario: Scenario, queueUrl: string, deadLetterUrl: string) {
  const { slots, adaptive, batch, limit, maxAttempts, audit } = scenario;
  const queue = { visibilityTimeoutSeconds: 10, waitTimeSeconds: 5, deadLetterUrl };
  const recipient = {
    concurrency: { maxPerReplica: slots, adaptive },
    ...(batch && { batch: { maxMessages: batch.maxMessages, partialFailures: true } }),
    ...(limit && { rateLimit: limit }),
  };
  return workerConfigOf(queueUrl, queue, recipient, {
    delivery: { maxAttempts, backoff: { initialMilliseconds: 500, maxSeconds: 8 } },
    scaling: { maxReplicas: 1 },
    worker: { maxHeldBytes: maxHeldBytesOf(scenario) },
    audit: { file: { directory: '/unused' }, policy: audit.policy, oversize: 'Split' },
  });
}

function maxHeldBytesOf({ bodyBytes }: Scenario): number {
  return bodyBytes > 100_000 ? heldBytes.least : heldBytes.ample;
}

/** One queue, recipient and audit, and workers that live and die as the scenario says. */
export class World {
  readonly clock = new VirtualClock();
  readonly ledger: Ledger;
  readonly allowance = new Allowance();
  /** The newest worker, and whether it lives. */
  pipeline!: Pipeline;
  #life!: Life;
  #watch!: ReceiveWatch;
  /** The most requests that the newest worker may have open. */
  #slots = 0;
  readonly #scenario: Scenario;
  readonly #random: Random;
  readonly #sqs: EmbeddedSqs;
  readonly #queueUrl: string;
  readonly #deadLetterUrl: string;
  readonly #limit: Rate;
  readonly #stops: Stop[];
  readonly #numbers = new Map<string, number>();
  #workers = 0;

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
    this.#random = seeded(scenario.seed);
    this.ledger = new Ledger(scenario);
    this.#sqs = new EmbeddedSqs({ clock: this.clock, random: this.#random });
    const suffix = scenario.queue === 'Fifo' ? '.fifo' : '';
    this.#queueUrl = this.#sqs.createQueue(`orders${suffix}`);
    this.#deadLetterUrl = this.#sqs.createQueue(`orders-dead${suffix}`);
    this.#stops = [...scenario.stops];
    const { messages, burst } = scenario.limit ?? { messages: 1e9, burst: 1e9 };
    this.#limit = { messagesPerSecond: messages, burst };
    this.allowance.set(this.#limit, 0);
    for (const grant of scenario.grants ?? []) this.clock.setTimeout(() => this.#grant(grant), grant.atSecond * 1000);
    for (const order of scenario.orders) this.clock.setTimeout(() => this.#order(order), order.atSecond * 1000);
  }

  /** Whether the newest worker lives and is not halted. */
  get isRunning(): boolean {
    return this.#life.alive && !this.#life.halted;
  }

  /** Whether the newest worker went round in a circle and was ended. */
  get hasSpun(): boolean {
    return this.#life.hasSpun;
  }

  async send(): Promise<void> {
    const { queue, messages, groups, bodyBytes } = this.#scenario;
    for (let n = 0; n < messages; n++) {
      const group = queue === 'Standard' ? {} : { MessageGroupId: `g${n % groups}` };
      const fifo = queue === 'Fifo' ? { MessageDeduplicationId: `d${n}` } : {};
      const body = { QueueUrl: this.#queueUrl, MessageBody: String(n).padEnd(bodyBytes) };
      const sent = await this.#sqs.call('SendMessage', { ...body, ...group, ...fifo });
      this.#numbers.set((sent as { MessageId: string }).MessageId, n);
    }
  }

  /** Messages in the queue, visible or not. */
  async left(): Promise<number> {
    const answer = await this.#sqs.call('GetQueueAttributes', { QueueUrl: this.#queueUrl, AttributeNames: ['All'] });
    const { Attributes: counts } = answer as { Attributes: Record<string, string> };
    return Number(counts.ApproximateNumberOfMessages) + Number(counts.ApproximateNumberOfMessagesNotVisible);
  }

  startWorker(): void {
    const life = new Life(++this.#workers, this.clock);
    const pipeline = this.#newPipeline(life);
    this.#life = life;
    this.pipeline = pipeline;
    if (this.#scenario.grants !== undefined) this.allowance.begin(fallbackRate(this.#limit, 1), this.clock.monotonic());
    this.#awaitStop(life, pipeline);
    pipeline.start();
  }

  /** Stops the newest worker as SIGTERM does, and replaces it. */
  restart(): void {
    this.#terminate(this.#life, this.pipeline, 60, restartMs);
  }

  /** Stops the last worker. @returns whether it has left nothing behind; undefined: it does not end. */
  async stop(): Promise<boolean | undefined> {
    this.#stops.length = 0;
    this.#life.stopAfter(Number.POSITIVE_INFINITY, () => {});
    while (this.pipeline.state !== 'Running' || !this.isRunning) await this.clock.advance(1_000);
    let isClean: boolean | undefined;
    void this.pipeline.drain(new AbortController().signal).then((outcome) => {
      isClean = outcome;
    });
    // Where most deletes fail, the last may have to be tried for minutes.
    for (let minutes = 0; minutes < 60 && isClean === undefined; minutes++) await this.clock.advance(60_000);
    this.#judgeBooks(this.pipeline);
    return isClean;
  }

  #newPipeline(life: Life): Pipeline {
    const { clock, ledger } = this;
    const scenario = this.#scenario;
    const random = this.#random;
    const shared = { scenario, life, ledger, clock, random, numberOf: Number };
    this.#slots = scenario.slots;
    const recipient = new FaultyRecipient({
      ...shared,
      // A worker that ends has the orders of the one that follows it: those allow it no more.
      slots: () => (life === this.#life ? this.#slots : 8),
      isOpen: () => pipeline.breaker.state === 'Open',
      answered: () => watch.look(clock.monotonic()),
    });
    const queue = new FaultyQueue({
      ...shared,
      port: inProcessQueue(this.#sqs, this.#queueUrl),
      deadLetters: inProcessQueue(this.#sqs, this.#deadLetterUrl),
      receiving: (asked) => {
        watch.receiving(asked, clock.monotonic());
        if (pipeline.holdings.bytes > maxHeldBytesOf(scenario))
          ledger.violated(`a receive began with ${pipeline.holdings.bytes} bytes held`);
      },
    });
    const pipeline: Pipeline = new Pipeline({
      worker: `w${life.worker}`,
      spec: configOf(scenario, this.#queueUrl, this.#deadLetterUrl).spec,
      queue,
      deadLetterQueue: queue,
      recipient,
      batchRecipient: scenario.batch && recipient,
      hasOperator: scenario.grants !== undefined,
      sink: new FaultySink({ ...shared, numberOfId: (id) => this.#numbers.get(id) ?? -1 }),
      clock: life.clock,
      random,
      log: new WorkerLog(pino({ level: 'silent' }), clock),
    });
    const watch = new ReceiveWatch(pipeline, scenario, ledger);
    this.#watch = watch;
    return pipeline;
  }

  /** Each worker but the last ends, or is halted, as the next of the scenario's stops says. */
  #awaitStop(life: Life, pipeline: Pipeline): void {
    const stop = this.#stops.shift();
    if (stop === undefined) return;
    const overlaps = stop.overlaps && this.#mayOverlap;
    life.stopAfter(stop.afterSteps, () => {
      if (stop.kind === 'Crash') this.#end(life, restartMs);
      else if (stop.kind === 'Halt') this.#halt(life, pipeline, { ...stop, overlaps });
      else {
        life.clock.setTimeout(() => {
          this.#terminate(life, pipeline, stop.graceSeconds, overlaps ? undefined : restartMs);
          if (overlaps) this.startWorker();
        }, 0);
      }
    });
  }

  /** Under an operator two workers would share the limit, which is the operator's to divide. */
  get #mayOverlap(): boolean {
    return this.#scenario.grants === undefined;
  }

  #halt(life: Life, pipeline: Pipeline, { haltSeconds, graceSeconds, overlaps }: Stop): void {
    life.halt();
    if (overlaps) this.clock.setTimeout(() => this.startWorker(), 0);
    this.clock.setTimeout(() => {
      life.resume();
      if (overlaps) this.#terminate(life, pipeline, graceSeconds, undefined);
      else this.#awaitStop(life, pipeline);
    }, haltSeconds * 1000);
  }

  #terminate(life: Life, pipeline: Pipeline, graceSeconds: number, successorAfterMs: number | undefined): void {
    if (pipeline.state === 'Draining' || !life.alive) return;
    const grace = new AbortController();
    life.clock.setTimeout(() => grace.abort(), graceSeconds * 1000);
    void pipeline.drain(grace.signal).then((isClean) => {
      if (isClean) this.#judgeBooks(pipeline);
      this.#end(life, successorAfterMs);
    });
  }

  #end(life: Life, successorAfterMs: number | undefined): void {
    if (!life.alive) return;
    life.end();
    if (successorAfterMs !== undefined) this.clock.setTimeout(() => this.startWorker(), successorAfterMs);
  }

  #order({ maxConcurrency, holdSeconds }: Order): void {
    if (!this.isRunning) return;
    this.#watch.hold(this.clock.monotonic() + holdSeconds * 1000);
    this.pipeline.hold(holdSeconds);
    this.#slots = maxConcurrency;
    this.pipeline.setMaxConcurrency(maxConcurrency);
  }

  #grant({ messagesPerSecond, burst, ttlSeconds, atSecond }: Grant): void {
    if (!this.isRunning) return;
    const fallback = fallbackRate(this.#limit, 1);
    this.allowance.grant({ messagesPerSecond, burst }, ttlSeconds, fallback, this.clock.monotonic());
    this.pipeline.grant({ id: String(atSecond).padStart(2, '0'), messagesPerSecond, burst, ttlSeconds, fallback });
  }

  /** A worker that has ended cleanly can say of each message that it has received what became of it. */
  #judgeBooks({ counters, holdings }: Pipeline): void {
    const { received, deleted, deletedLate, released, unattempted } = counters;
    const ended = deleted + deletedLate + released + unattempted;
    if (holdings.size > 0 || received !== ended)
      this.ledger.violated(`of ${received} messages received ${ended} have ended, and ${holdings.size} are held`);
  }
}
