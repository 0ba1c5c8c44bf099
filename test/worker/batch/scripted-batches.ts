import type { Clock } from '../../../api/clock.ts';
import type { Message } from '../../../worker/message.ts';
import type { BatchRecipient, BatchRequest, BatchResult } from '../../../worker/recipient.ts';

/** What a scripted recipient does with one batch; `failed` are the bodies that its answer names. */
export type BatchScript = { readonly latencyMs: number; readonly status?: number; readonly failed?: readonly string[] };

export type SeenBatch = {
  readonly messages: readonly Message[];
  readonly bodies: readonly string[];
  readonly attempts: readonly number[];
  readonly atMs: number;
};

/** A recipient of batches that answers as a function says, in virtual time, and remembers every request. */
export class ScriptedBatches implements BatchRecipient {
  readonly requests: SeenBatch[] = [];
  /** The bodies of accepted messages, in the order of their acceptance. */
  readonly accepted: string[] = [];
  isReady: BatchRecipient['isReady'] = () => true;
  answer: (bodies: readonly string[]) => BatchScript = () => ({ latencyMs: 20 });
  /** Called with the messages of each request, and again when it has ended. */
  watch: (messages: readonly Message[], isOpen: boolean) => void = () => {};
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  begin(): BatchRequest {
    const messages: Message[] = [];
    const attempts: number[] = [];
    return {
      add: (message, attempt) => {
        messages.push(message);
        attempts.push(attempt);
        return true;
      },
      post: (ended) => this.#post(messages, attempts, ended),
    };
  }

  #post(messages: readonly Message[], attempts: readonly number[], ended: (result: BatchResult) => void): void {
    const bodies = messages.map(({ body }) => body);
    this.requests.push({ messages, bodies, attempts, atMs: this.#clock.monotonic() });
    this.watch(messages, true);
    const { latencyMs, status = 200, failed = [] } = this.answer(bodies);
    this.#clock.setTimeout(() => {
      if (status < 300) this.accepted.push(...bodies.filter((body) => !failed.includes(body)));
      this.watch(messages, false);
      const ids = messages.filter(({ body }) => failed.includes(body)).map(({ id }) => id);
      ended({ attempt: { status, headers: {}, durationMs: latencyMs }, failed: new Set(ids) });
    }, latencyMs);
  }
}
