import { join } from 'node:path';
import type { QueueCounters, QueueSettings } from '../canned-sqs.ts';
import { Child } from '../child.ts';
import type { SinkCounters, SinkSettings } from '../sink-recipient.ts';

/** The servers that all contenders talk to: a stub of SQS and Firehose, and a recipient, each a process on the other core. */
export class Servers {
  readonly awsEndpoint: string;
  readonly recipientUrl: string;
  readonly #sqs: Child;
  readonly #sink: Child;

  private constructor(sqs: Child, sink: Child, sqsPort: number, sinkPort: number) {
    this.#sqs = sqs;
    this.#sink = sink;
    this.awsEndpoint = `http://127.0.0.1:${sqsPort}`;
    this.recipientUrl = `http://127.0.0.1:${sinkPort}/`;
  }

  static async start(): Promise<Servers> {
    const start = (script: string) => new Child(join(import.meta.dirname, '..', script), 'servers');
    const [sqs, sink] = [start('canned-sqs.ts'), start('sink-recipient.ts')];
    return new Servers(sqs, sink, await sqs.call<number>('port'), await sink.call<number>('port'));
  }

  /** Makes a queue, closed: it seems empty. @returns its URL. */
  async createQueue(settings: QueueSettings): Promise<string> {
    await this.#sqs.call('create', settings);
    return `${this.awsEndpoint}/000000000000/${settings.name}`;
  }

  async open(queue: string): Promise<void> {
    await this.#sqs.call('open', queue);
  }

  /** Closes a queue and waits until what it has handed out is deleted. */
  async close(queue: string): Promise<void> {
    await this.#sqs.call('close', queue);
    const end = performance.now() + 20_000;
    for (;;) {
      const { messages, deleted } = await this.counters(queue);
      if (messages === deleted) return;
      if (performance.now() > end) throw new Error(`${queue}: ${messages - deleted} messages are not deleted`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  counters(queue: string): Promise<QueueCounters> {
    return this.#sqs.call('counters', queue);
  }

  /** Makes the recipient take its time at a path. @returns the URL. */
  async slowRecipient(settings: SinkSettings): Promise<string> {
    await this.#sink.call('slow', settings);
    return new URL(settings.path, this.recipientUrl).href;
  }

  sinkCounters(path: string): Promise<SinkCounters> {
    return this.#sink.call('counters', path);
  }

  async end(): Promise<void> {
    await Promise.all([this.#sqs.end(), this.#sink.end()]);
  }
}
