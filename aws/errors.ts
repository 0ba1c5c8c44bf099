import { redacted } from '../api/redacted.ts';

/**
 * A call to AWS that failed as a whole. `code` is the service's name for it (`QueueDoesNotExist`, `AccessDenied`, ...) as
 * the AWS SDK would name the error, see {@link normalizeErrorCode}, or one of ours: {@link LocalErrorCode}.
 */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  readonly code: string;
  /** The HTTP status, or undefined where there was no answer. */
  readonly status: number | undefined;
  /** What the call was about, where who threw the error knew it. */
  readonly subject: AwsSubject | undefined;

  constructor(code: string, message: string, options: AwsErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.status = options.status;
    this.subject = options.subject;
  }

  /** This error, knowing what it is about, and without these secrets. */
  about(subject: AwsSubject, secrets: readonly (string | undefined)[] = []): AwsError {
    const { code, message, status, cause } = this;
    return new AwsError(redacted(code, secrets), redacted(message, secrets), { status, cause, subject });
  }
}

export type AwsErrorOptions = {
  readonly status?: number | undefined;
  readonly cause?: unknown;
  readonly subject?: AwsSubject | undefined;
};

/** The queue or the delivery stream that a call is about, for the sentence that a person reads of its failure. */
export type AwsSubject = {
  readonly resource: 'queue' | 'stream';
  /** The queue's URL, the stream's name. */
  readonly name: string;
  readonly region?: string | undefined;
  readonly endpoint?: string | undefined;
};

/**
 * The codes of failures that no service named:
 * - `Timeout`: no connection, or no complete answer, before the call's deadline.
 * - `Network`: no connection, or it ended before the answer did.
 * - `Aborted`: the caller's `AbortSignal` ended the call; `cause` is its reason.
 * - `InvalidResponse`: the answer was not the service's: not JSON, or not of its shape.
 * - `Credentials`: no credentials could be found.
 * - `Region`: no region was given and none could be found.
 * - `Endpoint`: the endpoint is not the address of a service.
 */
export type LocalErrorCode =
  | 'Timeout'
  | 'Network'
  | 'Aborted'
  | 'InvalidResponse'
  | 'Credentials'
  | 'Region'
  | 'Endpoint';

/** The names that SQS's older query protocol gives to errors, where they differ from the names of the JSON protocol. */
const queryNames = new Map([
  ['NonExistentQueue', 'QueueDoesNotExist'],
  ['QueueAlreadyExists', 'QueueNameExists'],
  ['KMS.AccessDeniedException', 'KmsAccessDenied'],
  ['KMS.DisabledException', 'KmsDisabled'],
  ['KMS.InvalidKeyUsageException', 'KmsInvalidKeyUsage'],
  ['KMS.InvalidStateException', 'KmsInvalidState'],
  ['KMS.NotFoundException', 'KmsNotFound'],
  ['KMS.OptInRequired', 'KmsOptInRequired'],
  ['KMS.ThrottlingException', 'KmsThrottled'],
]);

/**
 * One name for one error: removes the namespace (`com.amazonaws.sqs#QueueDoesNotExist`), the address that some services
 * append (`Name:http://...`), the prefix `AWS.SimpleQueueService.`, and translates the names of SQS's query protocol.
 */
export function normalizeErrorCode(raw: string): string {
  const name = raw
    .replace(/^[^#]*#/, '')
    .replace(/[:,;].*$/s, '')
    .replace(/^AWS\.SimpleQueueService\./, '');
  return queryNames.get(name) ?? name;
}

/** The sentence of every failure to reach an endpoint. Node's messages mostly begin with what failed and the code. */
export function unreachableMessage(endpoint: string, code: string | undefined, message: string): string {
  const details = code === undefined || message.includes(code) ? message : `${code} ${message}`.trim();
  return `${endpoint} cannot be reached (${details})`;
}
