import type { Logger } from 'pino';
import type { Clock } from '../api/clock.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** At most one line a second of each kind: during an outage every message has the same story to tell. */
const quietMs = 1000;

/** The worker's log: constant messages, variable fields, never a message's body. */
export class WorkerLog {
  readonly #logger: Pick<Logger, LogLevel>;
  readonly #clock: Clock;
  readonly #kinds = new Map<string, { untilMs: number; suppressed: number }>();

  constructor(logger: Pick<Logger, LogLevel>, clock: Clock) {
    this.#logger = logger;
    this.#clock = clock;
  }

  info(message: string, fields: LogFields = {}): void {
    this.#logger.info(fields, message);
  }

  warn(message: string, fields: LogFields = {}): void {
    this.#logger.warn(fields, message);
  }

  error(message: string, fields: LogFields = {}): void {
    this.#logger.error(fields, message);
  }

  /** Logs the first of each `kind` in a second; the next line of that kind says how many were left out. */
  limited(level: LogLevel, kind: string, message: string, fields: LogFields): void {
    const nowMs = this.#clock.monotonic();
    const last = this.#kinds.get(kind);
    if (last !== undefined && nowMs < last.untilMs) {
      last.suppressed++;
      return;
    }
    const suppressed = last === undefined || last.suppressed === 0 ? {} : { suppressed: last.suppressed };
    this.#kinds.set(kind, { untilMs: nowMs + quietMs, suppressed: 0 });
    this.#logger[level]({ ...fields, ...suppressed }, message);
  }
}
