import { printable } from './printable.ts';
import { shorten, type ViolationReason } from './violation.ts';

/** What is wrong at one place of a file. */
export type Problem = {
  readonly reason: ViolationReason;
  readonly file: string;
  /** 1 is the first. */
  readonly line: number;
  /** 1 is the first. */
  readonly column: number;
  /** The field, like `spec.queue.url`; empty when the problem is not about one. */
  readonly path: string;
  /** The value seen; absent when there is none or when it may be a secret. */
  readonly value?: unknown;
  /** What is wrong, a sentence without its full stop that names the value seen. */
  readonly message: string;
  /** What to change, a sentence. */
  readonly remedy: string;
};

/** A problem in one line: `courier.yaml:7:5: spec.queue.url: "orders" is not the URL of a queue. Write it as ...` */
export function formatProblem(problem: Problem): string {
  const { file, line, column, path, message, remedy } = problem;
  const field = path === '' ? '' : `${shorten(path)}: `;
  return printable(`${file}:${line}:${column}: ${field}${message}. ${remedy}`);
}

/** Thrown when a file cannot be used as it is; its message has one line for each problem. */
export class ManifestError extends Error {
  override readonly name = 'ManifestError';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(formatProblem).join('\n'));
    this.problems = problems;
  }
}
