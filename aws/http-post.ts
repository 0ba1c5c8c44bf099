import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import type { Clock, Timer } from '../api/clock.ts';
import { AwsError, unreachableMessage } from './errors.ts';

/** A whole HTTP answer. */
export type HttpAnswer = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
};

export type HttpPost = {
  /** A flat list of names and values. */
  readonly headers: string[];
  readonly body: Buffer;
  /** From this moment to the last byte of the answer; waiting for a connection included. */
  readonly timeoutMs: number;
};

/**
 * Sends one `POST /` and collects the answer. One deadline covers all of it, so undici's own timers, which each cover a
 * part and begin anew with every chunk, can be off.
 * @param endpoint the address, for the sentences of errors.
 * @throws AwsError `Timeout`, `Network` or `Aborted`.
 */
export function post(
  dispatcher: Dispatcher,
  endpoint: string,
  clock: Clock,
  request: HttpPost,
  signal?: AbortSignal,
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(abortedError(endpoint, signal));
      return;
    }
    const { headers, body } = request;
    const handler = new AnswerCollector(endpoint, clock, request.timeoutMs, signal, resolve, reject);
    dispatcher.dispatch({ path: '/', method: 'POST', headers, body, headersTimeout: 0, bodyTimeout: 0 }, handler);
  });
}

/** Settles exactly once: by the answer's end, by an error, by the deadline or by the signal. */
class AnswerCollector implements Dispatcher.DispatchHandler {
  readonly #endpoint: string;
  readonly #signal: AbortSignal | undefined;
  readonly #resolve: (answer: HttpAnswer) => void;
  readonly #reject: (error: AwsError) => void;
  readonly #deadline: Timer;
  readonly #onAbort: (() => void) | undefined;
  readonly #chunks: Buffer[] = [];
  #controller: Dispatcher.DispatchController | undefined;
  #failure: AwsError | undefined;
  #status = 0;
  #headers: IncomingHttpHeaders = {};

  constructor(
    endpoint: string,
    clock: Clock,
    timeoutMs: number,
    signal: AbortSignal | undefined,
    resolve: (answer: HttpAnswer) => void,
    reject: (error: AwsError) => void,
  ) {
    this.#endpoint = endpoint;
    this.#signal = signal;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#deadline = clock.setTimeout(() => this.#fail(deadlineError(endpoint, timeoutMs)), timeoutMs);
    if (signal !== undefined) {
      this.#onAbort = () => this.#fail(abortedError(endpoint, signal));
      signal.addEventListener('abort', this.#onAbort);
    }
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // The call failed while it waited for a connection: nothing of it may be sent now.
    if (this.#failure !== undefined) controller.abort(this.#failure);
    else this.#controller = controller;
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (status < 200) return;
    this.#status = status;
    this.#headers = headers;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    this.#release();
    const [first] = this.#chunks;
    const body = first !== undefined && this.#chunks.length === 1 ? first : Buffer.concat(this.#chunks);
    this.#resolve({ status: this.#status, headers: this.#headers, body });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#failure === undefined) this.#fail(transportError(this.#endpoint, error));
  }

  #fail(failure: AwsError): void {
    this.#failure = failure;
    this.#release();
    this.#reject(failure);
    this.#controller?.abort(failure);
  }

  #release(): void {
    this.#deadline.cancel();
    if (this.#onAbort !== undefined) this.#signal?.removeEventListener('abort', this.#onAbort);
  }
}

function deadlineError(endpoint: string, timeoutMs: number): AwsError {
  return new AwsError('Timeout', `${endpoint} gave no complete answer within ${timeoutMs / 1000} s`);
}

function abortedError(endpoint: string, signal: AbortSignal): AwsError {
  return new AwsError('Aborted', `the call to ${endpoint} was aborted`, { cause: signal.reason });
}

/** Undici's and Node's errors: a `code` names them (`ECONNREFUSED`, `UND_ERR_SOCKET`), the message of some is empty. */
function transportError(endpoint: string, error: Error): AwsError {
  const code = errorCode(error);
  if (code === 'UND_ERR_CONNECT_TIMEOUT') {
    return new AwsError('Timeout', `no connection to ${endpoint} in time`, { cause: error });
  }
  return new AwsError('Network', unreachableMessage(endpoint, code, error.message), { cause: error });
}

function errorCode(error: Error): string | undefined {
  if ('code' in error && typeof error.code === 'string') return error.code;
  if (error instanceof AggregateError && error.errors[0] instanceof Error) return errorCode(error.errors[0]);
  return undefined;
}
