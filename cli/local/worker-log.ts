import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';

/** A line of a worker's log that a person should see. */
export type LogWarning = { readonly worker: string; readonly severity: 'Warning' | 'Error'; readonly text: string };

/** pino's numbers for its levels. */
const levels = { warn: 40, error: 50 } as const;
/** No more than this is read at once; a worker that logs faster is seen in part. */
const chunkBytes = 262_144;

/**
 * The log files of workers, one a name, appended to by its processes one after the other. The workers write to the files
 * themselves, so that they can go on when the process that started them is gone.
 */
export class WorkerLogs {
  readonly directory: string;
  readonly #read = new Map<string, { offset: number; rest: string }>();

  constructor(directory: string) {
    this.directory = directory;
  }

  path(worker: string): string {
    return join(this.directory, `${worker}.log`);
  }

  /** Opens the log of a worker for its process to write to; whoever asks closes it. */
  open(worker: string): number {
    if (!this.#read.has(worker)) this.#read.set(worker, { offset: 0, rest: '' });
    return openSync(this.path(worker), 'a');
  }

  /** What the workers have logged as a warning or worse since this was last asked. */
  newWarnings(): readonly LogWarning[] {
    return [...this.#read.keys()].flatMap((worker) =>
      this.#newLines(worker).flatMap((line) => {
        const warning = warningIn(line);
        return warning === undefined ? [] : [{ worker, ...warning }];
      }),
    );
  }

  #newLines(worker: string): readonly string[] {
    const at = this.#read.get(worker) ?? { offset: 0, rest: '' };
    const buffer = Buffer.alloc(chunkBytes);
    const file = openSync(this.path(worker), 'r');
    try {
      const bytes = readSync(file, buffer, 0, chunkBytes, at.offset);
      const lines = (at.rest + buffer.toString('utf8', 0, bytes)).split('\n');
      this.#read.set(worker, { offset: at.offset + bytes, rest: lines.pop() ?? '' });
      return lines;
    } finally {
      closeSync(file);
    }
  }
}

/**
 * What a log line warns of: its message, with the error or the status that it names. A line that is not JSON was not
 * written by the logger, but by Node about a process that fails: it is shown whole.
 */
export function warningIn(line: string): Omit<LogWarning, 'worker'> | undefined {
  if (line.trim() === '') return undefined;
  const entry = parseJson(line);
  if (typeof entry !== 'object' || entry === null) return { severity: 'Error', text: line };
  const { level, msg, error, detail, status } = entry as Readonly<Record<string, unknown>>;
  if (typeof level !== 'number' || level < levels.warn) return undefined;
  const causes = [error, detail, typeof status === 'number' ? `status ${status}` : undefined];
  const cause = causes.filter((part) => typeof part === 'string').join(', ');
  const text = cause === '' ? String(msg) : `${msg} (${cause})`;
  return { severity: level >= levels.error ? 'Error' : 'Warning', text };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
