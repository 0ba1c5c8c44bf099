import type { Clock } from '../../../api/clock.ts';
import type { Random } from '../../../api/random.ts';
import { AwsError } from '../../../aws/errors.ts';
import type { BatchOutcome, QueuePort, ReceivedMessage, ReceiveRequest, SendPort } from '../../../aws/ports.ts';
import type { Ledger } from './ledger.ts';
import type { Life } from './life.ts';
import type { Scenario } from './scenario.ts';

const internalError = { code: 'InternalError', message: 'injected', senderFault: false };

export type FaultyQueueOptions = {
  readonly scenario: Scenario;
  readonly life: Life;
  readonly port: QueuePort;
  readonly deadLetters: SendPort;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly random: Random;
  /** The number of a message by its body. */
  readonly numberOf: (body: string) => number;
  /** Called when a receive begins, with the most that receives under way may bring, it included. */
  readonly receiving: (asked: number) => void;
};

/** A worker's way to its queue and to that for dead letters, with the faults of the scenario. */
export class FaultyQueue implements QueuePort, SendPort {
  readonly #options: FaultyQueueOptions;
  readonly #numbers = new Map<string, number>();
  #asked = 0;

  constructor(options: FaultyQueueOptions) {
    this.#options = options;
  }

  async receive(request: ReceiveRequest): Promise<readonly ReceivedMessage[]> {
    const { port, life, receiving, numberOf } = this.#options;
    this.#asked += request.maxMessages;
    if (life.alive) receiving(this.#asked);
    try {
      return await this.#call(async () => {
        const messages = await port.receive(request);
        for (const { receiptHandle, body } of messages) this.#numbers.set(receiptHandle, numberOf(body));
        await this.#handOutAgain(messages);
        return messages;
      });
    } finally {
      this.#asked -= request.maxMessages;
    }
  }

  deleteBatch(handles: readonly string[]): Promise<BatchOutcome> {
    const { port, ledger } = this.#options;
    return this.#inPart(handles, 0, (handle) => {
      ledger.deleted(this.#numbers.get(handle) ?? -1);
      return port.deleteBatch([handle]);
    });
  }

  changeVisibilityBatch(changes: Parameters<QueuePort['changeVisibilityBatch']>[0]): Promise<BatchOutcome> {
    const { port, scenario } = this.#options;
    return this.#inPart(changes, scenario.aws.lostBeats, (change) => port.changeVisibilityBatch([change]));
  }

  sendBatch(messages: Parameters<SendPort['sendBatch']>[0]): Promise<BatchOutcome> {
    const { deadLetters, ledger, numberOf } = this.#options;
    return this.#inPart(messages, 0, async (message) => {
      const outcome = await deadLetters.sendBatch([message]);
      if (outcome[0] === undefined) ledger.copied.add(numberOf(message.body));
      return outcome;
    });
  }

  #chance(probability: number): boolean {
    return probability > 0 && this.#options.random() < probability;
  }

  /** Some calls take time; some fail before they are done, and some after. */
  #call<Result>(call: () => Promise<Result>): Promise<Result> {
    const { life, clock, random, scenario } = this.#options;
    const { failures } = scenario.aws;
    return life.through(async () => {
      if (this.#chance(0.3)) await new Promise<void>((resolve) => clock.setTimeout(resolve, 50 * random()));
      if (this.#chance(failures)) throw new AwsError('Network', 'injected before the call');
      const result = await call();
      if (this.#chance(failures)) throw new AwsError('Timeout', 'injected after the call');
      return result;
    });
  }

  #inPart<Entry>(
    entries: readonly Entry[],
    furtherFailures: number,
    call: (entry: Entry) => Promise<BatchOutcome>,
  ): Promise<BatchOutcome> {
    const { failures } = this.#options.scenario.aws;
    return this.#call(() =>
      Promise.all(
        entries.map(async (entry) =>
          this.#chance(failures) || this.#chance(furtherFailures) ? internalError : (await call(entry))[0],
        ),
      ),
    );
  }

  async #handOutAgain(messages: readonly ReceivedMessage[]): Promise<void> {
    const { port, scenario } = this.#options;
    if (scenario.queue === 'Fifo') return;
    const again = messages.filter(() => this.#chance(scenario.aws.redeliveries));
    for (const { receiptHandle } of again)
      await port.changeVisibilityBatch([{ receiptHandle, visibilityTimeoutSeconds: 0 }]);
  }
}
