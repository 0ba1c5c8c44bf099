/**
 * A call to AWS that failed as a whole. `code` is the service's name for it (`QueueDoesNotExist`, `AccessDenied`, ...),
 * with the `AWS.SimpleQueueService.` prefix and the `#` namespace removed, or one of ours: `Timeout` and `Network` when
 * there was no answer, `Credentials` when none could be found, `InvalidResponse` when the answer was not the service's.
 */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  readonly code: string;
  /** The HTTP status, or undefined where there was no answer. */
  readonly status: number | undefined;

  constructor(code: string, message: string, options: { status?: number; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.status = options.status;
  }
}
