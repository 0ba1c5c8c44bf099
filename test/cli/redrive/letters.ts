import type { DeadLetterEvidence } from '../../../api/dead-letter.ts';
import { inProcessQueue } from '../../../aws/embedded/in-process.ts';
import { EmbeddedSqs } from '../../../aws/embedded/sqs.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { seeded } from '../../worker/virtual-worker.ts';

/** The evidence of a message that was refused with 422, with these changes. */
export function evidence(changes: Partial<DeadLetterEvidence> = {}): DeadLetterEvidence {
  return {
    reason: 'Refused',
    decidedBy: 'default',
    status: 422,
    attempts: 1,
    receiveCount: 1,
    messageId: 'm1',
    queue: 'https://sqs.eu-west-1.amazonaws.com/123456789012/orders',
    recipient: 'http://orders/',
    worker: 'orders-0',
    sentTime: '2026-01-01T00:00:00.000Z',
    firstReceivedTime: '2026-01-01T00:00:00.010Z',
    deadLetteredTime: '2026-01-01T00:00:00.031Z',
    ...changes,
  };
}

/** A queue and its queue for dead letters, in virtual time. */
export class TwoQueues {
  readonly clock = new VirtualClock();
  readonly #sqs = new EmbeddedSqs({ clock: this.clock, random: seeded(1) });
  readonly #suffix: string;
  readonly fifo: boolean;
  readonly queueUrl: string;
  readonly deadLetterUrl: string;

  constructor(fifo = false) {
    this.fifo = fifo;
    this.#suffix = fifo ? '.fifo' : '';
    this.queueUrl = this.#create('orders');
    this.deadLetterUrl = this.#create('orders-dead');
  }

  get queue() {
    return inProcessQueue(this.#sqs, this.queueUrl);
  }

  get deadLetters() {
    return inProcessQueue(this.#sqs, this.deadLetterUrl);
  }

  /** Puts letters with the bodies `0`, `1`, ... into the queue for dead letters. */
  async write(letters: readonly (Partial<DeadLetterEvidence> | undefined)[]): Promise<void> {
    for (const [n, changes] of letters.entries()) {
      const courier = { dataType: 'String', stringValue: JSON.stringify(evidence(changes)) };
      await this.deadLetters.sendBatch([
        {
          body: String(n),
          attributes: { tenant: { dataType: 'String', stringValue: 'shop' }, ...(changes && { courier }) },
          ...(this.fifo && { groupId: `g${n % 3}`, deduplicationId: `d${n}` }),
        },
      ]);
    }
  }

  /** What is visible in a queue: bodies and attributes, each seen once and left there. */
  async visible(url: string): Promise<readonly { readonly body: string; readonly attributes: readonly string[] }[]> {
    const port = inProcessQueue(this.#sqs, url);
    const request = { maxMessages: 10, waitTimeSeconds: 0, visibilityTimeoutSeconds: 1 };
    const seen: { readonly body: string; readonly attributes: readonly string[] }[] = [];
    for (let some = await port.receive(request); some.length > 0; some = await port.receive(request)) {
      seen.push(...some.map(({ body, messageAttributes }) => ({ body, attributes: Object.keys(messageAttributes) })));
    }
    await this.clock.advance(1_001);
    return seen.toSorted((a, b) => Number(a.body) - Number(b.body));
  }

  #create(name: string): string {
    return this.#sqs.createQueue(`${name}${this.#suffix}`, this.fifo ? { FifoQueue: 'true' } : {});
  }
}
