import { type Answer, type Relay, startRelay } from '../../support/relay.ts';

type Received = { readonly Messages?: readonly { readonly MessageId: string; readonly ReceiptHandle: string }[] };
type DeleteBatch = { readonly Entries: readonly { readonly Id: string; readonly ReceiptHandle: string }[] };
type DeleteAnswer = { readonly Successful?: readonly { readonly Id: string }[] };

/** A proxy between workers and their queue that knows which messages a delete is about. */
export class QueueWatch {
  /** Called with the ids of messages before their delete reaches the queue. */
  deleting: (messageIds: readonly string[]) => void = () => {};
  /** Called with their ids when the queue has deleted them. */
  deleted: (messageIds: readonly string[]) => void = () => {};
  readonly #ids = new Map<string, string>();
  #relay!: Relay;

  private constructor() {}

  static async start(server: string): Promise<QueueWatch> {
    const watch = new QueueWatch();
    watch.#relay = await startRelay(server, (target, body, send) => watch.#handle(target, body, send));
    return watch;
  }

  get endpoint(): string {
    return this.#relay.endpoint;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#relay.close();
  }

  async #handle(target: string, body: string, send: (body: string) => Promise<Answer>): Promise<Answer> {
    if (target === 'AmazonSQS.ReceiveMessage') return this.#receive(await send(body));
    if (target !== 'AmazonSQS.DeleteMessageBatch') return send(body);
    const { Entries: entries }: DeleteBatch = JSON.parse(body);
    const ids = new Map(entries.map(({ Id, ReceiptHandle }) => [Id, this.#ids.get(ReceiptHandle) ?? 'unknown']));
    this.deleting([...ids.values()]);
    const answer = await send(body);
    const { Successful: successful = [] }: DeleteAnswer = JSON.parse(answer.body);
    this.deleted(successful.map(({ Id }) => ids.get(Id) ?? 'unknown'));
    return answer;
  }

  #receive(answer: Answer): Answer {
    const { Messages: messages = [] }: Received = JSON.parse(answer.body);
    for (const { MessageId, ReceiptHandle } of messages) this.#ids.set(ReceiptHandle, MessageId);
    return answer;
  }
}
