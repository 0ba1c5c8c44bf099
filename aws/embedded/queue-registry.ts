import { invalidParameter, ServiceError } from './errors.ts';
import { MoveTasks } from './move-tasks.ts';
import { Queue, type QueueContext } from './queue.ts';
import { defaultAttributes, type QueueAttributes, settingsOf, withAttributes } from './queue-attributes.ts';

/** A queue of a deleted queue's name can be made again after 60 seconds; the same goes for one purge after another. */
const cooldownMs = 60_000;

/** Where a registry's queues are said to be. */
export type Account = {
  /** What queue URLs begin with: `http://127.0.0.1:9324`. */
  readonly endpoint: string;
  readonly region: string;
  readonly accountId: string;
};

/** A queue and what is known of it beside its messages. Times are wall-clock milliseconds. */
export type RegisteredQueue = {
  readonly queue: Queue;
  readonly tags: Map<string, string>;
  readonly createdAt: number;
  modifiedAt: number;
  /** In the clock's monotonic time; undefined where it never was. */
  purgedAt: number | undefined;
};

/** The queues of one account, by name, URL and ARN. */
export class QueueRegistry {
  readonly account: Account;
  readonly moveTasks: MoveTasks;
  readonly #context: QueueContext;
  readonly #queues = new Map<string, RegisteredQueue>();
  readonly #deletedAt = new Map<string, number>();

  constructor(account: Account, options: Omit<QueueContext, 'findQueue'>) {
    this.account = account;
    this.#context = { ...options, findQueue: (arn) => this.findByArn(arn) };
    this.moveTasks = new MoveTasks(options.clock, options.random, (arn) => this.findByArn(arn));
  }

  /** All queues, by name. */
  get all(): readonly RegisteredQueue[] {
    return [...this.#queues.values()].sort((a, b) => (a.queue.identity.name < b.queue.identity.name ? -1 : 1));
  }

  /**
   * Makes a queue, or finds the one that has this name and these attributes.
   * @throws ServiceError `QueueNameExists` when its attributes differ, `QueueDeletedRecently`, `InvalidParameterValue`
   */
  create(name: string, wanted: QueueAttributes): RegisteredQueue {
    const fifo = wanted.FifoQueue === 'true';
    checkName(name, fifo);
    const present = this.#queues.get(name);
    if (present !== undefined) return unlessDifferent(present, wanted);
    const { clock } = this.#context;
    const deletedAt = this.#deletedAt.get(name);
    if (deletedAt !== undefined && clock.monotonic() - deletedAt < cooldownMs) {
      const message =
        'You must wait 60 seconds after deleting a queue before you can create another with the same name.';
      throw new ServiceError('QueueDeletedRecently', message);
    }
    const { endpoint, accountId } = this.account;
    const identity = { name, arn: this.#arn(name), url: `${endpoint}/${accountId}/${name}` };
    const attributes = withAttributes(defaultAttributes(fifo), wanted, fifo);
    this.#checkRedrive(name, attributes);
    const queue = new Queue(identity, attributes, this.#context);
    const now = clock.now();
    const registered = { queue, tags: new Map(), createdAt: now, modifiedAt: now, purgedAt: undefined };
    this.#queues.set(name, registered);
    return registered;
  }

  setAttributes(registered: RegisteredQueue, wanted: QueueAttributes): void {
    const { queue } = registered;
    const attributes = withAttributes(queue.attributes, wanted, queue.settings.fifo);
    this.#checkRedrive(queue.identity.name, attributes);
    queue.attributes = attributes;
    registered.modifiedAt = this.#context.clock.now();
  }

  delete(registered: RegisteredQueue): void {
    const { name } = registered.queue.identity;
    this.#queues.delete(name);
    this.#deletedAt.set(name, this.#context.clock.monotonic());
    registered.queue.close(queueDoesNotExist());
  }

  /** @throws ServiceError `PurgeQueueInProgress` within a minute of the last purge */
  purge(registered: RegisteredQueue): void {
    const now = this.#context.clock.monotonic();
    if (registered.purgedAt !== undefined && now - registered.purgedAt < cooldownMs) {
      const { name } = registered.queue.identity;
      throw new ServiceError(
        'PurgeQueueInProgress',
        `Only one PurgeQueue operation on ${name} is allowed every 60 seconds.`,
      );
    }
    registered.purgedAt = now;
    registered.queue.purge();
  }

  /** @throws ServiceError `QueueDoesNotExist` */
  byName(name: string): RegisteredQueue {
    const registered = this.#queues.get(name);
    if (registered === undefined) throw queueDoesNotExist();
    return registered;
  }

  /** The queue of a URL: account and name count, the host does not. @throws ServiceError `QueueDoesNotExist` */
  byUrl(url: string): RegisteredQueue {
    const [name, accountId] = url.split('/').reverse();
    if (name === undefined || accountId !== this.account.accountId) throw queueDoesNotExist();
    return this.byName(name);
  }

  findByArn(arn: string): Queue | undefined {
    const name = arn.slice(arn.lastIndexOf(':') + 1);
    return arn === this.#arn(name) ? this.#queues.get(name)?.queue : undefined;
  }

  /** The queues whose dead letters go to the queue with this ARN. */
  deadLetterSources(arn: string): readonly Queue[] {
    const sends = ({ queue }: RegisteredQueue): boolean => queue.settings.redrive?.deadLetterTargetArn === arn;
    return this.all.filter(sends).map(({ queue }) => queue);
  }

  /** Ends every queue and every task: nothing waits any more. */
  close(): void {
    this.moveTasks.close();
    for (const { queue } of this.#queues.values()) {
      queue.close(new ServiceError('ServiceUnavailable', 'The embedded SQS is shutting down.', 503));
    }
  }

  #arn(name: string): string {
    return `arn:aws:sqs:${this.account.region}:${this.account.accountId}:${name}`;
  }

  #checkRedrive(name: string, attributes: QueueAttributes): void {
    const { fifo, redrive } = settingsOf(attributes);
    if (redrive === undefined) return;
    const refuse = (reason: string): ServiceError =>
      invalidParameter('RedrivePolicy', attributes.RedrivePolicy, reason);
    if (redrive.deadLetterTargetArn === this.#arn(name)) throw refuse('A queue cannot be its own dead letter target.');
    const target = this.findByArn(redrive.deadLetterTargetArn);
    if (target === undefined) throw refuse('Dead letter target does not exist.');
    if (target.settings.fifo !== fifo) throw refuse('Dead-letter queue must be same type of queue as the source.');
  }
}

function checkName(name: string, fifo: boolean): void {
  if (!/^[A-Za-z0-9_-]{1,80}$/.test(name.replace(/\.fifo$/, '_fifo'))) {
    throw invalidParameter(
      'QueueName',
      name,
      'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length.',
    );
  }
  if (name.endsWith('.fifo') !== fifo) {
    throw invalidParameter(
      'QueueName',
      name,
      'The name of a FIFO queue, and only that, ends in .fifo, and its attribute FifoQueue is true.',
    );
  }
}

function unlessDifferent(present: RegisteredQueue, wanted: QueueAttributes): RegisteredQueue {
  const { attributes, identity } = present.queue;
  const different = Object.keys(wanted).find((name) => attributes[name] !== wanted[name]);
  if (different === undefined) return present;
  throw new ServiceError(
    'QueueNameExists',
    `A queue ${identity.name} already exists with a different value for attribute ${different}.`,
  );
}

function queueDoesNotExist(): ServiceError {
  return new ServiceError('QueueDoesNotExist', 'The specified queue does not exist.');
}
