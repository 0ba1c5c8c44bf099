import { type FileHandle, open, rename, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** A segment that is being written ends in this; a finished one in {@link finishedSuffix}. */
export const activeSuffix = '.active';
export const finishedSuffix = '.ndjson';

/** Thrown when somebody has removed a segment that is being written. */
export class SegmentRemoved extends Error {
  override readonly name = 'SegmentRemoved';
  readonly code = 'ENOENT';

  constructor(path: string) {
    super(`${path} was removed while it was being written`);
  }
}

/** One audit file that is being written: what {@link append} has resolved for is durable. */
export class SegmentFile {
  readonly #path: string;
  readonly #handle: FileHandle;
  #durableBytes = 0;
  #closed = false;
  /** The file has its finished name, or is removed; the directory may still have to be synced. */
  #putAway = false;

  private constructor(path: string, handle: FileHandle) {
    this.#path = path;
    this.#handle = handle;
  }

  /** Creates `<directory>/<name>.active`, and makes the file's existence durable. Fails if it exists. */
  static async create(directory: string, name: string): Promise<SegmentFile> {
    const path = join(directory, name + activeSuffix);
    const handle = await open(path, 'wx', 0o640);
    try {
      await syncDirectory(directory);
    } catch (error) {
      await handle.close();
      throw error;
    }
    return new SegmentFile(path, handle);
  }

  /** Bytes that are durable. */
  get durableBytes(): number {
    return this.#durableBytes;
  }

  /**
   * Appends pieces one after the other, and makes them durable together.
   * @throws as the file system does; the file must then be {@link abandon}ed, since a failed sync leaves it unknown
   * which pages reached the disk, and a second sync would report success without writing them.
   */
  async append(pieces: Iterable<Uint8Array>): Promise<void> {
    let appendedBytes = 0;
    for (const piece of pieces) {
      let written = 0;
      while (written < piece.byteLength) written += (await this.#handle.write(piece, written)).bytesWritten;
      appendedBytes += written;
    }
    await this.#handle.datasync();
    // A file that nobody can open any more keeps nothing, however well it was synced.
    if ((await this.#handle.stat()).nlink === 0) throw new SegmentRemoved(this.#path);
    this.#durableBytes += appendedBytes;
  }

  /** Closes the segment and gives it its finished name. When that fails it may be called again. */
  async finish(): Promise<void> {
    if (!this.#closed) await this.#handle.close();
    this.#closed = true;
    if (!this.#putAway) await rename(this.#path, finishedPath(this.#path)).catch(unlessMissing);
    await this.#syncPutAway();
  }

  /**
   * After a failed {@link append}: cuts off what is not known to be durable, through a new handle, and finishes; a
   * segment of which nothing is durable is removed. When that fails it may be called again.
   */
  async abandon(): Promise<void> {
    if (!this.#closed) {
      this.#closed = true;
      await this.#handle.close().catch(() => {
        // A handle whose write failed may fail to close as well; what counts is the cut below, which reports its errors.
      });
    }
    if (!this.#putAway) await keepBeginning(this.#path, this.#durableBytes).catch(unlessMissing);
    await this.#syncPutAway();
  }

  async #syncPutAway(): Promise<void> {
    this.#putAway = true;
    await syncDirectory(dirname(this.#path)).catch(unlessMissing);
  }
}

/**
 * Shortens an active segment to its first `bytes` bytes, durably, and gives it its finished name, or removes it when
 * that is nothing. The new name is durable once the directory is synced.
 */
export async function keepBeginning(path: string, bytes: number): Promise<void> {
  if (bytes === 0) {
    await unlink(path);
    return;
  }
  const handle = await open(path, 'r+');
  try {
    await handle.truncate(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(path, finishedPath(path));
}

/** What somebody has removed need not be put away. */
function unlessMissing(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
}

function finishedPath(path: string): string {
  return join(dirname(path), basename(path, activeSuffix) + finishedSuffix);
}

/** Makes creations, renames and removals in a directory durable. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
