import type { StatusCause } from '../../../operator/kube/errors.ts';

/** An answer that is no success, as the API server would give it. */
export class StatusError extends Error {
  readonly status: number;
  readonly reason: string;
  readonly causes: readonly StatusCause[];
  readonly retryAfterSeconds: number | undefined;

  constructor(
    status: number,
    reason: string,
    message: string,
    { causes = [], retryAfterSeconds }: { causes?: readonly StatusCause[]; retryAfterSeconds?: number } = {},
  ) {
    super(message);
    this.status = status;
    this.reason = reason;
    this.causes = causes;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  /** The Status object. */
  toJSON(): Record<string, unknown> {
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: this.message,
      reason: this.reason,
      details: { causes: this.causes, ...(this.retryAfterSeconds && { retryAfterSeconds: this.retryAfterSeconds }) },
      code: this.status,
    };
  }
}
