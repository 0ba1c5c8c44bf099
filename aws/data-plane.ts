import { Pool } from 'undici';
import type { Clock } from '../api/clock.ts';
import { parseObject } from '../api/json.ts';
import { invalidAnswer } from './answers.ts';
import { AwsError, type AwsSubject, normalizeErrorCode } from './errors.ts';
import { type HttpAnswer, post } from './http-post.ts';
import { type Credentials, Signer } from './sigv4.ts';

export type DataPlaneOptions = {
  /** The service's signing name. */
  readonly service: 'sqs' | 'firehose';
  readonly region: string;
  /** `https://sqs.eu-west-1.amazonaws.com`: scheme, host and port, no path. */
  readonly endpoint: string;
  /** `1.0` for SQS, `1.1` for Firehose. */
  readonly jsonVersion: '1.0' | '1.1';
  /** Asked before each call; memoised by the AWS SDK, which renews what is about to expire. */
  readonly credentials: () => Promise<Credentials>;
  readonly clock: Clock;
  /** Named in the errors that calls throw. */
  readonly subject: AwsSubject;
  /** An answer with more bytes than this is a failure of the network; no limit when absent. */
  readonly maxAnswerBytes?: number;
};

export type CallOptions<T> = {
  /** From the start of the call to the last byte of the answer. */
  readonly timeoutMs: number;
  readonly read: (body: Buffer) => T;
};

/** AWS accepts a signature for five minutes; a clock that is off by less is not why it was refused. */
const skewThresholdMs = 4 * 60_000;
const connectTimeoutMs = 5_000;

/** The refusals that a wrong clock can explain. */
const skewCodes = new Set([
  'RequestTimeTooSkewed',
  'RequestExpired',
  'RequestInTheFuture',
  'SignatureDoesNotMatch',
  'InvalidSignatureException',
]);

/**
 * Signed calls of the AWS JSON protocols over pooled connections: what the AWS SDK does, at a fraction of its price (see
 * bench/data-plane.ts). Retries nothing, with one exception: a call refused because this machine's clock is wrong is signed
 * once more with the service's time.
 */
export class DataPlane {
  readonly endpoint: string;
  readonly #pool: Pool;
  readonly #signer: Signer;
  readonly #credentials: () => Promise<Credentials>;
  readonly #clock: Clock;
  readonly #subject: AwsSubject;
  /** The service's time less ours, in milliseconds. */
  #clockOffset = 0;

  /** @throws AwsError `Endpoint` when `options.endpoint` is not an HTTP origin. */
  constructor(options: DataPlaneOptions) {
    const url = parseEndpoint(options.endpoint, options.subject);
    this.endpoint = url.origin;
    this.#signer = new Signer({
      region: options.region,
      service: options.service,
      host: url.host,
      contentType: `application/x-amz-json-${options.jsonVersion}`,
      queryMode: options.service === 'sqs',
    });
    this.#credentials = options.credentials;
    this.#clock = options.clock;
    this.#subject = options.subject;
    // One request at a time on a connection: an answer that hangs must not hold up the requests behind it.
    this.#pool = new Pool(url.origin, {
      ...{ pipelining: 1, allowH2: false, connectTimeout: connectTimeoutMs },
      ...(options.maxAnswerBytes !== undefined && { maxResponseSize: options.maxAnswerBytes }),
    });
  }

  /**
   * One call; resolves to what `read` makes of a successful answer.
   * @param target operation with its service's prefix: `AmazonSQS.ReceiveMessage`.
   * @param body JSON.
   * @throws AwsError for everything that is not a 2xx answer, and what `read` throws.
   */
  async call<T>(target: string, body: string, options: CallOptions<T>, signal?: AbortSignal): Promise<T> {
    let credentials: Credentials | undefined;
    try {
      credentials = await this.#resolveCredentials();
      // Encoded once: to hash and to send.
      return options.read(await this.#call(target, Buffer.from(body), credentials, options.timeoutMs, signal));
    } catch (error) {
      // Of what is secret in credentials the session's token alone is sent, so it alone can come back.
      throw error instanceof AwsError ? error.about(this.#subject, [credentials?.sessionToken]) : error;
    }
  }

  /** Lets open calls finish, then closes the connections. */
  close(): Promise<void> {
    return this.#pool.close();
  }

  async #call(
    target: string,
    body: Buffer,
    credentials: Credentials,
    timeoutMs: number,
    signal: AbortSignal | undefined,
  ): Promise<Buffer> {
    const signedAt = this.#clock.now() + this.#clockOffset;
    const first = await this.#send(target, body, credentials, signedAt, timeoutMs, signal);
    if (isSuccess(first)) return first.body;
    const error = readError(first);
    const offset = this.#observedOffset(first, error, signedAt);
    if (offset === undefined) throw error;
    this.#clockOffset = offset;
    const second = await this.#send(target, body, credentials, this.#clock.now() + offset, timeoutMs, signal);
    if (isSuccess(second)) return second.body;
    throw readError(second);
  }

  #send(
    target: string,
    body: Buffer,
    credentials: Credentials,
    time: number,
    timeoutMs: number,
    signal: AbortSignal | undefined,
  ): Promise<HttpAnswer> {
    const headers = this.#signer.sign(target, body, credentials, time);
    return post(this.#pool, this.endpoint, this.#clock, { headers, body, timeoutMs }, signal);
  }

  async #resolveCredentials(): Promise<Credentials> {
    try {
      return await this.#credentials();
    } catch (error) {
      throw new AwsError('Credentials', error instanceof Error ? error.message : String(error), { cause: error });
    }
  }

  /** The service's time less ours, where that explains the refusal. */
  #observedOffset(answer: HttpAnswer, error: AwsError, signedAt: number): number | undefined {
    if (!skewCodes.has(error.code)) return undefined;
    const serviceTime = Date.parse(answer.headers.date ?? '');
    if (!(Math.abs(serviceTime - signedAt) >= skewThresholdMs)) return undefined;
    return serviceTime - this.#clock.now();
  }
}

function parseEndpoint(endpoint: string, subject: AwsSubject): URL {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url !== undefined && (url.username !== '' || url.password !== '')) {
    // It comes from a variable, where no rule of the resource has looked at it, and errors end up in logs and statuses.
    throw new AwsError('Endpoint', 'it holds a user name or a password, and AWS is called with keys', {
      subject: { ...subject, endpoint: url.origin },
    });
  }
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.pathname !== '/' || url.search !== '') {
    throw new AwsError('Endpoint', 'it must be http(s)://host[:port] without a path', {
      subject: { ...subject, endpoint },
    });
  }
  return url;
}

function isSuccess(answer: HttpAnswer): boolean {
  return answer.status >= 200 && answer.status < 300;
}

/**
 * An error answer. SQS in query mode names the error in a header, `AWS.SimpleQueueService.NonExistentQueue;Sender`; other
 * services in the body's `__type` or `code`, or in `x-amzn-errortype`. The order is the AWS SDK's.
 */
function readError({ status, headers, body }: HttpAnswer): AwsError {
  const value = parseObject(body.toString());
  const names = [headers['x-amzn-query-error'], value?.__type, value?.code, headers['x-amzn-errortype']];
  const name = names.find((candidate) => typeof candidate === 'string' && candidate !== '');
  if (typeof name !== 'string') {
    return invalidAnswer(`has HTTP status ${status} and names no error`, body, status);
  }
  const message = value?.message ?? value?.Message;
  const code = normalizeErrorCode(name);
  return new AwsError(code, typeof message === 'string' && message !== '' ? message : code, { status });
}
