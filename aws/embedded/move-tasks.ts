import type { Clock, Timer } from '../../api/clock.ts';
import type { Random } from '../../api/random.ts';
import { ServiceError } from './errors.ts';
import { uuid } from './ids.ts';
import type { StoredMessage } from './message.ts';
import type { Queue } from './queue.ts';

/** "The maximum value for messages per second is 500", which is also what an unbounded task does here. */
const maxPerSecond = 500;
const tickMs = 100;

/** One StartMessageMoveTask and what has become of it. Times are wall-clock milliseconds. */
export type MoveTask = {
  readonly handle: string;
  readonly sourceArn: string;
  /** Undefined: each message goes back to where it came from. */
  readonly destinationArn: string | undefined;
  readonly messagesPerSecond: number | undefined;
  readonly startedAt: number;
  readonly toMove: number;
  status: 'RUNNING' | 'COMPLETED' | 'CANCELLED' | 'FAILED';
  moved: number;
  failureReason: string | undefined;
};

/** The tasks that move messages out of dead-letter queues. */
export class MoveTasks {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #findQueue: (arn: string) => Queue | undefined;
  readonly #tasks: MoveTask[] = [];
  readonly #running = new Map<MoveTask, Timer>();

  constructor(clock: Clock, random: Random, findQueue: (arn: string) => Queue | undefined) {
    this.#clock = clock;
    this.#random = random;
    this.#findQueue = findQueue;
  }

  /** Begins to move. @throws ServiceError `UnsupportedOperation` while another task moves out of the same queue */
  start(source: Queue, destinationArn: string | undefined, messagesPerSecond: number | undefined): MoveTask {
    const sourceArn = source.identity.arn;
    if (this.of(sourceArn).some((task) => task.status === 'RUNNING')) {
      throw new ServiceError(
        'UnsupportedOperation',
        'There is already a task running. Only one active task is allowed for a source queue at a given time.',
      );
    }
    const task: MoveTask = {
      handle: Buffer.from(`${uuid(this.#random)} ${sourceArn}`).toString('base64'),
      sourceArn,
      destinationArn,
      messagesPerSecond,
      startedAt: this.#clock.now(),
      toMove: source.counts.available,
      status: 'RUNNING',
      moved: 0,
      failureReason: undefined,
    };
    this.#tasks.unshift(task);
    this.#schedule(task, 1);
    return task;
  }

  /** Stops a running task. @throws ServiceError `ResourceNotFoundException` */
  cancel(handle: string): MoveTask {
    const task = this.#tasks.find((candidate) => candidate.handle === handle && candidate.status === 'RUNNING');
    if (task === undefined)
      throw new ServiceError('ResourceNotFoundException', 'Task does not exist or is not running.', 404);
    this.#end(task, 'CANCELLED');
    return task;
  }

  /** The tasks of a source queue, newest first. */
  of(sourceArn: string): readonly MoveTask[] {
    return this.#tasks.filter((task) => task.sourceArn === sourceArn);
  }

  close(): void {
    for (const task of [...this.#running.keys()]) this.#end(task, 'CANCELLED');
  }

  #schedule(task: MoveTask, n: number): void {
    const timer = this.#clock.setTimeout(() => this.#tick(task, n), tickMs);
    this.#running.set(task, timer);
  }

  /** Moves as many as the rate allows up to the nth tick. */
  #tick(task: MoveTask, n: number): void {
    const allowed = Math.floor(((task.messagesPerSecond ?? maxPerSecond) * n * tickMs) / 1000);
    const source = this.#findQueue(task.sourceArn);
    try {
      while (task.moved < allowed) {
        if (!source?.moveOne((message) => this.#destination(task, message))) {
          this.#end(task, 'COMPLETED');
          return;
        }
        task.moved++;
      }
      this.#schedule(task, n + 1);
    } catch (error) {
      task.failureReason = error instanceof ServiceError ? error.code : String(error);
      this.#end(task, 'FAILED');
    }
  }

  #destination(task: MoveTask, message: StoredMessage): Queue | undefined {
    const arn = task.destinationArn ?? message.deadLetterSourceArn;
    return arn === undefined ? undefined : this.#findQueue(arn);
  }

  #end(task: MoveTask, status: MoveTask['status']): void {
    this.#running.get(task)?.cancel();
    this.#running.delete(task);
    task.status = status;
  }
}
