import { type Clock, sleep } from '../api/clock.ts';
import type { Random } from '../api/random.ts';
import type { QueueConnection } from '../aws/clients.ts';
import { describeAwsFailure } from '../aws/explain.ts';
import { backoffMs } from './backoff.ts';
import type { WorkerLog } from './log.ts';

/** Fewer receives than this before SQS's own redrive, and workers that die take messages with them. */
const fewestReceives = 3;

/** Whether the queue has answered once: only then is the worker ready. */
export class QueueSight {
  readonly #queue: Pick<QueueConnection, 'attributes'>;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #log: WorkerLog;
  #seen = false;

  constructor(queue: Pick<QueueConnection, 'attributes'>, clock: Clock, random: Random, log: WorkerLog) {
    this.#queue = queue;
    this.#clock = clock;
    this.#random = random;
    this.#log = log;
  }

  get seen(): boolean {
    return this.#seen;
  }

  /** Looks at the queue until it answers. @param signal aborts that. */
  async look(signal: AbortSignal): Promise<void> {
    for (let failures = 1; !this.#seen && !signal.aborted; failures++) {
      try {
        const { redrivePolicy } = await this.#queue.attributes(signal);
        if (redrivePolicy !== null) this.#judge(redrivePolicy.maxReceiveCount);
        this.#seen = true;
      } catch (error) {
        const fields = { error: describeAwsFailure(error).sentence };
        this.#log.limited('error', 'queue', 'the queue cannot be seen', fields);
        const delayMs = 1000 + backoffMs(failures, { initialMs: 1000, maxMs: 30_000 }, this.#random);
        await sleep(this.#clock, delayMs, signal);
      }
    }
  }

  #judge(maxReceiveCount: number): void {
    if (maxReceiveCount >= fewestReceives) return;
    this.#log.warn(
      `the queue moves messages to its dead-letter queue after too few receives: a worker that dies takes messages with it; set maxReceiveCount to ${fewestReceives} or more`,
      { maxReceiveCount },
    );
  }
}
