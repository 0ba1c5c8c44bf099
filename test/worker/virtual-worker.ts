import type { Random } from '../../api/random.ts';
import type { WorkerConfig } from '../../api/worker-config.ts';
import { parseWorkerConfig } from '../../api/worker-config-file.ts';
import { inProcessQueue } from '../../aws/embedded/in-process.ts';
import { EmbeddedSqs } from '../../aws/embedded/sqs.ts';
import type { QueuePort, ReceivedMessage, SendPort } from '../../aws/ports.ts';
import type { AuditSink, SinkLimits, SinkOutcome } from '../../worker/audit/sink.ts';
import type { Message } from '../../worker/message.ts';
import { Pipeline } from '../../worker/pipeline.ts';
import type { Attempt, AttemptError, Recipient } from '../../worker/recipient.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

import { type LogLine, recordingLog } from '../support/worker-log.ts';

import { ScriptedBatches } from './batch/scripted-batches.ts';

/** What a scripted recipient does with one POST; with `error` it gives no answer. */
export type Answer = {
  readonly latencyMs: number;
  readonly status?: number;
  readonly retryAfter?: string;
  readonly error?: AttemptError;
};

export type Post = { readonly id: string; readonly body: string; readonly attempt: number; readonly atMs: number };

/** A recipient that answers as a function says, in virtual time, and remembers every POST. */
export class ScriptedRecipient implements Recipient {
  readonly posts: Post[] = [];
  readonly accepted: Post[] = [];
  answer: (message: Message) => Answer = () => ({ latencyMs: 20 });
  isReady: Recipient['isReady'] = () => true;
  open = 0;
  mostOpen = 0;
  closed = false;
  /** As {@link resize} has set it. */
  connections: number | undefined;
  readonly #clock: VirtualClock;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  post(message: Message, ended: (attempt: Attempt) => void): void {
    const { id, body, attempt } = message;
    const post = { id, body, attempt, atMs: this.#clock.monotonic() };
    this.posts.push(post);
    this.mostOpen = Math.max(this.mostOpen, ++this.open);
    const { latencyMs, status = 200, retryAfter, error } = this.answer(message);
    this.#clock.setTimeout(() => {
      this.open--;
      if (error !== undefined) {
        ended({ error, detail: 'scripted', durationMs: latencyMs });
        return;
      }
      if (status < 300) this.accepted.push(post);
      ended({ status, headers: { 'retry-after': retryAfter }, durationMs: latencyMs });
    }, latencyMs);
  }

  resize(connections: number): void {
    this.connections = connections;
  }

  async close(): Promise<void> {
    this.closed = true;
  }
}

/** A sink whose writes take a millisecond and fail for as long as `failure` is set. */
export class ScriptedSink implements AuditSink {
  readonly limits: SinkLimits = {
    ...{ maxRecords: 500, maxBytes: 1 << 20, maxRecordBytes: 1 << 20, maxParallel: 1, lingerMs: 5 },
  };
  readonly durable = new Set<string>();
  records = 0;
  failure: string | undefined;
  closed = false;
  readonly #clock: VirtualClock;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  async write(lines: readonly string[]): Promise<SinkOutcome> {
    await new Promise<void>((resolve) => this.#clock.setTimeout(resolve, 1));
    if (this.failure !== undefined) throw new Error(this.failure);
    for (const line of lines) this.durable.add(JSON.parse(line).messageId);
    this.records += lines.length;
    return lines.map(() => undefined);
  }

  async close(): Promise<void> {
    this.closed = true;
  }
}

export type VirtualWorkerOptions = {
  /** Further fields of `spec.queue`, `spec.recipient`, `spec.delivery`, `spec.scaling` and `spec.audit`. */
  readonly queue?: object;
  readonly recipient?: object;
  readonly delivery?: object;
  readonly scaling?: object;
  readonly worker?: object;
  readonly audit?: object;
  /** Whether there is a queue for dead letters, `<queue>-dead`. */
  readonly deadLetters?: boolean;
  readonly queueName?: string;
  readonly queueAttributes?: Record<string, string>;
  readonly random?: Random;
  /** Whether there is an operator that hands out shares of the rate limit. */
  readonly hasOperator?: boolean;
  /** Wraps the queue's port, to watch or disturb its calls. */
  readonly through?: (port: QueuePort, clock: VirtualClock) => QueuePort;
};

/** A worker's pipeline in virtual time: the embedded SQS in process, a scripted recipient and a scripted audit sink. */
export class VirtualWorker {
  readonly clock = new VirtualClock();
  readonly sqs: EmbeddedSqs;
  readonly queueUrl: string;
  readonly config: WorkerConfig;
  readonly recipient = new ScriptedRecipient(this.clock);
  /** Takes the batches, where the Courier has some. */
  readonly batches = new ScriptedBatches(this.clock);
  readonly sink = new ScriptedSink(this.clock);
  readonly pipeline: Pipeline;
  /** Receipt handles of messages that were deleted with neither a durable audit record nor a copy in the queue for dead letters: must stay empty. */
  readonly deletedUnaudited: string[] = [];
  /** What becomes of a copy to the queue for dead letters before it arrives: throw, to fail it. */
  beforeCopy: () => void = () => {};
  /** What becomes of it after it has arrived. */
  afterCopy: () => void = () => {};
  readonly #log = recordingLog(this.clock);
  readonly #messages = new Map<string, ReceivedMessage>();
  readonly #random: Random;
  readonly #port: QueuePort;
  readonly #hasOperator: boolean;
  readonly #deadLetterQueue: (QueuePort & SendPort) | undefined;
  readonly #copied = new Set<string>();

