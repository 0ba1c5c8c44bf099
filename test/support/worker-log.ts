import type { Clock } from '../../api/clock.ts';
import { type LogFields, type LogLevel, WorkerLog } from '../../worker/log.ts';

export type LogLine = { readonly level: LogLevel; readonly message: string; readonly fields: LogFields };

/** A worker's log that remembers its lines instead of writing them. */
export function recordingLog(clock: Clock): { readonly log: WorkerLog; readonly lines: readonly LogLine[] } {
  const lines: LogLine[] = [];
  const record = (level: LogLevel) => (fields: unknown, message?: unknown) => {
    lines.push({ level, message: String(message), fields: fields as LogFields });
  };
  const logger = { debug: record('debug'), info: record('info'), warn: record('warn'), error: record('error') };
  return { log: new WorkerLog(logger, clock), lines };
}
