import { Answer } from './http-exchange.ts';
import type { Message } from './message.ts';
import type { Attempt, BatchRequest, BatchResult } from './recipient.ts';
import { readBatchAnswer } from './wire/batch-answer.ts';
import type { BatchEncoder } from './wire/batch-encoder.ts';
import type { WireRequest } from './wire/encoder.ts';

/** An answer names failed messages by their ids, and has a few words besides. */
const maxAnswerBytes = 1_048_576;
const none: ReadonlySet<string> = new Set();

/** Sends a request, which may have to be made anew; `answer` takes the body of what comes back. */
export type Send = (encode: () => WireRequest, ended: (attempt: Attempt) => void, answer?: Answer) => void;

/** A request with several messages over HTTP. */
export class HttpBatch implements BatchRequest {
  readonly #encoder: BatchEncoder;
  readonly #body: ReturnType<BatchEncoder['begin']>;
  readonly #send: Send;

  constructor(encoder: BatchEncoder, send: Send) {
    this.#encoder = encoder;
    this.#body = encoder.begin();
    this.#send = send;
  }

  add(message: Message, attempt: number): boolean {
    return this.#body.add(message, attempt);
  }

  post(ended: (result: BatchResult) => void): void {
    const answer = this.#encoder.partialFailures ? new Answer(maxAnswerBytes) : undefined;
    const encode = () => this.#encoder.finish(this.#body);
    this.#send(encode, (attempt) => ended(this.#read(attempt, answer)), answer);
  }

  #read(attempt: Attempt, answer: Answer | undefined): BatchResult {
    const isAccepted = attempt.error === undefined && attempt.status >= 200 && attempt.status < 300;
    if (answer === undefined || !isAccepted) return { attempt, failed: none };
    const { text } = answer;
    const read =
      text === undefined
        ? { invalid: `the answer to the batch has more than ${maxAnswerBytes} bytes` }
        : readBatchAnswer(text, this.#body.ids);
    if ('failed' in read) return { attempt, failed: read.failed };
    const { durationMs } = attempt;
    return { attempt: { error: 'InvalidAnswer', detail: read.invalid, durationMs }, failed: none };
  }
}
