import { closeSync, fstatSync, mkdirSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { parseJson } from '../../api/json.ts';

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
  readonly #report: (sentence: string) => void;
  readonly #read = new Map<string, { readonly offset: number; readonly rest: string }>();
  /** The sentences that were said: each is said once. */
  readonly #said = new Set<string>();

  /** @param report told in words, once, when logs cannot be written, and once when they cannot be read. */
  constructor(directory: string, report: (sentence: string) => void) {
    this.directory = directory;
    this.#report = report;
  }

  path(worker: string): string {
    return join(this.directory, `${worker}.log`);
  }

  /**
   * Opens the log of a worker for its process to write to; whoever asks closes it. Makes the directory when it is not
   * there (any more). Undefined when the log cannot be written: a worker works without one, too.
   */
  open(worker: string): number | undefined {
    try {
      mkdirSync(this.directory, { recursive: true });
      const file = openSync(this.path(worker), 'a');
      const { size } = fstatSync(file);
      const at = this.#read.get(worker);
      // What an earlier session wrote is no news; and a file that is shorter than what was read of it is another file.
      if (at === undefined || size < at.offset) this.#read.set(worker, { offset: size, rest: '' });
      return file;
    } catch (error) {
      this.#sayOnce('A log cannot be written, and its worker goes without', error);
      return undefined;
    }
  }

  /** What the workers have logged as a warning or worse since this was last asked. */
  newWarnings(): readonly LogWarning[] {
    return [...this.#read].flatMap(([worker, at]) =>
      this.#newLines(worker, at).flatMap((line) => {
        const warning = warningIn(line);
        return warning === undefined ? [] : [{ worker, ...warning }];
      }),
    );
  }

  #newLines(worker: string, at: { readonly offset: number; readonly rest: string }): readonly string[] {
    try {
      const text = readFrom(this.path(worker), at.offset);
      const lines = (at.rest + text.toString('utf8')).split('\n');
      this.#read.set(worker, { offset: at.offset + text.length, rest: lines.pop() ?? '' });
      return lines;
    } catch (error) {
      this.#sayOnce('A log cannot be read, and its warnings are not shown', error);
      return [];
    }
  }

  #sayOnce(what: string, error: unknown): void {
    if (this.#said.has(what)) return;
    this.#said.add(what);
    this.#report(`${what}: ${error instanceof Error ? error.message : String(error)}.`);
  }
}

function readFrom(path: string, offset: number): Buffer {
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(chunkBytes);
    return buffer.subarray(0, readSync(file, buffer, 0, chunkBytes, offset));
  } finally {
    closeSync(file);
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
