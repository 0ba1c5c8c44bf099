/** One of the reasons in a Status object's details: which field, and what is wrong with it. */
export type StatusCause = { readonly reason?: string; readonly message?: string; readonly field?: string };

/** What a {@link KubeError} is made of. */
export type KubeErrorInit = {
  /** What was being done, as "apply deployments.apps team/orders". */
  readonly operation: string;
  readonly status?: number;
  readonly reason: string;
  /** What the server or the network said. */
  readonly detail: string;
  readonly retryAfterMs?: number | undefined;
  readonly causes?: readonly StatusCause[];
  readonly cause?: unknown;
};

/** Reasons of this library's own, for calls that the API server has not answered. */
export type LocalReason =
  /** No connection, or one that broke. */
  | 'NetworkError'
  /** No answer in time. */
  | 'DeadlineExceeded'
  /** The caller's signal fired. */
  | 'Aborted'
  /** The guard refused the write, or took back its permission while the write was under way. */
  | 'WriteRefused'
  /** The answer, or a line of a watch, is not what the API is specified to send. */
  | 'InvalidAnswer';

/** Reasons by status code, for an answer that is not a Status object: a proxy's, most likely. */
const reasons: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  409: 'Conflict',
  410: 'Gone',
  413: 'RequestEntityTooLarge',
  415: 'UnsupportedMediaType',
  422: 'Invalid',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
  504: 'Timeout',
};

/** Thrown for every call to the API server that does not succeed, for whatever reason. */
export class KubeError extends Error {
  override readonly name = 'KubeError';
  readonly operation: string;
  /** The HTTP status; 0 where there was no answer. */
  readonly status: number;
  /** The reason in the Status object (`NotFound`, `AlreadyExists`, ...), or a {@link LocalReason}. */
  readonly reason: string;
  /** How long the server asks to wait, in milliseconds. */
  readonly retryAfterMs: number | undefined;
  readonly causes: readonly StatusCause[];

  constructor({ operation, status = 0, reason, detail, retryAfterMs, causes = [], cause }: KubeErrorInit) {
    const code = status === 0 ? reason : `${status} ${reason}`;
    super(`${operation} failed: ${code}: ${detail}`, cause === undefined ? undefined : { cause });
    this.operation = operation;
    this.status = status;
    this.reason = reason;
    this.retryAfterMs = retryAfterMs;
    this.causes = causes;
  }

  get isNotFound(): boolean {
    return this.status === 404;
  }

  get isAlreadyExists(): boolean {
    return this.reason === 'AlreadyExists';
  }

  /** The object has changed since it was read, or another field manager owns a field. */
  get isConflict(): boolean {
    return this.reason === 'Conflict';
  }

  /** The resource version or the continue token is too old: list anew. */
  get isGone(): boolean {
    return this.status === 410;
  }

  /** The object was refused by its schema or by a rule; see {@link causes}. */
  get isInvalid(): boolean {
    return this.status === 422;
  }

  get isForbidden(): boolean {
    return this.status === 403;
  }

  get isUnauthorized(): boolean {
    return this.status === 401;
  }

  get isTooManyRequests(): boolean {
    return this.status === 429;
  }

  /** The namespace is being deleted and takes no new objects. */
  get isNamespaceTerminating(): boolean {
    return this.#hasCause('NamespaceTerminating');
  }

  /** The server has not caught up with the resource version that was asked for. */
  get isResourceVersionTooLarge(): boolean {
    return this.#hasCause('ResourceVersionTooLarge');
  }

  get isNetworkError(): boolean {
    return this.reason === 'NetworkError';
  }

  get isDeadlineExceeded(): boolean {
    return this.reason === 'DeadlineExceeded';
  }

  get isAborted(): boolean {
    return this.reason === 'Aborted';
  }

  get isWriteRefused(): boolean {
    return this.reason === 'WriteRefused';
  }

  /** Whether the same call may well succeed later, with nothing changed. */
  get isRetryable(): boolean {
    return this.isNetworkError || this.isDeadlineExceeded || this.status === 429 || this.status >= 500;
  }

  /** Whether a write that ended like this may have happened all the same. */
  get isOutcomeUnknown(): boolean {
    return this.status === 0 ? this.reason !== 'WriteRefused' || this.cause !== undefined : this.status >= 500;
  }

  #hasCause(reason: string): boolean {
    return this.causes.some((cause) => cause.reason === reason);
  }
}

/**
 * The error for a Status object, or for whatever else the body of a failed request holds.
 *
 * @param retryAfter the Retry-After header; the API server sends whole seconds.
 */
export function errorOfStatus(operation: string, httpStatus: number, body: unknown, retryAfter?: string): KubeError {
  const status = isRecord(body) && body.kind === 'Status' ? body : undefined;
  const details = isRecord(status?.details) ? status.details : undefined;
  const code = numberOr(httpStatus, status?.code);
  const seconds = numberOr(Number.parseInt(retryAfter ?? '', 10), details?.retryAfterSeconds);
  return new KubeError({
    operation,
    status: code,
    reason: stringOr(reasons[code] ?? 'Unknown', status?.reason),
    detail: stringOr(typeof body === 'string' ? excerpt(body) : 'no message', status?.message),
    retryAfterMs: Number.isNaN(seconds) ? undefined : seconds * 1000,
    causes: Array.isArray(details?.causes) ? details.causes.filter(isRecord).map(causeOf) : [],
  });
}

/** Whether `value` is a JSON object. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function causeOf({ reason, message, field }: Record<string, unknown>): StatusCause {
  return {
    ...(typeof reason === 'string' && { reason }),
    ...(typeof message === 'string' && { message }),
    ...(typeof field === 'string' && { field }),
  };
}

function excerpt(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line === '' ? 'no message' : line.slice(0, 200);
}

function stringOr(fallback: string, value: unknown): string {
  return typeof value === 'string' && value !== '' ? value : fallback;
}

function numberOr(fallback: number, value: unknown): number {
  return typeof value === 'number' && value > 0 ? value : fallback;
}
