import { mkdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Clock } from '../../api/clock.ts';
import { DirectoryLock } from './directory-lock.ts';
import { LineEncoder } from './line-encoder.ts';
import { SegmentFile } from './segment-file.ts';
import { type Recovered, recoverSegments } from './segment-recovery.ts';
import type { AuditSink, SinkLimits, SinkOutcome } from './sink.ts';

const limits: SinkLimits = {
  maxRecords: 10_000,
  maxBytes: 8 * 1024 * 1024,
  maxRecordBytes: Number.MAX_SAFE_INTEGER,
  // One write at a time: only the last one can be torn, and the sync under way gathers the next.
  maxParallel: 1,
  // Nobody waits for a record: the slot is free again by then. Fewer syncs are less CPU time.
  lingerMs: 10,
};

/**
 * Writes audit records to NDJSON segments in a directory of this worker's own. A write is one append and one sync,
 * however many records it carries. A segment that has reached its size is finished by a rename.
 */
export class FileSink implements AuditSink {
  readonly limits = limits;
  /** What the worker's predecessor of the same name had left open. */
  readonly recovered: readonly Recovered[];
  readonly #directory: string;
  readonly #maxSegmentBytes: number;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #lock: DirectoryLock;
  readonly #encoder = new LineEncoder();
  #segment: SegmentFile | undefined;
  /** A segment whose last write failed: it must be cut before anything else is written. */
  #broken: SegmentFile | undefined;
  #sequence = 0;
  #newestTimeMs = 0;

  private constructor(
    options: FileSinkOptions,
    directory: string,
    lock: DirectoryLock,
    recovered: readonly Recovered[],
  ) {
    this.#directory = directory;
    this.#maxSegmentBytes = options.maxSegmentBytes;
    this.#clock = options.clock;
    this.#lock = lock;
    this.recovered = recovered;
  }

  /**
   * Opens `<directory>/<worker>/`, made when it is missing, and repairs what a predecessor left there.
   * @throws Error with a sentence, when the directory cannot be used.
   */
  static async open(options: FileSinkOptions): Promise<FileSink> {
    const directory = join(options.directory, options.worker);
    try {
      await makeDirectory(directory);
      const lock = await DirectoryLock.acquire(directory);
      try {
        return new FileSink(options, directory, lock, await recoverSegments(directory));
      } catch (error) {
        await lock.release();
        throw error;
      }
    } catch (error) {
      throw describe(error, directory);
    }
  }

  async write(lines: readonly string[]): Promise<SinkOutcome> {
    try {
      await this.#append(lines);
    } catch (error) {
      throw describe(error, this.#directory);
    }
    return new Array<undefined>(lines.length).fill(undefined);
  }

  async close(): Promise<void> {
    await this.#broken?.abandon();
    await this.#segment?.finish();
    await this.#lock.release();
  }

  async #append(lines: readonly string[]): Promise<void> {
    await this.#roll();
    if (this.#segment === undefined) {
      // It is there, unless somebody has removed it since.
      await makeDirectory(this.#directory);
      this.#segment = await SegmentFile.create(this.#directory, this.#segmentName());
    }
    const segment = this.#segment;
    try {
      await segment.append(this.#encoder.encode(lines));
    } catch (error) {
      this.#broken = segment;
      this.#segment = undefined;
      throw error;
    }
  }

  /** Puts away a segment that is broken or full. Before a write, not after it: a record that is durable stays acknowledged. */
  async #roll(): Promise<void> {
    if (this.#broken !== undefined) {
      await this.#broken.abandon();
      this.#broken = undefined;
    }
    if (this.#segment !== undefined && this.#segment.durableBytes >= this.#maxSegmentBytes) {
      await this.#segment.finish();
      this.#segment = undefined;
    }
  }

  /** Sorts by order of creation, whatever the clock does meanwhile; process id and sequence keep it unique. */
  #segmentName(): string {
    this.#newestTimeMs = Math.max(this.#newestTimeMs, this.#clock.now());
    const time = new Date(this.#newestTimeMs).toISOString().replace(/[-:.]/g, '');
    this.#sequence++;
    return `${time}-${process.pid}-${String(this.#sequence).padStart(6, '0')}`;
  }
}

export type FileSinkOptions = {
  readonly directory: string;
  readonly worker: string;
  readonly maxSegmentBytes: number;
  readonly clock: Pick<Clock, 'now'>;
};

function describe(error: unknown, directory: string): Error {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const remedy = code === undefined ? undefined : remedies[code];
  if (remedy === undefined) return error instanceof Error ? error : new Error(String(error));
  return new Error(`audit.file.directory: ${remedy(directory)}`, { cause: error });
}

/** What a person can do about the file system's refusals. */
const remedies: Readonly<Record<string, (directory: string) => string>> = {
  ENOSPC: (directory) => `no space is left for ${directory}: free some, or move the directory to a larger volume`,
  EDQUOT: (directory) => `the disk quota for ${directory} is used up: raise it, or move the directory`,
  EACCES: (directory) => `${directory} may not be written: give the worker's user write access to it`,
  EPERM: (directory) => `${directory} may not be written: give the worker's user write access to it`,
  EROFS: (directory) => `${directory} is on a read-only file system: choose a directory on a writable volume`,
  ENOTDIR: (directory) => `a part of ${directory} is a file: choose another directory`,
  EEXIST: (directory) => `a part of ${directory} is a file: choose another directory`,
  ENOENT: (directory) => `${directory} or a file in it was removed: it is made anew; find out who removes it`,
  EMFILE: (directory) =>
    `too many files are open to write to ${directory}: raise the limit of open files, or lower recipient.concurrency`,
  EIO: (directory) => `the disk under ${directory} fails: replace it, or move the directory`,
  EFBIG: (directory) =>
    `a file in ${directory} may not grow further: lower audit.file.maxSegmentBytes or raise the limit`,
};

const withoutWorkingDirectory =
  'audit.file.directory: it is relative to the working directory, which was removed: start the worker anew in another, or give an absolute path';

/**
 * Makes a directory and those above it, one at a time. Node's own way for all of them at once says that a read-only file
 * system lacks the directory, and looks without end for one above a working directory that was removed.
 */
async function makeDirectory(directory: string): Promise<void> {
  try {
    await makeOne(directory);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
    const parent = dirname(directory);
    if (parent === '.') throw new Error(withoutWorkingDirectory, { cause: error });
    await makeDirectory(parent);
    await makeOne(directory);
  }
}

/** Makes a directory unless it is there. */
async function makeOne(directory: string): Promise<void> {
  try {
    await mkdir(directory);
  } catch (error) {
    if (!(hasCode(error, 'EEXIST') && (await stat(directory)).isDirectory())) throw error;
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
