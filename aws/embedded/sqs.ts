import type { Clock } from '../../api/clock.ts';
import type { Random } from '../../api/random.ts';
import type { CounterError } from './counters.ts';
import { ServiceError } from './errors.ts';
import { type EntryFault, Faults } from './faults.ts';
import { asInput, type Input, requiredText } from './input.ts';
import { type Account, QueueRegistry, type RegisteredQueue } from './queue-registry.ts';
import * as messages from './sqs-messages.ts';
import * as queues from './sqs-queues.ts';

export type EmbeddedSqsOptions = Partial<Account> & {
  readonly clock: Clock;
  readonly random: Random;
  readonly faults?: Faults;
  /** How far counters are from the truth. Default: not at all. */
  readonly counterError?: CounterError;
  /** Whether an abandoned long poll goes on and takes a message that nobody gets, as AWS may do. Default: false. */
  readonly swallowWhenHungUp?: boolean;
};

/** A call in progress: its input and what it may need besides. */
type Call = { readonly input: Input; readonly entryFault: EntryFault; readonly signal: AbortSignal | undefined };

/** Amazon SQS in memory, in this process. Knows nothing of HTTP: `call` takes and answers the JSON of the protocol. */
export class EmbeddedSqs {
  readonly #registry: QueueRegistry;
  readonly #faults: Faults;
  readonly #actions: ReadonlyMap<string, (call: Call) => object | Promise<object>>;

  constructor(options: EmbeddedSqsOptions) {
    const { clock, random, endpoint = 'http://127.0.0.1', region = 'us-east-1', accountId = '000000000000' } = options;
    this.#faults = options.faults ?? new Faults(clock);
    this.#registry = new QueueRegistry(
      { endpoint, region, accountId },
      {
        clock,
        random,
        counterError: options.counterError ?? {},
        swallowWhenHungUp: options.swallowWhenHungUp ?? false,
      },
    );
    this.#actions = new Map([...this.#messageActions(), ...this.#queueActions()]);
  }

  /**
   * Does one call: `action` as in `AmazonSQS.<action>`, `input` its JSON. An abort ends a long poll.
   * @throws ServiceError as SQS answers; ConnectionCut where a fault loses the answer; the signal's reason
   */
  async call(action: string, input: unknown, context: { signal?: AbortSignal } = {}): Promise<object> {
    const { signal } = context;
    const act = this.#actions.get(action);
    if (act === undefined) throw new ServiceError('InvalidAction', `There is no action "${action}" here.`);
    const throttled = (): ServiceError => new ServiceError('RequestThrottled', 'The request was throttled.', 403);
    return this.#faults.strike({ action, input, throttled, signal }, async (entryFault) =>
      act({ input: asInput(input), entryFault, signal }),
    );
  }

  /** Makes a queue and says its URL. A name that ends in `.fifo` makes a FIFO queue. */
  createQueue(name: string, attributes: Readonly<Record<string, string>> = {}): string {
    const fifo = name.endsWith('.fifo') ? { FifoQueue: 'true' } : {};
    return this.#registry.create(name, { ...fifo, ...attributes }).queue.identity.url;
  }

  /** Answers whoever waits with an error, and stops all timers. */
  close(): void {
    this.#registry.close();
  }

  /** What is done to the messages of one queue. */
  #messageActions(): [string, (call: Call) => object | Promise<object>][] {
    const queue = ({ input }: Call) => this.#find(input).queue;
    const { accountId } = this.#registry.account;
    return [
      ['SendMessage', (call) => messages.sendMessage(queue(call), call.input)],
      ['SendMessageBatch', (call) => messages.sendMessageBatch(queue(call), call.input, call.entryFault)],
      ['ReceiveMessage', (call) => messages.receiveMessage(queue(call), call.input, accountId, call.signal)],
      ['DeleteMessage', (call) => messages.deleteMessage(queue(call), call.input)],
      ['DeleteMessageBatch', (call) => messages.deleteMessageBatch(queue(call), call.input, call.entryFault)],
      ['ChangeMessageVisibility', (call) => messages.changeMessageVisibility(queue(call), call.input)],
      [
        'ChangeMessageVisibilityBatch',
        (call) => messages.changeMessageVisibilityBatch(queue(call), call.input, call.entryFault),
      ],
    ];
  }

  /** What is done to queues. */
  #queueActions(): [string, (call: Call) => object][] {
    const registry = this.#registry;
    return [
      ['CreateQueue', ({ input }) => queues.createQueue(registry, input)],
      ['DeleteQueue', ({ input }) => queues.deleteQueue(registry, this.#find(input))],
      ['PurgeQueue', ({ input }) => queues.purgeQueue(registry, this.#find(input))],
      ['GetQueueUrl', ({ input }) => queues.getQueueUrl(registry, input)],
      ['ListQueues', ({ input }) => queues.listQueues(registry, input)],
      ['GetQueueAttributes', ({ input }) => queues.getQueueAttributes(this.#find(input), input)],
      ['SetQueueAttributes', ({ input }) => queues.setQueueAttributes(registry, this.#find(input), input)],
      [
        'ListDeadLetterSourceQueues',
        ({ input }) => queues.listDeadLetterSourceQueues(registry, this.#find(input), input),
      ],
      ['StartMessageMoveTask', ({ input }) => queues.startMessageMoveTask(registry, input)],
      ['CancelMessageMoveTask', ({ input }) => queues.cancelMessageMoveTask(registry, input)],
      ['ListMessageMoveTasks', ({ input }) => queues.listMessageMoveTasks(registry, input)],
      ['TagQueue', ({ input }) => queues.tagQueue(this.#find(input), input)],
      ['UntagQueue', ({ input }) => queues.untagQueue(this.#find(input), input)],
      ['ListQueueTags', ({ input }) => queues.listQueueTags(this.#find(input))],
    ];
  }

  #find(input: Input): RegisteredQueue {
    return this.#registry.byUrl(requiredText(input, 'QueueUrl'));
  }
}
