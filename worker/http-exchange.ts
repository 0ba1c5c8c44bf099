import type { Dispatcher } from 'undici';
import type { Clock, Timer } from '../api/clock.ts';
import { type AttemptFailure, attemptFailure } from './attempt-error.ts';
import type { Attempt, ResponseHeaders } from './recipient.ts';

/** Why an attempt is abandoned that lasts longer than the recipient's `timeoutSeconds`. */
class DeadlineExceeded extends Error {}

/** The body of an answer, up to so many bytes of it. */
export class Answer {
  readonly #maxBytes: number;
  readonly #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  add(chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes <= this.#maxBytes) this.#chunks.push(chunk);
  }

  /** Undefined when it was longer. */
  get text(): string | undefined {
    return this.#bytes > this.#maxBytes ? undefined : Buffer.concat(this.#chunks).toString();
  }
}

/**
 * The requests that have started, and their deadlines: kept by one sweep over all of them, since a timer or a signal for
 * each would cost a third of the POST.
 */
export class OpenExchanges {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  /** The oldest first, which is also the order of their deadlines. */
  readonly #exchanges = new Set<Exchange>();
  #sweep: Timer | undefined;

  constructor(clock: Clock, timeoutMs: number) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
  }

  add(exchange: Exchange): void {
    this.#exchanges.add(exchange);
    this.#armSweep();
  }

  delete(exchange: Exchange): void {
    this.#exchanges.delete(exchange);
  }

  close(): void {
    this.#sweep?.cancel();
  }

  readonly #abandonLate = () => {
    const nowMs = this.#clock.monotonic();
    this.#sweep = undefined;
    for (const exchange of this.#exchanges) {
      if (nowMs - exchange.startedMs < this.#timeoutMs) {
        this.#armSweep();
        return;
      }
      exchange.abandon(new DeadlineExceeded(`no complete response within ${this.#timeoutMs / 1000} s`));
    }
  };

  #armSweep(): void {
    this.#sweep ??= this.#clock.setTimeout(this.#abandonLate, Math.min(1000, this.#timeoutMs / 4));
  }
}

/** One request and its response, as undici tells of it. */
export class Exchange implements Dispatcher.DispatchHandler {
  startedMs: number;
  readonly #clock: Clock;
  readonly #open: OpenExchanges;
  readonly #ended: (attempt: Attempt) => void;
  readonly #answer: Answer | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #status = 0;
  #headers: ResponseHeaders = {};

  /** @param answer takes the body of the answer; undefined: it is dropped. */
  constructor(clock: Clock, open: OpenExchanges, ended: (attempt: Attempt) => void, answer?: Answer) {
    this.#clock = clock;
    this.#open = open;
    this.#ended = ended;
    this.#answer = answer;
    this.startedMs = clock.monotonic();
  }

  abandon(reason: Error): void {
    this.#controller?.abort(reason);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    this.startedMs = this.#clock.monotonic();
    this.#open.add(this);
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: ResponseHeaders): void {
    this.#status = status;
    this.#headers = headers;
  }

  /** The body is read to its end, so that the connection can be used again. */
  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#answer?.add(chunk);
  }

  onResponseEnd(): void {
    this.#end({ status: this.#status, headers: this.#headers, durationMs: this.#durationMs });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    const failure = error instanceof DeadlineExceeded ? timedOut(error) : attemptFailure(error);
    const attempt = { ...failure, durationMs: this.#durationMs };
    // What undici refuses to send at all it refuses on the spot, but `ended` is for later.
    if (this.#controller === undefined) queueMicrotask(() => this.#end(attempt));
    else this.#end(attempt);
  }

  #end(attempt: Attempt): void {
    this.#open.delete(this);
    try {
      this.#ended(attempt);
    } catch (defect) {
      // Undici would take it for a failure of the request, and end that a second time.
      queueMicrotask(() => {
        throw defect;
      });
    }
  }

  get #durationMs(): number {
    return this.#clock.monotonic() - this.startedMs;
  }
}

function timedOut({ message }: DeadlineExceeded): AttemptFailure {
  return { error: 'Timeout', detail: message };
}