  constructor(options: VirtualWorkerOptions = {}) {
    const {
      queue = {},
      recipient = {},
      delivery = {},
      scaling = {},
      worker = {},
      audit = {},
      queueName = 'orders',
      queueAttributes = {},
      random = seeded(1),
    } = options;
    this.#random = random;
    this.#hasOperator = options.hasOperator ?? false;
    this.sqs = new EmbeddedSqs({ clock: this.clock, random });
    this.queueUrl = this.sqs.createQueue(queueName, queueAttributes);
    const deadLetterUrl = options.deadLetters ? this.#createDeadLetterQueue(queueName) : undefined;
    this.config = workerConfigOf(this.queueUrl, { ...queue, deadLetterUrl }, recipient, {
      ...{ delivery, scaling, worker },
      audit: { file: { directory: '/unused' }, ...audit },
    });
    const port = this.#watch(inProcessQueue(this.sqs, this.queueUrl));
    this.#port = options.through === undefined ? port : options.through(port, this.clock);
    this.#deadLetterQueue = deadLetterUrl === undefined ? undefined : inProcessQueue(this.sqs, deadLetterUrl);
    this.pipeline = this.successor();
  }

  /** What its workers have logged so far. */
  get logged(): readonly LogLine[] {
    return this.#log.lines;
  }

  /** Another worker for the same queue, recipient and sink. */
  successor(): Pipeline {
    return new Pipeline({
      worker: 'orders-0',
      spec: this.config.spec,
      queue: this.#port,
      deadLetterQueue: this.#deadLetterQueue && this.#watchCopies(this.#deadLetterQueue),
      recipient: this.recipient,
      batchRecipient: this.config.spec.recipient.batch && this.batches,
      hasOperator: this.#hasOperator,
      sink: this.sink,
      clock: this.clock,
      random: this.#random,
      log: this.#log.log,
    });
  }

  /** Sends messages with the bodies `0`, `1`, ...; `groups` of them in turn on a FIFO queue. */
  async send(count: number, options: { from?: number; groups?: number } = {}): Promise<void> {
    const { from = 0, groups } = options;
    for (let n = from; n < from + count; n++) {
      const fifo = groups === undefined ? {} : { MessageGroupId: `g${n % groups}`, MessageDeduplicationId: `d${n}` };
      await this.sqs.call('SendMessage', { QueueUrl: this.queueUrl, MessageBody: String(n), ...fifo });
    }
  }

  /** Messages in the queue: visible, in flight and delayed. */
  async left(): Promise<number> {
    const answer = await this.sqs.call('GetQueueAttributes', { QueueUrl: this.queueUrl, AttributeNames: ['All'] });
    const { Attributes: attributes } = answer as { Attributes: Record<string, string> };
    return (
      Number(attributes.ApproximateNumberOfMessages) +
      Number(attributes.ApproximateNumberOfMessagesNotVisible) +
      Number(attributes.ApproximateNumberOfMessagesDelayed)
    );
  }

  /** Takes out what is in the queue for dead letters. */
  async deadLetters(): Promise<readonly ReceivedMessage[]> {
    const request = { maxMessages: 10, waitTimeSeconds: 0, visibilityTimeoutSeconds: 43_200 };
    const found: ReceivedMessage[] = [];
    for (let some = await this.#deadLetterQueue?.receive(request); some?.length; ) {
      found.push(...some);
      some = await this.#deadLetterQueue?.receive(request);
    }
    return found;
  }

  #createDeadLetterQueue(queueName: string): string {
    const [name = '', fifo = ''] = queueName.split(/(?=\.fifo$)/);
    return this.sqs.createQueue(`${name}-dead${fifo}`, fifo === '' ? {} : { FifoQueue: 'true' });
  }

  #watchCopies(queue: SendPort): SendPort {
    return {
      sendBatch: async (messages, signal) => {
        this.beforeCopy();
        const outcome = await queue.sendBatch(messages, signal);
        for (const [index, { body }] of messages.entries()) if (outcome[index] === undefined) this.#copied.add(body);
        this.afterCopy();
        return outcome;
      },
    };
  }

  #watch(port: QueuePort): QueuePort {
    return {
      receive: async (request, signal) => {
        const messages = await port.receive(request, signal);
        for (const message of messages) this.#messages.set(message.receiptHandle, message);
        return messages;
      },
      deleteBatch: (handles, signal) => {
        for (const handle of handles) {
          const { messageId = '', body = '' } = this.#messages.get(handle) ?? {};
          if (!this.sink.durable.has(messageId) && !this.#copied.has(body)) this.deletedUnaudited.push(handle);
        }
        return port.deleteBatch(handles, signal);
      },
      changeVisibilityBatch: (changes, signal) => port.changeVisibilityBatch(changes, signal),
    };
  }
}

/** A worker configuration for a queue, with further fields of `spec.queue`, `spec.recipient` and of `spec` itself. */
export function workerConfigOf(url: string, queue: object, recipient: object, further: object = {}): WorkerConfig {
  const manifest = {
    apiVersion: 'courier.dev/v1alpha1',
    kind: 'Courier',
    metadata: { name: 'orders' },
    spec: {
      queue: { url, region: 'us-east-1', ...queue },
      recipient: { url: 'http://recipient.test/', ...recipient },
      audit: { file: { directory: '/unused' } },
      ...further,
    },
  };
  return parseWorkerConfig(JSON.stringify(manifest), 'test.json').config;
}

/** Dice that fall the same way each time. Source: mulberry32, a public-domain generator by Tommy Ettinger. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
