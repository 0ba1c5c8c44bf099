import { appendFileSync } from 'node:fs';

/** Takes a line about something that went wrong and will be tried again. */
export type Log = (message: string) => void;

/** Appends lines, with the time, to a file. */
export function fileLog(path: string): Log {
  return (message) => appendFileSync(path, `${new Date().toISOString()} ${message}\n`);
}
