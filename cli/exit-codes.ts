/** What the process says to the shell when it ends. */
export const exitCodes = {
  /** It did what was asked. */
  ok: 0,
  /** What was asked was clear, and could not be done: unreachable, refused, not found, disk full, messages lost. */
  failed: 1,
  /** What was asked cannot be right: the command line, or the manifest. */
  wrong: 2,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Thrown when a command cannot go on; `message` is one or more sentences for a person, printed without a stack trace. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}
