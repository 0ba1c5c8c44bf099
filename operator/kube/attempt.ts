import type { Clock } from './clock.ts';
import { Deadline } from './deadline.ts';
import { KubeError } from './errors.ts';
import type { Access, WriteGuard } from './requests.ts';

/** One call while it is under way: how long it may take, whether it may write, and what its failure means. */
export class Attempt implements Disposable {
  readonly operation: string;
  readonly deadline: Deadline;
  readonly #access: Access;
  readonly #guard: WriteGuard | undefined;
  readonly #permission: AbortSignal | undefined;
  readonly #signal: AbortSignal | undefined;
  #sent = false;

  /** @throws KubeError with the reason `WriteRefused` when the guard refuses. */
  constructor(
    access: Access,
    { clock, timeoutMs, guard }: { clock: Clock; timeoutMs: number; guard: WriteGuard | undefined },
    signal: AbortSignal | undefined,
  ) {
    this.operation = operationOf(access);
    this.#access = access;
    this.#guard = isWrite(access) ? guard : undefined;
    this.#permission = this.#guard?.(access);
    this.#signal = signal;
    this.deadline = new Deadline(clock, timeoutMs, this.#permission, signal);
  }

  /** Asks once more for permission, in the turn of the event loop in which the request leaves. */
  beforeSend(): void {
    this.#guard?.(this.#access);
    this.#sent = true;
  }

  /** What was thrown, as the one class of error that callers know. */
  explain(error: unknown): KubeError {
    if (error instanceof KubeError) return error;
    const { operation } = this;
    if (this.deadline.expired) return failure(operation, 'DeadlineExceeded', this.deadline.signal.reason);
    if (this.#permission?.aborted) {
      const reason = this.#permission.reason;
      // A cause says that the write had left: it may have happened.
      return failure(operation, 'WriteRefused', reason, this.#sent ? error : undefined);
    }
    if (this.#signal?.aborted) return failure(operation, 'Aborted', this.#signal.reason, error);
    if (error instanceof SyntaxError) return failure(operation, 'InvalidAnswer', error, error);
    return failure(operation, 'NetworkError', error, error);
  }

  [Symbol.dispose](): void {
    this.deadline[Symbol.dispose]();
  }
}

/** What a call does, in words for an error message. */
export function operationOf({ verb, resource, group, namespace, name, nonResourceUrl }: Access): string {
  if (nonResourceUrl !== undefined) return `${verb} ${nonResourceUrl}`;
  const target = [namespace, name].filter((part) => part !== undefined).join('/');
  return `${verb} ${group === '' ? resource : `${resource}.${group}`}${target === '' ? '' : ` ${target}`}`;
}

function isWrite({ verb }: Access): boolean {
  return verb !== 'get' && verb !== 'list' && verb !== 'watch';
}

function failure(operation: string, reason: string, detail: unknown, cause?: unknown): KubeError {
  return new KubeError({ operation, reason, detail: messageOf(detail), cause });
}

/** The message of a network error; Node leaves it empty where several addresses were tried, and has only a code. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  if (error.message === '') return code ?? error.name;
  return code === undefined || error.message.includes(code) ? error.message : `${error.message} (${code})`;
}
