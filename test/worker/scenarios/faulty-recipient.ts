import type { Clock } from '../../../api/clock.ts';
import type { Random } from '../../../api/random.ts';
import type { Message } from '../../../worker/message.ts';
import type { Attempt, BatchRecipient, BatchRequest, BatchResult, Recipient } from '../../../worker/recipient.ts';
import type { Ledger } from './ledger.ts';
import type { Life } from './life.ts';
import { isDown } from './outage.ts';
import type { Scenario } from './scenario.ts';

export type FaultyRecipientOptions = {
  readonly scenario: Scenario;
  readonly life: Life;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly random: Random;
  /** The number of a message by its body. */
  readonly numberOf: (body: string) => number;
  /** The most requests that may be open now. */
  readonly slots: () => number;
  /** Whether the worker's breaker is open. */
  readonly isOpen: () => boolean;
  /** Called when the worker has taken in an answer. */
  readonly answered: () => void;
};

/** What the recipient does with a request, and what the worker hears of it. */
type Answer = { readonly accepts: boolean; readonly status?: number; readonly lost?: 'Reset' | 'Timeout' };

/** A recipient that refuses, throttles, breaks off and is down as the scenario says; it goes on when the worker is dead. */
export class FaultyRecipient implements Recipient, BatchRecipient {
  readonly #options: FaultyRecipientOptions;
  #open = 0;
  #probes = 0;

  constructor(options: FaultyRecipientOptions) {
    this.#options = options;
  }

  isReady(): boolean {
    return true;
  }

  post(message: Message, ended: (attempt: Attempt) => void): void {
    this.#send([message], ({ attempt }) => ended(attempt));
  }

  begin(): BatchRequest {
    const messages: Message[] = [];
    return {
      add: (message) => {
        messages.push(message);
        return true;
      },
      post: (ended) => this.#send(messages, ended),
    };
  }

  resize(): void {}

  async close(): Promise<void> {}

  #send(messages: readonly Message[], ended: (result: BatchResult) => void): void {
    const { life, ledger, clock, random, slots, numberOf, isOpen, answered } = this.#options;
    if (!life.step()) return;
    const { worker } = life;
    ledger.posted(
      worker,
      messages.map(({ body, receiptHandle }) => ({ n: numberOf(body), receipt: receiptHandle })),
      clock.monotonic(),
    );
    if (++this.#open > slots()) ledger.violated(`worker ${worker} has ${this.#open} requests open`);
    const probe = isOpen() ? 1 : 0;
    this.#probes += probe;
    if (this.#probes > 1) ledger.violated(`worker ${worker} probes with ${this.#probes} requests at a time`);
    const startMs = clock.monotonic();
    const durationMs = this.#options.scenario.recipient.latencyMs * random();
    clock.setTimeout(() => {
      this.#open--;
      this.#probes -= probe;
      const answer = this.#draw();
      const failed = answer.accepts ? this.#failedItems(messages) : [];
      const accepted = answer.accepts ? this.#accepted(messages, failed) : [];
      for (const { body } of accepted) ledger.accept(numberOf(body));
      life.whenRunning(() => {
        if (!life.step()) return;
        if (answer.lost === undefined)
          for (const { body, receiptHandle } of accepted) ledger.acknowledge(worker, numberOf(body), receiptHandle);
        ended(this.#result(answer, failed, clock.monotonic() - startMs));
        answered();
      });
    }, durationMs);
  }

  /** Where order counts, a recipient stops at the first message that it cannot take. */
  #accepted(messages: readonly Message[], failed: readonly Message[]): readonly Message[] {
    const [first] = failed;
    if (this.#isOrdered && first !== undefined) return messages.slice(0, messages.indexOf(first));
    return messages.filter((message) => !failed.includes(message));
  }

  #result({ status = 200, lost }: Answer, failed: readonly Message[], durationMs: number): BatchResult {
    if (lost !== undefined)
      return { attempt: { error: lost, detail: 'injected', durationMs }, failed: new Set<string>() };
    // It names no more than the one at which it stopped: what is behind that goes without saying.
    const named = this.#isOrdered ? failed.slice(0, 1) : failed;
    return { attempt: { status, headers: {}, durationMs }, failed: new Set(named.map(({ id }) => id)) };
  }

  get #isOrdered(): boolean {
    return this.#options.scenario.queue === 'Fifo';
  }

  /** A message that has come again may be in a batch twice: its id stands for both. */
  #failedItems(messages: readonly Message[]): readonly Message[] {
    const { itemFailures = 0 } = this.#options.scenario.batch ?? {};
    const ids = new Set(messages.filter(() => this.#chance(itemFailures)).map(({ id }) => id));
    return messages.filter(({ id }) => ids.has(id));
  }

  #draw(): Answer {
    const { scenario, clock } = this.#options;
    const { refusals, finals, throttled, lost, gone, outage } = scenario.recipient;
    if (isDown(outage, clock.monotonic())) return { accepts: false, status: 503 };
    if (this.#chance(finals)) return { accepts: false, status: 422 };
    if (this.#chance(gone)) return { accepts: false, status: 410 };
    if (this.#chance(throttled)) return { accepts: false, status: 429 };
    if (this.#chance(lost)) return { accepts: this.#chance(0.5), lost: this.#chance(0.5) ? 'Reset' : 'Timeout' };
    if (this.#chance(refusals)) return { accepts: false, status: this.#chance(0.5) ? 503 : 409 };
    return { accepts: true };
  }

  #chance(probability: number): boolean {
    return probability > 0 && this.#options.random() < probability;
  }
}
