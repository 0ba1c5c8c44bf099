import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { pino } from 'pino';
import type { Random } from '../../api/random.ts';
import { inProcessQueue } from '../../aws/embedded/in-process.ts';
import { EmbeddedSqs } from '../../aws/embedded/sqs.ts';
import { AwsError } from '../../aws/errors.ts';
import type { BatchOutcome, QueuePort, SendPort } from '../../aws/ports.ts';
import type { AuditSink, SinkLimits } from '../../worker/audit/sink.ts';
import { WorkerLog } from '../../worker/log.ts';
import type { Message } from '../../worker/message.ts';
import { Pipeline } from '../../worker/pipeline.ts';
import type { Attempt, Recipient } from '../../worker/recipient.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { seeded, workerConfigOf } from './virtual-worker.ts';

type Scenario = {
  readonly seed: number;
  readonly fifo: boolean;
  readonly messages: number;
  readonly slots: number;
  /** Chances, 0 to 1, of a refusal, of a call that fails as a whole or in part, of a sink write that fails. */
  readonly refusals: number;
  /** The chance of an answer that the table dead-letters, and the limit of attempts; 0: none. */
  readonly finalRefusals: number;
  readonly maxAttempts: number;
  readonly callFailures: number;
  readonly sinkFailures: number;
  /** Seconds of virtual time at which the worker dies and another takes its place. */
  readonly deaths: readonly number[];
};

const never = new Promise<never>(() => {});
const internalError = { code: 'InternalError', message: 'injected', senderFault: false };

/** One queue and recipient, and workers that fail and die as the scenario says. */
class World {
  readonly clock = new VirtualClock();
  readonly posts: { readonly n: number; readonly worker: number; readonly accepted: boolean }[] = [];
  readonly durable = new Set<number>();
  /** Messages whose copy has arrived in the queue for dead letters. */
  readonly deadLettered = new Set<number>();
  /** What was broken, as sentences: must stay empty. */
  readonly violations: string[] = [];
  readonly #scenario: Scenario;
  readonly #random: Random;
  readonly #sqs: EmbeddedSqs;
  readonly #queueUrl: string;
  readonly #deadLetterUrl: string;
  readonly #bodies = new Map<string, number>();
  #generation = 0;

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
    this.#random = seeded(scenario.seed);
    this.#sqs = new EmbeddedSqs({ clock: this.clock, random: this.#random });
    const [suffix, attributes] = scenario.fifo ? (['.fifo', { FifoQueue: 'true' }] as const) : (['', {}] as const);
    this.#queueUrl = this.#sqs.createQueue(`orders${suffix}`, attributes);
    this.#deadLetterUrl = this.#sqs.createQueue(`orders-dead${suffix}`, attributes);
  }

  async send(): Promise<void> {
    for (let n = 0; n < this.#scenario.messages; n++) {
      const fifo = this.#scenario.fifo ? { MessageGroupId: `g${n % 3}`, MessageDeduplicationId: `d${n}` } : {};
      await this.#sqs.call('SendMessage', { QueueUrl: this.#queueUrl, MessageBody: String(n), ...fifo });
    }
  }

  /** Starts a worker; the one before it is dead: none of its calls ends any more, and what it does reaches nobody. */
  startWorker(): Pipeline {
    const generation = ++this.#generation;
    const alive = () => generation === this.#generation;
    const { slots, maxAttempts } = this.#scenario;
    const queue = { visibilityTimeoutSeconds: 30, deadLetterUrl: this.#deadLetterUrl };
    const recipient = { concurrency: { maxPerReplica: slots } };
    const pipeline = new Pipeline({
      worker: `w${generation}`,
      spec: workerConfigOf(this.#queueUrl, queue, recipient, { delivery: { maxAttempts } }).spec,
      queue: this.#queue(alive),
      deadLetterQueue: this.#deadLetters(alive),
      recipient: this.#recipient(alive, generation),
      hasOperator: false,
      sink: this.#sink(alive),
      clock: this.clock,
      random: this.#random,
      log: new WorkerLog(pino({ level: 'silent' }), this.clock),
    });
    pipeline.start();
    return pipeline;
  }

  async left(): Promise<number> {
    const answer = await this.#sqs.call('GetQueueAttributes', { QueueUrl: this.#queueUrl, AttributeNames: ['All'] });
    const { Attributes: counts } = answer as { Attributes: Record<string, string> };
    return Number(counts.ApproximateNumberOfMessages) + Number(counts.ApproximateNumberOfMessagesNotVisible);
  }

  #chance(probability: number): boolean {
    return this.#random() < probability;
  }

  async #disturbed<Result>(alive: () => boolean, call: () => Promise<Result>): Promise<Result> {
    const { callFailures } = this.#scenario;
    if (!alive()) return never;
    if (this.#chance(callFailures)) throw new AwsError('Network', 'injected before the call');
    const result = await call();
    if (!alive()) return never;
    if (this.#chance(callFailures)) throw new AwsError('Timeout', 'injected after the call');
    return result;
  }

  #inPart(entries: number, call: (index: number) => Promise<BatchOutcome>): Promise<BatchOutcome> {
    return Promise.all(
      Array.from({ length: entries }, async (_, index) =>
        this.#chance(this.#scenario.callFailures) ? internalError : (await call(index))[0],
      ),
    );
  }

  #deadLetters(alive: () => boolean): SendPort {
    const port = inProcessQueue(this.#sqs, this.#deadLetterUrl);
    return {
      sendBatch: (messages) =>
        this.#disturbed(alive, () =>
          this.#inPart(messages.length, async (index) => {
            const outcome = await port.sendBatch(messages.slice(index, index + 1));
            if (outcome[0] === undefined) this.deadLettered.add(Number(messages[index]?.body));
            return outcome;
          }),
        ),
    };
  }

  #queue(alive: () => boolean): QueuePort {
    const port = inProcessQueue(this.#sqs, this.#queueUrl);
    const disturbed = <Result>(call: () => Promise<Result>) => this.#disturbed(alive, call);
    const inPart = (entries: number, call: (index: number) => Promise<BatchOutcome>) => this.#inPart(entries, call);
    return {
      receive: (request) =>
        disturbed(async () => {
          const messages = await port.receive(request);
          for (const { receiptHandle, body } of messages) this.#bodies.set(receiptHandle, Number(body));
          return messages;
        }),
      deleteBatch: (handles) =>
        disturbed(() =>
          inPart(handles.length, (index) => {
            const handle = handles[index] ?? '';
            const n = this.#bodies.get(handle) ?? -1;
            if (!this.durable.has(n) && !this.deadLettered.has(n))
              this.violations.push(`message ${n} was deleted before its record was durable or its copy was made`);
            return port.deleteBatch([handle]);
          }),
        ),
      changeVisibilityBatch: (changes) =>
        disturbed(() => inPart(changes.length, (index) => port.changeVisibilityBatch(changes.slice(index, index + 1)))),
    };
  }

  #recipient(alive: () => boolean, worker: number): Recipient {
    return {
      post: (message: Message, ended: (attempt: Attempt) => void) => {
        const durationMs = this.#random() * 3_000;
        this.clock.setTimeout(() => {
          const isFinal = this.#chance(this.#scenario.finalRefusals);
          const status = isFinal ? 422 : this.#chance(this.#scenario.refusals) ? 503 : 200;
          this.posts.push({ n: Number(message.body), worker, accepted: status === 200 });
          if (alive()) ended({ status, headers: {}, durationMs });
        }, durationMs);
      },
      resize: () => {},
      close: async () => {},
    };
  }

  #sink(alive: () => boolean): AuditSink {
    const limits: SinkLimits = { maxRecords: 5, maxBytes: 1e6, maxRecordBytes: 1e6, maxParallel: 2, lingerMs: 5 };
    return {
      limits,
      write: async (lines) => {
        await new Promise<void>((resolve) => this.clock.setTimeout(resolve, this.#random() * 50));
        if (!alive()) return never;
        if (this.#chance(this.#scenario.sinkFailures)) throw new Error('injected');
        return lines.map((line) => {
          if (this.#chance(this.#scenario.sinkFailures)) return 'injected';
          this.durable.add(Number(JSON.parse(line).body));
          return undefined;
        });
      },
      close: async () => {},
    };
  }
}

const scenario: fc.Arbitrary<Scenario> = fc.record({
  seed: fc.integer(),
  fifo: fc.boolean(),
  messages: fc.integer({ min: 1, max: 40 }),
  slots: fc.integer({ min: 1, max: 12 }),
  refusals: fc.constantFrom(0, 0.1, 0.5),
  finalRefusals: fc.constantFrom(0, 0, 0.1),
  maxAttempts: fc.constantFrom(0, 0, 3),
  callFailures: fc.constantFrom(0, 0.05, 0.3),
  sinkFailures: fc.constantFrom(0, 0.1, 0.5),
  deaths: fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 3 }).map((times) => times.toSorted((a, b) => a - b)),
});

/** Runs a scenario to its end. */
async function play(drawn: Scenario): Promise<World> {
  const world = new World(drawn);
  await world.send();
  let pipeline = world.startWorker();
  for (const second of drawn.deaths) {
    await world.clock.advance(Math.max(0, second * 1000 - world.clock.monotonic()));
    pipeline = world.startWorker();
  }
  for (let tens = 0; tens < 20_000 && (await world.left()) > 0; tens++) await world.clock.advance(10_000);
  const drained = pipeline.drain(new AbortController().signal);
  await world.clock.advance(120_000);
  assert.equal(await drained, true, 'the drain leaves nothing behind');
  return world;
}

describe('the guarantee, whatever fails and dies', () => {
  it('no message is lost, none is deleted before its record is durable, none is posted again by whoever had it accepted', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async (drawn) => {
        const world = await play(drawn);
        assert.deepEqual(world.violations, []);
        assert.equal(await world.left(), 0);
        const accepted = world.posts.filter((post) => post.accepted);
        for (let n = 0; n < drawn.messages; n++) {
          const wasAccepted = accepted.some((post) => post.n === n);
          assert.ok(!world.durable.has(n) || wasAccepted, `message ${n} has an audit record that is not true`);
          // A worker may die between acceptance and record, and the next one be refused.
          assert.ok(world.durable.has(n) || world.deadLettered.has(n), `message ${n} ended nowhere`);
        }
        // With calls that never fail, a worker keeps its messages' visibility: it never posts one again that was accepted.
        if (drawn.callFailures > 0) return;
        const own = accepted.map((post) => `${post.worker}:${post.n}`);
        assert.equal(new Set(own).size, own.length, 'an accepted message was posted again by the same worker');
      }),
      { numRuns: 300 },
    );
  });

  it('a group of a FIFO queue stays in order while workers live, whatever the recipient refuses', async () => {
    const calm = scenario.map((drawn) => ({ ...drawn, fifo: true, callFailures: 0, deaths: [] }));
    await fc.assert(
      fc.asyncProperty(calm, async (drawn) => {
        const world = await play(drawn);
        const accepted = world.posts.filter((post) => post.accepted).map((post) => post.n);
        for (const group of [0, 1, 2]) {
          const order = accepted.filter((n) => n % 3 === group);
          assert.deepEqual(
            order,
            order.toSorted((a, b) => a - b),
          );
        }
      }),
      { numRuns: 100 },
    );
  });
});
